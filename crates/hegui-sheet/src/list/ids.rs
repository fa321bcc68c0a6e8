//! Ids for things that a list only names: the same for the same list, and readable where the name can
//! be written in Latin letters.

use crate::words::narrow;
use hegui_logic::schema::KindId;
use std::collections::{HashMap, HashSet};

/// Longest id that is made, in characters; what follows it is a number.
const LONGEST: usize = 80;

/// Makes ids that nothing else has.
#[derive(Debug, Default)]
pub(super) struct Ids {
    taken: HashMap<KindId, HashSet<String>>,
    /// The last number given to a beginning, so that thousands of things need no search.
    last: HashMap<(KindId, String), usize>,
}

impl Ids {
    /// An id that is there.
    pub fn take(&mut self, kind: KindId, id: &str) {
        self.taken.entry(kind).or_default().insert(id.to_owned());
    }

    /// A new id that begins so; `numbered` from the first on.
    pub fn make(&mut self, kind: KindId, begin: &str, numbered: bool) -> String {
        let begin: String = begin.chars().take(LONGEST).collect();
        let taken = self.taken.entry(kind).or_default();
        if !numbered && taken.insert(begin.clone()) {
            return begin;
        }
        let last = self.last.entry((kind, begin.clone())).or_insert(if numbered { 0 } else { 1 });
        loop {
            *last += 1;
            let id = format!("{begin}-{last}");
            if taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// A name in Latin letters as an id; nothing where it has other letters, which would be lost.
pub(super) fn slug(name: &str) -> Option<String> {
    let mut id = String::new();
    for c in name.chars().map(narrow) {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => return None,
            _ if id.ends_with('-') || id.is_empty() => {}
            _ => id.push('-'),
        }
    }
    let id = id.trim_end_matches('-').to_owned();
    (id.len() >= 2).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        assert_eq!(slug("Order Delivery (EU)").as_deref(), Some("order-delivery-eu"));
        assert_eq!(slug("ＣＲＭ 2").as_deref(), Some("crm-2"));
        assert_eq!(slug("订单 A"), None);
        assert_eq!(slug("?"), None);
        let (mut ids, kind) = (Ids::default(), KindId(0));
        assert_eq!(ids.make(kind, "crm", false), "crm");
        assert_eq!(ids.make(kind, "crm", false), "crm-2");
        assert_eq!(ids.make(kind, "activity", true), "activity-1");
        ids.take(kind, "activity-2");
        assert_eq!(ids.make(kind, "activity", true), "activity-3");
    }
}
