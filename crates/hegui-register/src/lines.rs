//! From bytes to lines and columns.

use std::cell::Cell;

/// Columns are counted in characters up to here, since a file may be one endless line.
const COUNTED: usize = 4_096;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    text: &'s str,
    starts: Vec<u32>,
    /// The line found last: places are mostly asked for in order.
    hint: Cell<usize>,
}

impl<'s> Lines<'s> {
    pub fn new(text: &'s str) -> Self {
        let mut starts = vec![0];
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        starts.extend(breaks.map(|(at, _)| at as u32 + 1));
        Self { text, starts, hint: Cell::new(0) }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub fn at(&self, byte: u32) -> (u32, u32) {
        let line = self.line(byte);
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        let end = (byte as usize).min(start + COUNTED);
        let before = self.text.as_bytes().get(start..end).unwrap_or_default();
        let characters = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        let rest = byte as usize - end.min(byte as usize);
        (line as u32 + 1, (characters + rest) as u32 + 1)
    }

    /// The place in `starts` of the line that holds a byte.
    fn line(&self, byte: u32) -> usize {
        let hint = self.hint.get();
        let near = self.starts.get(hint..(hint + 8).min(self.starts.len())).unwrap_or_default();
        let line = match near.iter().rposition(|start| *start <= byte) {
            Some(offset) if offset + 1 < near.len() => hint + offset,
            _ => self.starts.partition_point(|start| *start <= byte).saturating_sub(1),
        };
        self.hint.set(line);
        line
    }

    /// The source between two bytes.
    pub fn quote(&self, span: (u32, u32)) -> &'s str {
        self.text.get(span.0 as usize..span.1 as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let lines = Lines::new("ab\n合规 x\n\nend");
        assert_eq!(lines.at(0), (1, 1));
        assert_eq!(lines.at(3), (2, 1));
        assert_eq!(lines.at(10), (2, 4));
        assert_eq!(lines.at(12), (3, 1));
        assert_eq!(lines.at(13), (4, 1));
        assert_eq!(lines.at(1), (1, 2));
    }

    #[test]
    fn agrees_with_counting_from_the_start() {
        let text = "a\nbc\n\nd合e\n".repeat(40);
        let lines = Lines::new(&text);
        let slow = |byte: usize| {
            let before = &text[..byte];
            let line = before.matches('\n').count() as u32 + 1;
            (line, before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1)
        };
        for byte in (0..text.len()).rev().chain(0..text.len()).filter(|b| text.is_char_boundary(*b)) {
            assert_eq!(lines.at(byte as u32), slow(byte), "byte {byte}");
        }
    }
}
