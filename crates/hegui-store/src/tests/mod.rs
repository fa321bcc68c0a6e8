//! Faults: what a crash, a kill, a full or a lying disk may not do; and that the tests would notice.

mod backup;
mod crash;
mod damage;
mod index;
mod kill;
mod log;
mod store;

pub(crate) use kill::Folder;

use crate::disk::Disk;
use crate::disk::simulated::Dice;
use crate::keys::Keys;
use crate::log::{Appender, Options, Reader};
use std::sync::Arc;

/// What a test appends: made up from two numbers, and recognisable as whole.
pub(crate) fn event(writer: u64, number: u64) -> (Vec<u8>, Keys) {
    let mut dice = Dice(writer << 40 ^ number);
    let length = dice.below(600);
    let mut bytes = writer.to_le_bytes().to_vec();
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend((0..length).map(|_| dice.roll() as u8));
    let mut id = |of: u64| {
        let id = u128::from(of) << 64 | dice.below(5) as u128;
        (dice.below(4) > 0).then(|| id.to_le_bytes())
    };
    let (subject, activity, recipient) = (id(1), id(2), id(3));
    (bytes, Keys { subject, activity, recipient, time: dice.below(1000) as i64 - 500 })
}

/// Which event it is; none when it is not whole.
pub(crate) fn recognise(bytes: &[u8], keys: &Keys) -> Option<(u64, u64)> {
    let (writer, rest) = bytes.split_first_chunk::<8>()?;
    let number = rest.first_chunk::<8>()?;
    let (writer, number) = (u64::from_le_bytes(*writer), u64::from_le_bytes(*number));
    (event(writer, number) == (bytes.to_vec(), *keys)).then_some((writer, number))
}

pub(crate) fn options() -> Options {
    Options { segment_bytes: 8 << 10, ..Options::new(*b"identity of test") }
}

/// Everything that a log holds, read in order; what is not a whole event is an error.
pub(crate) fn contents(appender: &Appender) -> Result<Vec<(u64, u64)>, String> {
    let mut reader = Reader::new(Arc::clone(appender.segments()), 0);
    let mut all = vec![];
    while let Some(block) = reader.block(appender.next()).map_err(|error| error.to_string())? {
        for record in block.records() {
            if record.sequence != all.len() as u64 {
                return Err(format!("event {} where {} belongs", record.sequence, all.len()));
            }
            let known = recognise(record.event, &record.keys);
            all.push(known.ok_or_else(|| format!("event {} is half an event", record.sequence))?);
        }
    }
    if all.len() as u64 == appender.next() { Ok(all) } else { Err("the log ends too early".to_owned()) }
}

pub(crate) fn shared<D: Disk + Clone + 'static>(disk: &D) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}
