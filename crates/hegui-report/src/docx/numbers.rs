//! Numbers of headings and lists: as Word counts them (`numbering.xml`), and as the table of contents
//! shows them before Word has.

use super::xml::Xml;
use hegui_catalog::model::Lang;

/// The indent of one level of a list, in twentieths of a point.
const STEP: usize = 420;

/// The lists of a document. Word wants an abstract list for each kind, and a list for each time that
/// counting begins anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// The first number that is free for abstract lists: a template has some.
    first_abstract: u32,
    /// The same for lists.
    first: u32,
    /// How many ordered lists there are.
    ordered: u32,
}

impl Lists {
    /// Lists with numbers from the given ones on.
    pub fn new(first_abstract: u32, first: u32) -> Self {
        Self { first_abstract, first: first.max(1), ordered: 0 }
    }

    /// The list that headings are counted by.
    pub fn headings(&self) -> String {
        self.first.to_string()
    }

    /// The list of all that is not counted.
    pub fn bullets(&self) -> String {
        self.first.saturating_add(1).to_string()
    }

    /// A new list that counts from one.
    pub fn count(&mut self) -> String {
        self.ordered = self.ordered.saturating_add(1);
        self.first.saturating_add(1).saturating_add(self.ordered).to_string()
    }

    /// The abstract lists; `styles` are the styles of headings that are bound to the first.
    pub fn write_abstract(&self, lang: Lang, styles: [Option<&str>; 4], to: &mut Xml) {
        let id = |n: u32| self.first_abstract.saturating_add(n).to_string();
        to.within("w:abstractNum", &[("w:abstractNumId", &id(0))], |xml| {
            xml.value("w:multiLevelType", "multilevel");
            for (level, (form, style)) in forms(lang).into_iter().zip(styles).enumerate() {
                level_of(xml, level, form.kind, style, form.text, form.after, 0);
            }
        });
        for (n, kind) in ["bullet", "decimal"].into_iter().enumerate() {
            to.within("w:abstractNum", &[("w:abstractNumId", &id(n as u32 + 1))], |xml| {
                xml.value("w:multiLevelType", "hybridMultilevel");
                let text = if kind == "bullet" { "•" } else { "%1." };
                level_of(xml, 0, kind, None, text, "tab", STEP);
            });
        }
    }

    /// The lists.
    pub fn write(&self, to: &mut Xml) {
        let number = |xml: &mut Xml, id: &str, n: u32, anew: bool| {
            let kind = self.first_abstract.saturating_add(n).to_string();
            xml.within("w:num", &[("w:numId", id)], |xml| {
                xml.value("w:abstractNumId", &kind);
                if anew {
                    xml.within("w:lvlOverride", &[("w:ilvl", "0")], |xml| xml.value("w:startOverride", "1"));
                }
            });
        };
        number(to, &self.headings(), 0, false);
        number(to, &self.bullets(), 1, false);
        let mut again = Self { ordered: 0, ..self.clone() };
        for _ in 0..self.ordered {
            number(to, &again.count(), 2, true);
        }
    }
}

fn level_of(
    xml: &mut Xml,
    level: usize,
    kind: &str,
    style: Option<&str>,
    text: &str,
    after: &str,
    step: usize,
) {
    xml.within("w:lvl", &[("w:ilvl", &level.to_string())], |xml| {
        xml.value("w:start", "1");
        xml.value("w:numFmt", kind);
        if let Some(style) = style {
            xml.value("w:pStyle", style);
        }
        xml.value("w:suff", after);
        xml.value("w:lvlText", text);
        xml.value("w:lvlJc", "left");
        xml.within("w:pPr", &[], |xml| {
            let (left, step) = ((2 * step).to_string(), step.to_string());
            // An indent in characters, as Chinese paragraphs have, would go before one in points.
            let none = [("w:leftChars", "0"), ("w:firstLineChars", "0")];
            let ind = if step == "0" {
                [("w:left", "0"), ("w:firstLine", "0")]
            } else {
                [("w:left", &*left), ("w:hanging", &*step)]
            };
            xml.empty("w:ind", &[none, ind].concat());
        });
    });
}

/// How a level of headings is numbered.
#[derive(Clone, Copy)]
struct Form {
    kind: &'static str,
    text: &'static str,
    after: &'static str,
}

/// 一、（一）1. （1） as in Chinese official papers; 1, 1.1, 1.1.1 in English.
fn forms(lang: Lang) -> [Form; 4] {
    let form = |kind, text, after| Form { kind, text, after };
    let han = "chineseCountingThousand";
    match lang {
        Lang::Zh => [
            form(han, "%1、", "nothing"),
            form(han, "（%2）", "nothing"),
            form("decimal", "%3.", "space"),
            form("decimal", "（%4）", "nothing"),
        ],
        Lang::En => ["%1", "%1.%2", "%1.%2.%3", "%1.%2.%3.%4"].map(|text| form("decimal", text, "space")),
    }
}

/// The number that a heading has, with what stands between it and the text; `counted` are the numbers of
/// all levels, this heading's with them.
pub(super) fn shown(lang: Lang, counted: &[usize; 4], level: usize) -> String {
    let Some(form) = forms(lang).get(level.saturating_sub(1)).copied() else { return String::new() };
    let mut text = form.text.to_owned();
    for (n, number) in counted.iter().enumerate() {
        let number = if form.kind == "decimal" { number.to_string() } else { han(*number) };
        text = text.replace(&format!("%{}", n + 1), &number);
    }
    if form.after == "space" {
        text.push(' ');
    }
    text
}

/// A number below ten thousand as `chineseCountingThousand` writes it; a larger one in digits.
fn han(number: usize) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    if number == 0 || number > 9999 {
        return number.to_string();
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push('〇');
        }
        // Ten to nineteen are 十, 十一 …
        if !(digit == 1 && unit == 10 && text.is_empty()) {
            text.push_str(DIGITS.get(digit).unwrap_or(&""));
        }
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_numbers() {
        let shown = [1, 9, 10, 11, 20, 34, 100, 101, 110, 119, 1005, 9999].map(han);
        let right = [
            "一",
            "九",
            "十",
            "十一",
            "二十",
            "三十四",
            "一百",
            "一百〇一",
            "一百一十",
            "一百一十九",
            "一千〇五",
            "九千九百九十九",
        ];
        assert_eq!(shown, right);
    }

    #[test]
    fn headings_as_shown() {
        assert_eq!(shown(Lang::Zh, &[3, 2, 0, 0], 2), "（二）");
        assert_eq!(shown(Lang::Zh, &[3, 2, 1, 0], 3), "1. ");
        assert_eq!(shown(Lang::En, &[3, 2, 1, 0], 3), "3.2.1 ");
    }
}
