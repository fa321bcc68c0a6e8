//! What a workbook says in its own words, in both languages.

use hegui_catalog::model::Lang;
use hegui_register::Source;

/// What a row says of where its new facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The sort of source.
    Source,
    /// Who said or saw it.
    By,
    /// The day on which it was so.
    On,
    /// Ids or places of evidence.
    Evidence,
    /// Why.
    Reasons,
}

impl Key {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 5] = [Self::Source, Self::By, Self::On, Self::Evidence, Self::Reasons];

    /// Its name, as a register has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::By => "by",
            Self::On => "on",
            Self::Evidence => "evidence",
            Self::Reasons => "reasons",
        }
    }

    /// Its heading.
    #[must_use]
    pub fn heading(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Source, Lang::Zh) => "来源类别",
            (Self::By, Lang::Zh) => "谁说的／谁看到的",
            (Self::On, Lang::Zh) => "情况所属日期",
            (Self::Evidence, Lang::Zh) => "证据",
            (Self::Reasons, Lang::Zh) => "理由",
            (Self::Source, Lang::En) => "sort of source",
            (Self::By, Lang::En) => "said or seen by",
            (Self::On, Lang::En) => "was so on",
            (Self::Evidence, Lang::En) => "evidence",
            (Self::Reasons, Lang::En) => "reasons",
        }
    }

    /// What is written there.
    #[must_use]
    pub fn note(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Source, Lang::Zh) => "本行新填内容来自何处。留空：写了姓名的按“陈述”，否则按“导入”。",
            (Self::By, Lang::Zh) => "本行新填内容是谁说的或谁看到的。留空则记为本工作簿的文件名。",
            (Self::On, Lang::Zh) => "情况所属日期。留空则为导入当日；以更早日期为基准日的评估不计入。",
            (Self::Evidence, Lang::Zh) => "证据编号或位置，多项用顿号、逗号或分号分开。",
            (Self::Reasons, Lang::Zh) => "理由。须由人判断的事实必填。",
            (Self::Source, Lang::En) => {
                "Where what is newly written in this row comes from. Left blank: a statement where a name is given, else an import."
            }
            (Self::By, Lang::En) => {
                "Who said or saw what is newly written in this row. Left blank: the name of this workbook's file."
            }
            (Self::On, Lang::En) => {
                "The day on which it was so. Left blank: the day of the import; an assessment as of an earlier day leaves it out."
            }
            (Self::Evidence, Lang::En) => {
                "Ids or places of evidence, with commas or semicolons between them."
            }
            (Self::Reasons, Lang::En) => "Why. Needed for facts that only a person can judge.",
        }
    }
}

/// Words of a language.
#[derive(Debug)]
pub(crate) struct Words {
    pub guide: &'static str,
    pub id: &'static str,
    pub thing_id: &'static str,
    pub document: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub none: &'static str,
    /// Between the members of a set or list.
    pub between: &'static str,
}

static ZH: Words = Words {
    guide: "填写说明",
    id: "编号",
    thing_id: "所指事物的编号",
    document: "文件编号",
    yes: "是",
    no: "否",
    none: "无",
    between: "；",
};

static EN: Words = Words {
    guide: "How to fill in",
    id: "id",
    thing_id: "id of the thing spoken of",
    document: "id of the document",
    yes: "yes",
    no: "no",
    none: "none",
    between: "; ",
};

/// The words of a language.
pub(crate) fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

/// What a sort of source is called.
pub(crate) fn source_word(source: Source, lang: Lang) -> &'static str {
    match (source, lang) {
        (Source::Statement, Lang::Zh) => "陈述",
        (Source::Interview, Lang::Zh) => "访谈",
        (Source::Document, Lang::Zh) => "文件",
        (Source::Inspection, Lang::Zh) => "检查",
        (Source::Ledger, Lang::Zh) => "台账",
        (Source::Sample, Lang::Zh) => "抽样",
        (Source::Judgement, Lang::Zh) => "判断",
        (Source::Import, Lang::Zh) => "导入",
        (source, Lang::En) => source.name(),
    }
}

/// A text with what does not change its meaning taken out: full-width letters and digits are plain
/// ones, capitals small, and there is no white space.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().map(narrow).filter(|c| !c.is_whitespace()) {
        match c {
            // Almost all there is, and without capitals.
            '\u{4e00}'..='\u{9fff}' => folded.push(c),
            c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// A full-width letter, digit or mark as the plain one.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// How alike two folded texts are, from 0 to 1: the share of pairs of characters that they have in
/// common, which suits Chinese, where there are no words to compare.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let pairs = |text: &str| -> Vec<(char, char)> {
        let chars: Vec<char> = text.chars().collect();
        match chars.as_slice() {
            [only] => vec![(*only, *only)],
            chars => chars.iter().copied().zip(chars.iter().copied().skip(1)).collect(),
        }
    };
    let (first, mut second) = (pairs(a), pairs(b));
    let all = first.len() + second.len();
    if all == 0 {
        return 0.0;
    }
    let mut common = 0;
    for pair in first {
        if let Some(at) = second.iter().position(|other| *other == pair) {
            second.swap_remove(at);
            common += 2;
        }
    }
    f64::from(common) / all as f64
}

/// Longest text for which somebody looks what may have been meant, in characters.
const NEAR_LIMIT: usize = 60;

/// The one of several words that may have been meant.
pub(crate) fn nearest<'w>(wrong: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let wrong = folded(wrong);
    if wrong.is_empty() || wrong.chars().count() > NEAR_LIMIT {
        return None;
    }
    let score = |word: &str| {
        let word = folded(word);
        let within = word.contains(&wrong) || (wrong.contains(&word) && !word.is_empty());
        let common = wrong.chars().filter(|c| word.contains(*c)).count() as f64;
        let letters = 2.0 * common / (wrong.chars().count() + word.chars().count()).max(1) as f64;
        likeness(&wrong, &word).max(letters * 0.8) + if within { 0.3 } else { 0.0 }
    };
    known
        .into_iter()
        .map(|word| (score(word), word))
        .filter(|(score, _)| *score >= 0.4)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_and_nearness() {
        assert_eq!(folded("　ＡＢ　１２ c"), "ab12c");
        assert_eq!(nearest("身分证件号码", ["身份证件号码", "电话号码"]), Some("身份证件号码"));
        assert_eq!(nearest("marketting", ["marketing", "security"]), Some("marketing"));
        assert_eq!(nearest("订单", ["指纹", "人脸"]), None);
        assert!(likeness("保存期限", "保存期限天") > 0.8);
    }
}
