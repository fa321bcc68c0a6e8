//! Where a fact comes from: the keys beside `value`, and a file's `[provenance]`.

use crate::path::did_you_mean;
use crate::problem::echo;
use crate::store::{Interner, Origin, Sample, Source};
use crate::tree::{Children, Item, Node, Section};
use crate::value::{Wrong, date, describe};
use hegui_logic::calendar::DAY;

/// The keys of provenance.
const KEYS: [&str; 8] = ["source", "by", "on", "recorded", "until", "evidence", "reasons", "sample"];
const SAMPLE_KEYS: [&str; 6] = ["population", "method", "seed", "drawn", "size", "deviations"];

/// What is wrong with a key or its value, and at which bytes.
pub(crate) type Found = ((u32, u32), Wrong);

/// What a table says of where something comes from, and what of it: a bit a key of [`KEYS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Said {
    origin: Origin,
    recorded: Option<i64>,
    keys: u16,
}

impl Said {
    fn says(&self, key: &str) -> bool {
        KEYS.iter().position(|known| *known == key).is_some_and(|at| self.keys >> at & 1 == 1)
    }

    /// This, and what it does not say from the usual. A sample belongs to the source that it is of.
    pub fn over(self, usual: &Self) -> Origin {
        let of = |key: &str| if self.says(key) { &self.origin } else { &usual.origin };
        let other_source = self.says("source") && self.origin.source != Source::Sample;
        let recorded = if self.says("recorded") { self.recorded } else { usual.recorded };
        let valid_from = of("on").valid_from;
        Origin {
            source: of("source").source,
            by: of("by").by,
            valid_from,
            valid_until: of("until").valid_until,
            // Without a date of its own, something was learned when it was seen.
            recorded: recorded.unwrap_or(valid_from),
            evidence: of("evidence").evidence.clone(),
            reasons: of("reasons").reasons,
            sample: if other_source { self.origin.sample.clone() } else { of("sample").sample.clone() },
        }
    }
}

/// What is wrong with an origin as a whole.
pub(crate) fn doubt(origin: &Origin) -> Option<Wrong> {
    if origin.source == Source::Sample && origin.sample.is_none() {
        let example = "`sample = { population = 1200, method = \"random\", seed = 7, size = 60, deviations = 0 }` beside it";
        return Some(Wrong::new("a sample without what was drawn", example));
    }
    if origin.valid_until.is_some_and(|end| end < origin.valid_from) {
        return Some(Wrong::new("`until` lies before `on`", "the last day on which it was so"));
    }
    None
}

/// Reads provenance from a table. `own` are the keys that the table may have besides, which are
/// passed over here. `"none"` says that there is none, whatever is usual.
pub(crate) fn read(
    section: &Section<'_>,
    table: Children,
    own: &[&str],
    texts: &mut Interner,
    wrong: &mut Vec<Found>,
) -> Said {
    let mut said = Said::default();
    for node in section.children(table) {
        let name = node.key.as_ref();
        if own.contains(&name) {
            continue;
        }
        let Some(at) = KEYS.iter().position(|known| *known == name) else {
            wrong.push((node.span, unknown_key(name, own.iter().copied().chain(KEYS))));
            continue;
        };
        said.keys |= 1 << at;
        if name != "source" && matches!(&node.item, Item::Text(text) if text == "none") {
            continue;
        }
        let origin = &mut said.origin;
        let read = match name {
            "source" => source(node).map(|value| origin.source = value),
            "by" => text(node).map(|value| origin.by = texts.intern(value)),
            "reasons" => text(node).map(|value| origin.reasons = texts.intern(value)),
            "on" => moment(node).map(|value| origin.valid_from = value),
            "recorded" => moment(node).map(|value| said.recorded = Some(value)),
            "until" => last_moment(node).map(|value| origin.valid_until = Some(value)),
            "evidence" => evidence(section, node, texts).map(|value| origin.evidence = value),
            _ => sample(section, node, wrong).map(|value| origin.sample = Some(value)),
        };
        if let Err(problem) = read {
            wrong.push((node.span, problem));
        }
    }
    said
}

/// A key that means nothing here.
pub(crate) fn unknown_key<'a>(key: &str, known: impl Iterator<Item = &'a str> + Clone) -> Wrong {
    let near = did_you_mean(key, known.clone());
    let list: Vec<String> = known.map(|k| format!("`{k}`")).collect();
    Wrong::new(format!("no key `{}` here{near}", echo(key)), format!("one of {}", list.join(", ")))
}

fn source(node: &Node<'_>) -> Result<Source, Wrong> {
    let names = Source::ALL.map(Source::name);
    let name = text(node)?;
    Source::named(name).ok_or_else(|| {
        let near = did_you_mean(name, names);
        Wrong::new(format!("`{}` is no source{near}", echo(name)), format!("one of {}", names.join(", ")))
    })
}

/// A text that says something.
pub(crate) fn text<'a>(node: &'a Node<'_>) -> Result<&'a str, Wrong> {
    match &node.item {
        Item::Text(text) if !text.trim().is_empty() => Ok(text),
        Item::Text(_) => Err(Wrong::new(format!("`{}` is empty", node.key), "a text, or leave it out")),
        other => {
            Err(Wrong::new(format!("`{}` is a text, found {}", node.key, describe(other)), "as in \"…\""))
        }
    }
}

/// A date, or a date with a time of day.
pub(crate) fn moment(node: &Node<'_>) -> Result<i64, Wrong> {
    match &node.item {
        Item::Date(text) => date(text),
        other => Err(Wrong::new(
            format!("`{}` is a date, found {}", node.key, describe(other)),
            "as in 2026-03-02, without quotation marks",
        )),
    }
}

/// A last day, which lasts until its end.
fn last_moment(node: &Node<'_>) -> Result<i64, Wrong> {
    let moment = moment(node)?;
    Ok(if moment.rem_euclid(DAY) == 0 { moment + DAY - 1 } else { moment })
}

fn evidence(section: &Section<'_>, node: &Node<'_>, texts: &mut Interner) -> Result<Vec<u32>, Wrong> {
    let wrong = || Wrong::new("`evidence` is a list of ids or places", "as in [\"E-014\"]");
    let Item::List(members) = node.item else { return Err(wrong()) };
    let mut list = Vec::with_capacity(members.len as usize);
    for member in section.children(members) {
        let Item::Text(text) = &member.item else { return Err(wrong()) };
        list.push(texts.intern(text));
    }
    Ok(list)
}

fn sample(section: &Section<'_>, node: &Node<'_>, wrong: &mut Vec<Found>) -> Result<Sample, Wrong> {
    let Item::Table(table) = node.item else {
        return Err(Wrong::new(
            "`sample` is a table",
            "as in { population = 1200, method = \"random\", seed = 7, size = 60 }",
        ));
    };
    let mut sample = Sample::default();
    for key in section.children(table) {
        let read = match key.key.as_ref() {
            "population" => count(key).map(|n| sample.population = n),
            "size" => count(key).map(|n| sample.size = n),
            "deviations" => count(key).map(|n| sample.deviations = n),
            "method" => text(key).map(|t| sample.method = t.to_owned()),
            "seed" => whole(key).map(|n| sample.seed = Some(n)),
            "drawn" => moment(key).map(|t| sample.drawn = Some(t)),
            other => Err(unknown_key(other, SAMPLE_KEYS.into_iter())),
        };
        if let Err(problem) = read {
            wrong.push((key.span, problem));
        }
    }
    if sample.size == 0 || sample.size > sample.population || sample.deviations > sample.size {
        let what = "a sample has a `size` from 1 to its `population`, and no more `deviations` than that";
        return Err(Wrong::new(
            what,
            "as in { population = 1200, method = \"random\", seed = 7, size = 60, deviations = 0 }",
        ));
    }
    Ok(sample)
}

fn whole(node: &Node<'_>) -> Result<i64, Wrong> {
    match node.item {
        Item::Int(Some(value)) => Ok(value),
        ref other => Err(Wrong::new(
            format!("`{}` is a whole number, found {}", node.key, describe(other)),
            "as in 60",
        )),
    }
}

fn count(node: &Node<'_>) -> Result<u64, Wrong> {
    let value = whole(node)?;
    u64::try_from(value).map_err(|_| Wrong::new(format!("`{}` cannot be negative", node.key), "as in 60"))
}
