//! What an import would do, for a person to read before it is done.

use super::{Defaults, Plan};
use crate::layout::What;
use crate::problem::place;
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::schema::KindId;
use hegui_register::{Register, Stated};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// What becomes of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing was said before.
    New,
    /// A plain statement is replaced.
    Replaced,
    /// A plain statement is taken away.
    Removed,
    /// The observations that there are stay, and this one now counts.
    Beside,
    /// The observations that there are stay, and the fact is unknown now: sources differ, or the new
    /// observation does not count on the day.
    Disputed,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    pub cell: String,
    /// The thing's kind.
    pub kind: KindId,
    /// The thing's id.
    pub id: String,
    /// What of it.
    pub what: What,
    /// The column's heading.
    pub heading: String,
    /// What was so, as a cell shows it.
    pub old: Option<String>,
    /// What shall be so, as a cell shows it.
    pub new: Option<String>,
    /// The same as a register writes it.
    pub value: Option<String>,
    /// What becomes of it.
    pub effect: Effect,
}

/// Marks the changes that do not take effect.
pub(super) fn weigh(lines: &mut [Line], register: &Register, catalog: &Catalog, defaults: &Defaults) {
    if lines.iter().all(|line| line.effect != Effect::Beside) {
        return;
    }
    let as_of = defaults.today.max(defaults.on.unwrap_or(defaults.today));
    let assessed = register.universe(catalog, as_of, as_of);
    let mut stated: BTreeMap<(KindId, What), HashMap<u32, Stated>> = BTreeMap::new();
    for line in lines.iter_mut().filter(|line| line.effect == Effect::Beside) {
        let by_row = stated.entry((line.kind, line.what)).or_insert_with(|| {
            let all = match line.what {
                What::Field(field) => assessed.stated(line.kind, field),
                What::List(relation) => assessed.stated_list(line.kind, relation),
                What::Complete(relation) => assessed.stated_completeness(line.kind, relation),
                What::Id | What::Document | What::From(_) => vec![],
            };
            all.into_iter().map(|stated| (stated.row, stated)).collect()
        });
        let kind = &catalog.schema.kind(line.kind).name;
        let name = match line.id.split_once('/') {
            Some((id, document)) => {
                format!("{}.{id}.declared.{document}", kind.trim_end_matches(".declared"))
            }
            None => format!("{kind}.{}", line.id),
        };
        let row = register.find(&catalog.schema, &name).map(|(_, row)| row);
        let now = row.ok().and_then(|row| by_row.get(&row)).and_then(|stated| stated.value.as_deref());
        let wanted = line
            .value
            .as_deref()
            .map(|value| if value == "none" && matches!(line.what, What::List(_)) { "[]" } else { value });
        let same = match (line.what, now, wanted) {
            // Lists are kept in the order of the register's things.
            (What::List(_), Some(now), Some(wanted)) => sorted(now) == sorted(wanted),
            (_, now, wanted) => now == wanted,
        };
        if !same {
            line.effect = Effect::Disputed;
        }
    }
}

fn sorted(list: &str) -> Vec<&str> {
    let mut ids: Vec<&str> = crate::value::members(list).collect();
    ids.sort_unstable();
    ids
}

impl Plan {
    /// Whether anything would be written.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.files.is_empty()
    }

    /// What would be done, thing by thing; of more than `most` changes the first.
    #[must_use]
    pub fn show(&self, catalog: &Catalog, lang: Lang, most: usize) -> String {
        let mut text = String::new();
        for note in &self.notes {
            let mark = if lang == Lang::Zh { "说明" } else { "note" };
            let _ = writeln!(text, "{mark}  {}", note.show(lang));
        }
        if self.restored > 0 {
            let n = self.restored;
            let _ = match lang {
                Lang::Zh => writeln!(text, "从工作簿恢复登记册的 {n} 个文件，逐字节不变；然后："),
                Lang::En => writeln!(
                    text,
                    "the register's {n} files are restored from the workbook, byte for byte; then:"
                ),
            };
        }
        let mut before: Option<(KindId, &str)> = None;
        for line in self.lines.iter().take(most) {
            if before != Some((line.kind, line.id.as_str())) {
                before = Some((line.kind, &line.id));
                let kind = &catalog.schema.kind(line.kind).name;
                let new = self.is_new(line);
                let mark = match (new, lang) {
                    (true, Lang::Zh) => "新增 ",
                    (true, Lang::En) => "new ",
                    _ => "",
                };
                let _ = writeln!(text, "{mark}{kind}.{}", line.id);
            }
            if line.old.is_some() || line.new.is_some() {
                let _ = writeln!(text, "  {}", self.line(line, lang));
            }
        }
        if self.lines.len() > most {
            let more = self.lines.len() - most;
            let _ = match lang {
                Lang::Zh => writeln!(text, "……另有 {more} 处（--all 全部列出）"),
                Lang::En => writeln!(text, "… and {more} more (--all lists them all)"),
            };
        }
        self.sum(&mut text, lang);
        text
    }

    fn is_new(&self, line: &Line) -> bool {
        self.added_ids.contains(&(line.kind, line.id.clone()))
    }

    fn line(&self, line: &Line, lang: Lang) -> String {
        let unknown = if lang == Lang::Zh { "（未知）" } else { "(unknown)" };
        let old = line.old.as_deref().map(one_line);
        let new = line.new.as_deref().map(one_line).unwrap_or_else(|| unknown.to_owned());
        let mut text = place(&line.sheet, &line.cell, lang);
        let _ = match old {
            None => write!(text, "{} = {new}", one_line(&line.heading)),
            Some(old) => write!(text, "{}：{old} → {new}", one_line(&line.heading)),
        };
        text.push_str(match (line.effect, lang) {
            (Effect::New, _) => "",
            (Effect::Replaced, Lang::Zh) => "（替换，原来没有来源）",
            (Effect::Replaced, Lang::En) => " (replaced; it had no source)",
            (Effect::Removed, Lang::Zh) => "（删去，原来没有来源）",
            (Effect::Removed, Lang::En) => " (taken away; it had no source)",
            (Effect::Beside, Lang::Zh) => "（另加一条观察，以它为准）",
            (Effect::Beside, Lang::En) => " (added as an observation, which now counts)",
            (Effect::Disputed, Lang::Zh) => "（另加一条观察；与已有观察不一致，成为未知，须由人裁断；同一来源、同一人、更晚日期的才会取代旧的）",
            (Effect::Disputed, Lang::En) => " (added as an observation that differs from another source: unknown until somebody rules; only the same source and person with a later date supersede)",
        });
        text
    }

    fn sum(&self, text: &mut String, lang: Lang) {
        let (lines, things, already) = (self.lines.len(), self.new_things, self.already);
        let disputed = self.lines.iter().filter(|line| line.effect == Effect::Disputed).count();
        let _ = match lang {
            Lang::Zh if lines == 0 && things == 0 => write!(text, "工作簿与登记册没有不同"),
            Lang::Zh => write!(text, "共 {lines} 处改动，新增 {things} 项"),
            Lang::En if lines == 0 && things == 0 => {
                write!(text, "the workbook does not differ from the register")
            }
            Lang::En => write!(text, "{lines} changes, {things} new things"),
        };
        if disputed > 0 {
            let _ = match lang {
                Lang::Zh => write!(text, "；其中 {disputed} 处须由人裁断"),
                Lang::En => write!(text, "; {disputed} of them need a ruling"),
            };
        }
        if already > 0 {
            let _ = match lang {
                Lang::Zh => write!(text, "；另有 {already} 处登记册已是如此"),
                Lang::En => write!(text, "; {already} more the register says already"),
            };
        }
        text.push('\n');
    }
}

fn one_line(text: &str) -> String {
    let mut line: String = text.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(80).is_some() {
        line.push('…');
    }
    line
}
