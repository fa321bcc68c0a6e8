//! A small writer of XML: elements close by themselves, and no text can become markup.

use std::fmt::Write as _;

/// XML as it is written. Elements nest by closures, so that what is opened is closed.
#[derive(Debug, Default)]
pub(super) struct Xml(String);

impl Xml {
    /// The head of a part of a package.
    pub fn part() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n".to_owned())
    }

    /// An element with what is inside it.
    pub fn within(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        self.0.push('>');
        inside(self);
        let _ = write!(self.0, "</{name}>");
    }

    /// An element with nothing inside.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// An element with nothing inside but its value, as most of WordprocessingML's are.
    pub fn value(&mut self, name: &str, value: &str) {
        self.empty(name, &[("w:val", value)]);
    }

    /// An element with a text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.within(name, attributes, |xml| escape(text, &mut xml.0));
    }

    /// XML that is written already.
    pub fn raw(&mut self, xml: &str) {
        self.0.push_str(xml);
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            let _ = write!(self.0, " {key}=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
    }
}

/// Writes a text so that nothing in it is markup and everything in it may stand in XML 1.0.
///
/// What XML has no place for, and control characters, are shown as U+FFFD, so that nobody misses that
/// something stood there. What changes the direction of what follows is left out: it could make a
/// sentence read as another one. Line breaks and tabs are spaces, as in the other writers.
pub(super) fn escape(text: &str, to: &mut String) {
    for c in text.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\n' | '\t' | '\u{2028}' | '\u{2029}' => to.push(' '),
            '\r' => {}
            _ if turns(c) => {}
            _ if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => to.push('\u{FFFD}'),
            c => to.push(c),
        }
    }
}

/// Changes the direction of what follows.
fn turns(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// About how wide a text is, in widths of a Latin letter.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2E80}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup_or_turns_the_next() {
        let mut xml = Xml::default();
        xml.text("w:t", &[("a", "\"<&>\"")], "<b>&\u{202E}\u{0}\r\n\u{FFFF}好");
        assert_eq!(
            xml.finish(),
            "<w:t a=\"&quot;&lt;&amp;&gt;&quot;\">&lt;b&gt;&amp;\u{FFFD} \u{FFFD}好</w:t>"
        );
    }
}
