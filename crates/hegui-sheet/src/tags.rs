//! The tags of an XML part, one after the other, without holding more than one of them.
//!
//! A workbook is looked through before a reader that trusts it gets it: how large its parts really are,
//! and what the reader does not say (formulas, hidden rows, merged cells). Names and attributes of tags
//! are enough for that.

use std::io::{BufRead, Read};

/// Longest piece between two tags, in bytes.
const PIECE_LIMIT: u64 = 1 << 20;

/// A tag: `<c r="A1" t="s">`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    inner: &'a str,
}

impl<'a> Tag<'a> {
    /// Its name without a prefix; nothing of a closing tag.
    pub fn name(&self) -> &'a str {
        if self.inner.starts_with('/') {
            return "";
        }
        let name = self.inner.split([' ', '\t', '\r', '\n']).next().unwrap_or_default();
        let name = name.strip_suffix('/').unwrap_or(name);
        name.rsplit_once(':').map_or(name, |(_, name)| name)
    }

    /// The value of an attribute, as it is written.
    pub fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.inner.split_once([' ', '\t', '\r', '\n'])?.1;
        loop {
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, after) = after.get(1..)?.split_once(quote)?;
            if name.trim() == wanted {
                return Some(value);
            }
            rest = after;
        }
    }
}

/// Hands over each tag of a part; how many bytes the part has, or nothing where it has more than
/// `limit` or is no XML.
pub(crate) fn each_tag(part: impl Read, limit: u64, mut take: impl FnMut(Tag<'_>)) -> Option<u64> {
    let mut part = std::io::BufReader::with_capacity(1 << 16, part);
    let mut piece = Vec::new();
    let mut total = 0;
    loop {
        piece.clear();
        let read = (&mut part).take(PIECE_LIMIT).read_until(b'>', &mut piece).ok()? as u64;
        total += read;
        if read == 0 {
            return Some(total);
        }
        if total > limit || read == PIECE_LIMIT {
            return None;
        }
        let Some(end) = piece.strip_suffix(b">") else { continue };
        let Some(start) = end.iter().rposition(|b| *b == b'<') else { continue };
        if let Some(inner) = end.get(start + 1..).and_then(|inner| std::str::from_utf8(inner).ok()) {
            take(Tag { inner });
        }
    }
}

/// Row and column, from 0, of a cell's name.
pub(crate) fn position(name: &str) -> Option<(u32, u32)> {
    let name = name.replace('$', "");
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = name.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 {
        return None;
    }
    let mut column = 0u32;
    for letter in letters.bytes() {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        column = column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_their_attributes() {
        let xml = "<?xml version='1.0'?><x:row r=\"3\" hidden = '1'><c r=\"A3\"/>a &gt; b</x:row>";
        let mut names = vec![];
        let total = each_tag(xml.as_bytes(), 1_000, |tag| {
            names.push((tag.name().to_owned(), tag.attribute("r").map(str::to_owned)));
            if tag.name() == "row" {
                assert_eq!(tag.attribute("hidden"), Some("1"));
            }
        });
        assert_eq!(total, Some(xml.len() as u64));
        let some = |name: &str, r: Option<&str>| (name.to_owned(), r.map(str::to_owned));
        assert_eq!(names[1..], [some("row", Some("3")), some("c", Some("A3")), some("", None)]);
        assert_eq!(each_tag(xml.as_bytes(), 10, |_| ()), None);
        assert_eq!(position("AA10"), Some((9, 26)));
        assert_eq!(position("A0"), None);
    }
}
