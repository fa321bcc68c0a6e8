//! One finding in full: what is asked, what it comes to, and why, part by part, fact by fact.

use super::ink::{Ink, Style, clean};
use crate::messages as m;
use crate::words::{
    as_verdict, called, code, finding as finding_word, grade, is_observation, say, sign, silent, source,
    strength, truth, truth_sign, verdict,
};
use hegui_assess::view::{FactView, FindingView, OriginView, ReasonView, RulingView};
use hegui_catalog::model::Lang;

const WIDTH: usize = 100;

/// A finding with its reasons.
#[must_use]
pub fn explain_terminal(finding: &FindingView, lang: Lang, colour: bool) -> String {
    let mut ink = Ink::new(colour, WIDTH);
    let of = as_verdict(finding.outcome, finding.sample.is_some());
    let mark = if is_observation(finding) { "△" } else { sign(of) };
    let mark = ink.set(Style::Of(of), &format!("{mark} {}", finding_word(finding).get(lang)));
    let id = ink.set(Style::Strong, &clean(&finding.requirement));
    ink.line(&format!(
        "{mark}  {id}  {} ({})",
        clean(called(&finding.title, &finding.name, lang)),
        clean(&finding.thing)
    ));
    ink.wrapped(
        "",
        "",
        &format!(
            "{} [{}] {}",
            m::ASKS.get(lang),
            strength(finding.strength).get(lang),
            say(&finding.text, lang)
        ),
        None,
    );
    if finding.existence {
        ink.wrapped("", "", m::EXISTENCE.get(lang), None);
    }
    if let Some(ruling) = &finding.ruling {
        write_ruling(&mut ink, finding, ruling, lang);
    }
    if !finding.because.is_empty() {
        ink.heading(m::WHY.get(lang));
        for reason in &finding.because {
            write_reason(&mut ink, reason, lang);
        }
    }
    if !finding.missing.is_empty() {
        ink.heading(m::WAITS_FOR.get(lang));
        for path in &finding.missing {
            ink.line(&format!("  {}", clean(path)));
        }
        more(&mut ink, "  ", finding.missing_more, lang);
    }
    if !finding.replaced_by.is_empty() {
        ink.heading(m::REPLACED_BY.get(lang));
        ink.wrapped("  ", "  ", &finding.replaced_by.join(m::LIST_COMMA.get(lang)), None);
    }
    if !silent(&finding.remedy) && finding.outcome == hegui_logic::truth::Outcome::Gap {
        ink.heading(m::REMEDY.get(lang));
        ink.wrapped("  ", "  ", say(&finding.remedy, lang), None);
    }
    ink.line("");
    let print = ink.set(Style::Dim, &format!("{} {}", m::FINGERPRINT.get(lang), clean(&finding.fingerprint)));
    ink.line(&print);
    ink.out
}

fn write_ruling(ink: &mut Ink, finding: &FindingView, ruling: &RulingView, lang: Lang) {
    ink.heading(m::RULING.get(lang));
    let computed = verdict(as_verdict(finding.computed.unwrap_or(finding.outcome), false)).get(lang);
    let ruled = ruling.outcome.map_or("—", |o| verdict(as_verdict(o, false)).get(lang));
    let who = m::RULING_BY
        .fill(lang, &[("by", &ruling.by), ("role", ruling.role_title.get(lang)), ("on", &ruling.on)]);
    ink.wrapped(
        "  ",
        "  ",
        &format!("{}: {computed} · {}: {ruled} · {who}", m::COMPUTED.get(lang), m::RULED.get(lang)),
        None,
    );
    if let Some(given) = ruling.grade {
        ink.wrapped("  ", "  ", &format!("{}: {}", m::GRADE.get(lang), grade(given).get(lang)), None);
    }
    ink.wrapped("  ", "  ", &ruling.reasons, None);
    if ruling.stale {
        ink.wrapped("  ", "  ", m::RULING_STALE.get(lang), Some(Style::Strong));
    }
    if !ruling.tied {
        ink.wrapped("  ", "  ", m::RULING_LOOSE.get(lang), Some(Style::Strong));
    }
}

fn write_reason(ink: &mut Ink, reason: &ReasonView, lang: Lang) {
    let indent = "  ".repeat(usize::from(reason.depth.min(10)) + 1);
    let about = reason
        .about
        .as_ref()
        .map_or_else(String::new, |t| format!("  [{} {}]", called(&t.title, &t.name, lang), t.path));
    let text = format!(
        "{} {}  {}{about}",
        truth_sign(reason.truth),
        truth(reason.truth).get(lang),
        reason.expression
    );
    ink.wrapped(&indent, &format!("{indent}    "), &text, Some(Style::Truth(reason.truth)));
    let deeper = format!("{indent}    ");
    for fact in &reason.facts {
        ink.wrapped(&deeper, &format!("{deeper}  "), &fact_line(fact, lang), None);
    }
    more(ink, &deeper, reason.more, lang);
}

/// How many more there are.
fn more(ink: &mut Ink, indent: &str, n: usize, lang: Lang) {
    if n > 0 {
        ink.line(&format!("{indent}{}", m::MORE.fill(lang, &[("n", &n.to_string())])));
    }
}

fn fact_line(fact: &FactView, lang: Lang) -> String {
    let value = match &fact.value {
        Some(value) => say(value, lang).to_owned(),
        None => {
            format!("{} ({})", m::UNKNOWN.get(lang), fact.unknown.as_deref().map_or("—", |u| code(u, lang)))
        }
    };
    let origin = fact.origin.as_ref().map_or_else(String::new, |o| format!("  ← {}", origin_line(o, lang)));
    format!("{} = {value}{origin}", fact.path)
}

/// Where a fact comes from, in one line.
fn origin_line(origin: &OriginView, lang: Lang) -> String {
    let mut parts = vec![source(&origin.source, lang).to_owned()];
    parts.extend(origin.by.clone());
    parts.extend(origin.on.clone());
    if !origin.evidence.is_empty() {
        parts.push(format!("{} {}", m::EVIDENCE.get(lang), origin.evidence.join(", ")));
    }
    parts.extend(origin.inherited.as_ref().map(|thing| m::INHERITED.fill(lang, &[("thing", thing)])));
    if !origin.place.is_empty() {
        parts.push(origin.place.clone());
    }
    parts.extend(origin.reasons.as_ref().map(|r| format!("{}: {r}", m::REASONS.get(lang))));
    parts.join(" · ")
}
