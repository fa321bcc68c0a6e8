//! What an event is found by.

/// An opaque identifier of 16 bytes: of a subject (never the subject's name, but a keyed hash of it), of an
/// activity, of a recipient.
pub type Id = [u8; 16];

/// The keys of one event. An event without a key of a kind is not found by that kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Whose data it is about.
    pub subject: Option<Id>,
    /// The processing activity.
    pub activity: Option<Id>,
    /// Who receives the data.
    pub recipient: Option<Id>,
    /// When it happened, in milliseconds since 1970, as its source says: neither unique nor ascending. The
    /// order of events is their sequence, never this.
    pub time: i64,
}

const SUBJECT: u8 = 1;
const ACTIVITY: u8 = 2;
const RECIPIENT: u8 = 4;

impl Keys {
    /// A byte of flags, the time, the identifiers that there are.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let ids = [(SUBJECT, self.subject), (ACTIVITY, self.activity), (RECIPIENT, self.recipient)];
        out.push(ids.iter().filter(|(_, id)| id.is_some()).fold(0, |flags, (flag, _)| flags | flag));
        out.extend_from_slice(&self.time.to_le_bytes());
        ids.iter().filter_map(|(_, id)| id.as_ref()).for_each(|id| out.extend_from_slice(id));
    }

    /// Reads what [`Keys::write`] wrote; gives back the rest.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (flags, bytes) = bytes.split_first()?;
        let (time, mut bytes) = bytes.split_first_chunk::<8>()?;
        if flags & !(SUBJECT | ACTIVITY | RECIPIENT) != 0 {
            return None;
        }
        let mut id = |flag: u8| {
            if flags & flag == 0 {
                return Some(None);
            }
            let (id, rest) = bytes.split_first_chunk::<16>()?;
            bytes = rest;
            Some(Some(*id))
        };
        let (subject, activity, recipient) = (id(SUBJECT)?, id(ACTIVITY)?, id(RECIPIENT)?);
        Some((Self { subject, activity, recipient, time: i64::from_le_bytes(*time) }, bytes))
    }
}
