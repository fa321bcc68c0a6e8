//! Summaries for a terminal: how it stands, where the gaps are, what to ask first, what to do next.

mod explain;
mod ink;
mod questions;

pub use explain::explain_terminal;
pub(crate) use ink::is_direction;
pub use questions::questions_terminal;

use crate::conclusion::{headline, points};
use crate::messages as m;
use crate::words::{
    STAGES, VERDICTS, called, code, is_gap, is_observation, say, sign, silent, verdict, ways,
};
use hegui_assess::rollup::{Tally, Verdict};
use hegui_assess::view::{DimensionView, FindingView, Report, StandingView};
use hegui_catalog::model::Lang;
use ink::{Ink, Style, clean, columns, cut, pad};
use std::collections::BTreeMap;

/// Requirements with gaps that are shown; the page has them all.
const GAPS: usize = 20;
/// Questions that are shown.
const QUESTIONS: usize = 5;

/// A summary `width` columns wide (40 at least), coloured only where told to.
#[must_use]
pub fn terminal(report: &Report, lang: Lang, colour: bool, width: usize) -> String {
    let mut ink = Ink::new(colour, width);
    head(&mut ink, report, lang);
    map(&mut ink, report, lang);
    groups(&mut ink, report, lang, m::GAPS_HEAD, Verdict::Gap, is_gap);
    groups(&mut ink, report, lang, m::OBSERVATIONS_HEAD, Verdict::ToBeJudged, is_observation);
    if !report.questions.is_empty() {
        let groups = crate::groups::questions(report.questions.iter());
        let shown = groups.len().min(QUESTIONS);
        ink.heading(&questions::first(shown, groups.len(), report.questions.len(), lang));
        questions::list(&mut ink, groups.iter().take(QUESTIONS), lang);
    }
    next(&mut ink, report, lang);
    ink.out
}

fn head(ink: &mut Ink, report: &Report, lang: Lang) {
    let name = report.organisation.as_deref().unwrap_or_else(|| m::ORGANISATION_UNNAMED.get(lang));
    let title = ink.set(Style::Strong, &format!("{}  {}", m::TITLE.get(lang), clean(name)));
    ink.line(&title);
    let instruments: Vec<String> = report
        .catalog
        .instruments
        .iter()
        .map(|i| format!("{} ({})", say(&i.title, lang), code(&i.status, lang)))
        .collect();
    let profile = format!(
        "{} · {}",
        say(&report.catalog.profile_title, lang),
        instruments.join(m::LIST_COMMA.get(lang))
    );
    ink.wrapped("", "", &profile, Some(Style::Dim));
    let hash: String = report.catalog.hash.chars().take(12).collect();
    let state = if report.closing { m::CLOSED } else { m::NOT_CLOSED }.get(lang);
    let dates = format!(
        "{} {} · {} {} · {} · SHA-256 {hash}…",
        m::AS_OF.get(lang),
        report.as_of,
        m::KNOWN_ON.get(lang),
        report.known_on,
        state
    );
    ink.wrapped("", "", &dates, Some(Style::Dim));
    let (of, message) = headline(report);
    ink.line("");
    let line = ink.set(Style::Of(of), &format!("{} {}", sign(of), message.get(lang)));
    ink.line(&line);
    for point in points(report, lang) {
        let style = point.about.filter(|_| point.grave).map(Style::Of);
        ink.wrapped("  ", "  ", &point.text, style);
    }
}

/// The most telling number of a tally for its verdict: as many gaps as it has, else unknowns, else met.
fn number(standing: &StandingView) -> u32 {
    let tally: &Tally = &standing.tally;
    match standing.verdict {
        Verdict::Gap | Verdict::ToBeJudged => tally.gap,
        Verdict::NotProven | Verdict::Unknown => tally.unknown,
        Verdict::Met => tally.met,
        Verdict::MetSampled => tally.sampled,
        Verdict::NotApplicable | Verdict::NotAssessed => 0,
    }
}

fn cell(standing: &StandingView) -> String {
    match number(standing) {
        0 => sign(standing.verdict).to_owned(),
        n => format!("{}{n}", sign(standing.verdict)),
    }
}

/// Dimensions × stages; the column of names gives way where the terminal is narrow.
fn map(ink: &mut Ink, report: &Report, lang: Lang) {
    if report.dimensions.is_empty() {
        return;
    }
    ink.heading(m::MAP.get(lang));
    let heads: Vec<&str> =
        std::iter::once(m::OVERALL.get(lang)).chain(STAGES.iter().map(|s| code(s, lang))).collect();
    let widths: Vec<usize> = heads.iter().map(|h| columns(h).max(4) + 1).collect();
    let taken: usize = widths.iter().sum();
    let name = |d: &DimensionView| format!("{} {}", d.number, say(&d.title, lang));
    let longest = report.dimensions.iter().map(|d| columns(&name(d))).max().unwrap_or(0);
    let side_by_side = ink.width >= taken + 18;
    let first = if side_by_side { longest.min(ink.width - taken - 2) } else { longest.min(ink.width - 8) };
    if side_by_side {
        let head: String = heads.iter().zip(&widths).map(|(h, w)| pad(h, *w)).collect();
        let head = ink.set(Style::Dim, head.trim_end());
        ink.line(&format!("{}  {head}", pad("", first)));
    }
    for dimension in &report.dimensions {
        let overall = &dimension.standing.overall;
        let label = pad(&cut(&clean(&name(dimension)), first), first);
        if !side_by_side {
            let mark = ink.set(Style::Of(overall.verdict), &cell(overall));
            ink.line(&format!("{label}  {mark}"));
            continue;
        }
        let stages =
            STAGES.iter().map(|s| dimension.cells.iter().find(|c| c.stage == *s).map(|c| &c.standing));
        let mut line = format!("{label}  ");
        for (standing, width) in std::iter::once(Some(overall)).chain(stages).zip(&widths) {
            match standing {
                Some(standing) => {
                    line.push_str(&ink.set(Style::Of(standing.verdict), &pad(&cell(standing), *width)))
                }
                None => line.push_str(&pad("", *width)),
            }
        }
        ink.line(&line);
    }
    let key: Vec<String> =
        VERDICTS.iter().map(|v| format!("{} {}", sign(*v), verdict(*v).get(lang))).collect();
    ink.wrapped("", "", &key.join("  "), Some(Style::Dim));
}

/// Findings that a condition picks, a requirement at a time.
fn groups(
    ink: &mut Ink,
    report: &Report,
    lang: Lang,
    head: m::Message,
    of: Verdict,
    pick: fn(&FindingView) -> bool,
) {
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&FindingView>> = vec![];
    let mut n = 0;
    for finding in report.findings.iter().filter(|f| pick(f)) {
        n += 1;
        let at = *place.entry(&finding.requirement).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    if groups.is_empty() {
        return;
    }
    ink.heading(&head.fill(lang, &[("n", &n.to_string())]));
    for group in groups.iter().take(GAPS) {
        requirement(ink, report, group, lang, of);
    }
    if groups.len() > GAPS {
        let more = m::MORE.fill(lang, &[("n", &(groups.len() - GAPS).to_string())]);
        ink.line(&format!("  {more}"));
    }
}

fn requirement(ink: &mut Ink, report: &Report, group: &[&FindingView], lang: Lang, of: Verdict) {
    let Some(first) = group.first() else { return };
    let shown = if is_observation(first) { "△" } else { sign(of) };
    let mark = ink.set(Style::Of(of), shown);
    let id = ink.set(Style::Strong, &clean(&first.requirement));
    let clauses =
        report.indicators.iter().filter(|i| i.instrument == first.instrument).flat_map(|i| &i.clauses);
    let clause = clauses.into_iter().find(|c| c.number == first.clause);
    let title = clause.map_or("", |c| say(&c.title, lang));
    ink.line(&format!("{mark} {id}  {title}"));
    ink.wrapped("  ", "  ", say(&first.text, lang), None);
    let called = |f: &&FindingView| format!("{} ({})", called(&f.title, &f.name, lang), f.thing);
    let things: Vec<String> = group.iter().take(3).map(called).collect();
    let mut things = things.join(m::LIST_COMMA.get(lang));
    if group.len() > 3 {
        things.push(' ');
        things.push_str(&m::AND_OTHERS.fill(lang, &[("n", &group.len().to_string())]));
    }
    ink.wrapped("  · ", "    ", &things, None);
    if !silent(&first.remedy) {
        ink.wrapped(
            "  → ",
            "    ",
            &format!(
                "{}: {} {}",
                m::REMEDY.get(lang),
                say(&first.remedy, lang),
                clause.and_then(|c| ways(c, lang)).unwrap_or_default()
            ),
            Some(Style::Dim),
        );
    }
}

/// Commands to run next, filled in from this report where there is something to fill in.
fn next(ink: &mut Ink, report: &Report, lang: Lang) {
    let mut rows = vec![];
    if let Some(question) = report.questions.first() {
        rows.push(("hegui ask DIR".to_owned(), m::NEXT_ASK));
        rows.push((questions::command(question), m::NEXT_ANSWER));
    }
    if let Some(finding) = report.findings.first() {
        rows.push((
            format!(
                "hegui explain DIR {} {}",
                questions::argument(&finding.requirement),
                questions::argument(&finding.thing)
            ),
            m::NEXT_EXPLAIN,
        ));
    }
    rows.push(("hegui assess DIR --format html -o report.html".to_owned(), m::NEXT_HTML));
    ink.heading(m::NEXT.get(lang));
    for (command, message) in rows {
        let note = ink.set(Style::Dim, &format!("# {}", message.get(lang)));
        ink.line(&format!("  {command}  {note}"));
    }
}
