//! The conclusions in words: what conforms, what does not, what is not known, and what follows.
//!
//! Both the page and the terminal say them, so they are made once. Nothing is weighed here: every
//! sentence restates a verdict or a number of the model.

use crate::messages::{self as m, Message};
use crate::opinion::overdue;
use crate::words::{is_gap, say};
use hegui_assess::rollup::{Grade, Verdict};
use hegui_assess::view::{DispositionView, IndicatorView, Report};
use hegui_catalog::model::{Aggregate, Lang};
use hegui_logic::truth::Outcome;

/// How a sentence is to be set: by the verdict it is about, or plainly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The verdict that it is about.
    pub about: Option<Verdict>,
    /// Whether the reader must not miss it.
    pub grave: bool,
    /// The sentence.
    pub text: String,
}

/// The verdict over all dimensions, with its headline.
#[must_use]
pub fn headline(report: &Report) -> (Verdict, Message) {
    // The findings alone would not tell: a gap in a part of a holistic clause is still to be judged.
    let verdict = report.dimensions.iter().map(|d| d.standing.overall.verdict).max();
    let verdict = verdict.unwrap_or_else(|| report.summary.tally.verdict());
    let message = match verdict {
        Verdict::Gap | Verdict::NotProven => m::HEAD_GAP,
        Verdict::Unknown | Verdict::ToBeJudged | Verdict::NotAssessed => m::HEAD_UNKNOWN,
        Verdict::Met | Verdict::MetSampled => m::HEAD_MET,
        Verdict::NotApplicable => m::HEAD_NOTHING,
    };
    (verdict, message)
}

/// The sentences, the gravest first.
#[must_use]
pub fn points(report: &Report, lang: Lang) -> Vec<Point> {
    let mut points = legal_basis(report, lang);
    // Documents in articles have no indicators.
    if !report.indicators.is_empty() {
        points.push(plain(indicators(report, lang)));
    }
    points.push(plain(findings(report, lang)));
    points.extend(decided(report, lang));
    points.extend(dimensions(report, lang));
    points.extend(majors(report, lang));
    points.extend(people(report, lang));
    if report.summary.left_out > 0 {
        let n = report.summary.left_out.to_string();
        let values = [("n", n.as_str()), ("as_of", &report.as_of), ("known_on", &report.known_on)];
        points.push(plain(m::SAY_LEFT_OUT.fill(lang, &values)));
    }
    if !report.questions.is_empty() {
        points.push(plain(m::SAY_QUESTIONS.fill(lang, &[("n", &report.questions.len().to_string())])));
    }
    points.push(plain(if report.closing { m::SAY_CLOSED } else { m::SAY_NOT_CLOSED }.get(lang).to_owned()));
    points.extend(instruments(report, lang));
    points
}

fn plain(text: String) -> Point {
    Point { about: None, grave: false, text }
}

/// 5.2.2: where a legal basis fails or was not proven, stopping should be considered.
fn legal_basis(report: &Report, lang: Lang) -> Vec<Point> {
    let one_of = report.indicators.iter().filter(|i| i.aggregate == Aggregate::One);
    one_of
        .filter_map(|indicator| {
            let verdict = indicator.standing.overall.verdict;
            let message = match verdict {
                Verdict::Gap => m::SAY_BASIS_GAP,
                Verdict::NotProven => m::SAY_BASIS_NOT_PROVEN,
                _ => return None,
            };
            let clause = format!("{} {}", indicator.number, say(&indicator.title, lang));
            let mut text = message.fill(lang, &[("clause", &clause)]);
            let places = concerned(report, indicator, lang);
            if !places.is_empty() {
                let list = places.join(m::LIST_COMMA.get(lang));
                if lang == Lang::En {
                    text.push(' ');
                }
                text.push_str(&m::SAY_BASIS_WHERE.fill(lang, &[("list", &list)]));
            }
            Some(Point { about: Some(verdict), grave: true, text })
        })
        .collect()
}

/// The products for which an indicator does not conform.
pub(crate) fn concerned(report: &Report, indicator: &IndicatorView, lang: Lang) -> Vec<String> {
    let names = report.products.iter().map(|p| p.name.clone());
    let names = names.chain(std::iter::once(m::WHOLE_ORGANISATION.get(lang).to_owned()));
    names
        .zip(&indicator.standing.products)
        .filter(|(_, standing)| matches!(standing.verdict, Verdict::Gap | Verdict::NotProven))
        .map(|(name, _)| name)
        .collect()
}

fn indicators(report: &Report, lang: Lang) -> String {
    let count = |verdicts: &[Verdict]| {
        let matching = report.indicators.iter().filter(|i| verdicts.contains(&i.standing.overall.verdict));
        matching.count().to_string()
    };
    m::SAY_INDICATORS.fill(
        lang,
        &[
            ("all", &report.indicators.len().to_string()),
            ("met", &count(&[Verdict::Met, Verdict::MetSampled])),
            ("sampled", &count(&[Verdict::MetSampled])),
            ("gap", &count(&[Verdict::Gap])),
            ("not_proven", &count(&[Verdict::NotProven])),
            ("unknown", &count(&[Verdict::Unknown])),
            ("judged", &count(&[Verdict::ToBeJudged])),
            ("na", &count(&[Verdict::NotApplicable])),
            ("pending", &count(&[Verdict::NotAssessed])),
        ],
    )
}

fn findings(report: &Report, lang: Lang) -> String {
    let tally = &report.summary.tally;
    m::SAY_FINDINGS.fill(
        lang,
        &[
            ("gap", &tally.gap.to_string()),
            ("observation", &tally.observation.to_string()),
            ("unknown", &tally.unknown.to_string()),
            ("met", &tally.met.to_string()),
            ("na", &tally.not_applicable.to_string()),
        ],
    )
}

/// What has been decided about the gaps, where anything has.
fn decided(report: &Report, lang: Lang) -> Option<Point> {
    let gaps = || report.findings.iter().filter(|f| is_gap(f));
    let of = |pick: &dyn Fn(&DispositionView) -> bool| {
        gaps().filter_map(|f| f.disposition.as_ref()).filter(|d| pick(d)).count()
    };
    let (all, decided) = (gaps().count(), of(&|_| true));
    let done = of(&|d| d.done_on.as_deref().is_some_and(|on| on <= report.as_of.as_str()));
    let late = of(&|d| overdue(d, &report.as_of));
    let counts = [all, decided, done, late, all - decided].map(|n| n.to_string());
    let names = ["n", "decided", "done", "overdue", "open"];
    let values: Vec<(&str, &str)> = names.into_iter().zip(counts.iter().map(String::as_str)).collect();
    (decided > 0).then(|| plain(m::SAY_DECIDED.fill(lang, &values)))
}

fn dimensions(report: &Report, lang: Lang) -> Vec<Point> {
    let groups: [(Message, &[Verdict]); 5] = [
        (m::SAY_GAP_DIMENSIONS, &[Verdict::Gap, Verdict::NotProven]),
        (m::SAY_JUDGED_DIMENSIONS, &[Verdict::ToBeJudged]),
        (m::SAY_UNKNOWN_DIMENSIONS, &[Verdict::Unknown]),
        (m::SAY_MET_DIMENSIONS, &[Verdict::Met, Verdict::MetSampled]),
        (m::SAY_PENDING_DIMENSIONS, &[Verdict::NotAssessed]),
    ];
    let mut points = vec![];
    for (message, verdicts) in groups {
        let of_these = report.dimensions.iter().filter(|d| verdicts.contains(&d.standing.overall.verdict));
        let list: Vec<String> = of_these.map(|d| format!("{} {}", d.number, say(&d.title, lang))).collect();
        if !list.is_empty() {
            let text = message.fill(lang, &[("list", &list.join(m::LIST_COMMA.get(lang)))]);
            points.push(Point { about: verdicts.first().copied(), grave: false, text });
        }
    }
    points
}

fn majors(report: &Report, lang: Lang) -> Option<Point> {
    let graded = report.indicators.iter().filter(|i| i.standing.overall.grade == Some(Grade::Major));
    let list: Vec<String> = graded.map(|i| format!("{} {}", i.number, say(&i.title, lang))).collect();
    let text = m::SAY_MAJOR.fill(lang, &[("list", &list.join(m::LIST_COMMA.get(lang)))]);
    (!list.is_empty()).then_some(Point { about: Some(Verdict::Gap), grave: true, text })
}

/// What persons put in: rulings, those that no longer stand, samples.
fn people(report: &Report, lang: Lang) -> Vec<Point> {
    let stale = report.findings.iter().filter(|f| f.ruling.as_ref().is_some_and(|r| r.stale)).count();
    let ruled = report.findings.iter().filter(|f| f.computed.is_some_and(|c| c != f.outcome)).count();
    let sampled = report.findings.iter().filter(|f| f.sample.is_some() && f.outcome == Outcome::Met).count();
    [(m::SAY_STALE, stale), (m::SAY_RULED, ruled), (m::SAY_SAMPLED, sampled)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(message, n)| plain(message.fill(lang, &[("n", &n.to_string())])))
        .collect()
}

/// What the status of an instrument means for what is concluded on it.
fn instruments(report: &Report, lang: Lang) -> Vec<Point> {
    let with_note = report.catalog.instruments.iter().filter_map(|instrument| {
        let message = match instrument.status.as_str() {
            "voluntary" => m::SAY_VOLUNTARY,
            "draft" => m::SAY_DRAFT,
            "superseded" => m::SAY_SUPERSEDED,
            _ => return None,
        };
        Some(plain(message.fill(lang, &[("title", say(&instrument.title, lang))])))
    });
    with_note.collect()
}
