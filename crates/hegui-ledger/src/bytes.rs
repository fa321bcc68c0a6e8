//! Fields of the binary forms: put one after the other, and taken off again by a reader that never fails
//! otherwise than by saying so.
//!
//! Numbers are big-endian. A text is its length in bytes (16 bits) and its UTF-8. Each form has exactly
//! one encoding of each value, so that its hash is that of the value.

/// Why bytes are no value of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {why}")]
pub struct Malformed {
    /// Where the field begins that is wrong.
    pub at: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

/// What is left of the bytes to be read.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn wrong(&self, why: &'static str) -> Malformed {
        Malformed { at: self.at, why }
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (field, rest) =
            self.bytes.split_first_chunk().ok_or(self.wrong("the bytes end within a field"))?;
        self.bytes = rest;
        self.at += N;
        Ok(*field)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_be_bytes(self.take()?))
    }

    /// A text of at least one byte; `None` where its length is 0.
    pub(crate) fn text(&mut self) -> Result<Option<&'a str>, Malformed> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let (field, rest) =
            self.bytes.split_at_checked(length).ok_or(self.wrong("the bytes end within a text"))?;
        let text = std::str::from_utf8(field).map_err(|_| self.wrong("a text is no UTF-8"))?;
        self.bytes = rest;
        self.at += length;
        Ok((length > 0).then_some(text))
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.bytes.is_empty() { Ok(()) } else { Err(self.wrong("something follows the last field")) }
    }
}

/// Adds a text that is known to be shorter than 65,536 bytes; `""` for none.
pub(crate) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(text.bytes().take(usize::from(length)));
}
