//! The small pieces that sections share: verdict badges, counts, facts with their sources, links.

use super::Page;
use crate::groups;
use crate::messages as m;
use crate::words::{called, cite, class, code, say, sign, source, truth, truth_sign, verdict};
use hegui_assess::rollup::{Tally, Verdict};
use hegui_assess::view::{ClauseView, FactView, LawView, OriginView, ReasonView, Report, StandingView};
use hegui_catalog::model::Text;
use hegui_logic::truth::Truth;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How the path of a relation's completeness ends.
const COMPLETE: &str = " (complete)";

/// Where things stand in the report, so that they can be linked.
pub(super) struct Index<'a> {
    /// Fact's path to the place of its question's group.
    pub questions: BTreeMap<&'a str, usize>,
    /// Evidence's id to its place.
    pub evidence: BTreeMap<&'a str, usize>,
    /// Instrument and clause number to the clause.
    pub clauses: BTreeMap<(&'a str, &'a str), &'a ClauseView>,
    /// Articles by how clauses cite them.
    pub laws: BTreeMap<&'a str, &'a LawView>,
    /// Product's path to its place.
    pub products: BTreeMap<&'a str, usize>,
}

/// The facts asked for in the groups that the page lists, each with its group's place.
fn listed_questions(report: &Report) -> BTreeMap<&str, usize> {
    let groups = groups::questions(report.questions.iter());
    let listed = groups.into_iter().take(super::questions::LISTED).enumerate();
    listed.flat_map(|(n, group)| group.members.into_iter().map(move |q| (q.fact.as_str(), n))).collect()
}

impl<'a> Index<'a> {
    pub fn of(report: &'a Report) -> Self {
        let mut clauses = BTreeMap::new();
        for indicator in &report.indicators {
            for clause in &indicator.clauses {
                clauses.insert((indicator.instrument.as_str(), clause.number.as_str()), clause);
            }
        }
        Self {
            questions: listed_questions(report),
            evidence: report.evidence.iter().enumerate().map(|(n, e)| (e.id.as_str(), n)).collect(),
            clauses,
            laws: report.laws.iter().map(|law| (law.cite.as_str(), law)).collect(),
            products: report.products.iter().enumerate().map(|(n, p)| (p.path.as_str(), n)).collect(),
        }
    }
}

impl Page<'_> {
    /// What people call a thing.
    pub(super) fn called<'t>(&self, title: &'t Text, name: &'t str) -> &'t str {
        called(title, name, self.lang)
    }

    /// The articles that a clause cites, as people cite them.
    pub(super) fn cites(&self, clause: &ClauseView) -> String {
        let cites = clause.cites.iter();
        let cites = cites.map(|c| cite(self.index.laws.get(c.as_str()).copied(), c, self.lang));
        cites.collect::<Vec<_>>().join(self.t(m::LIST_COMMA))
    }

    /// How many more there are.
    pub(super) fn more(&self, n: usize) -> Markup {
        html! { @if n > 0 { " " span.dim { (m::MORE.fill(self.lang, &[("n", &n.to_string())])) } } }
    }

    /// A verdict as sign and word on its colour.
    pub(super) fn badge(&self, of: Verdict) -> Markup {
        html! { span.v.badge.(class(of)) { span.sign aria-hidden="true" { (sign(of)) } (self.t(verdict(of))) } }
    }

    /// The counts of a tally that are not nought, each with its sign; words in the title.
    pub(super) fn counts(&self, tally: &Tally) -> Markup {
        let parts = [
            (Verdict::Gap, tally.gap, m::GAP_SHORT),
            (Verdict::Unknown, tally.unknown, m::UNKNOWN),
            (Verdict::Met, tally.met.saturating_sub(tally.sampled), m::MET),
            (Verdict::MetSampled, tally.sampled, m::MET_SAMPLED),
            (Verdict::NotApplicable, tally.not_applicable, m::NOT_APPLICABLE),
        ];
        html! {
            span.counts {
                @for (of, n, word) in parts {
                    @if n > 0 { span title=(self.t(word)) { span aria-hidden="true" { (sign(of)) } span.hear { (self.t(word)) " " } (n) } " " }
                }
                @if tally.observation > 0 { span title=(self.t(m::OBSERVATION)) { span aria-hidden="true" { "△" } span.hear { (self.t(m::OBSERVATION)) " " } (tally.observation) } }
            }
        }
    }

    /// A cell of a table of verdicts: sign, word, counts.
    pub(super) fn cell(&self, standing: &StandingView) -> Markup {
        let of = standing.verdict;
        html! {
            td.v.(class(of)) {
                span.sign aria-hidden="true" { (sign(of)) }
                span.word { (self.t(self.short(of))) }
                (self.counts(&standing.tally))
            }
        }
    }

    fn short(&self, of: Verdict) -> m::Message {
        match of {
            Verdict::Gap => m::SHORT_GAP,
            Verdict::NotProven => m::SHORT_NOT_PROVEN,
            Verdict::NotAssessed => m::SHORT_NOT_ASSESSED,
            Verdict::MetSampled => m::SHORT_SAMPLED,
            other => verdict(other),
        }
    }

    /// A clause's number and title.
    pub(super) fn clause_name(&self, instrument: &str, number: &str) -> Markup {
        let clause = self.index.clauses.get(&(instrument, number));
        html! { span.num { (number) } @if let Some(clause) = clause { " " (say(&clause.title, self.lang)) } }
    }

    /// A fact's path, linked to its question if there is one. Beneath `above` (a thing's path) only
    /// what follows is written.
    pub(super) fn fact_path(&self, path: &str, above: &str) -> Markup {
        let (plain, whether_all) = path.strip_suffix(COMPLETE).map_or((path, false), |p| (p, true));
        let shown = plain
            .strip_prefix(above)
            .and_then(|p| p.strip_prefix('.'))
            .filter(|_| !above.is_empty())
            .unwrap_or(plain);
        html! {
            @match self.index.questions.get(plain) {
                Some(n) => a href={ "#q" (n) } { code { (shown) } },
                None => code { (shown) },
            }
            @if whether_all { " " span.kind { (self.t(m::ALL_LISTED)) } }
        }
    }

    /// Why a finding is so: the parts that decided it, indented as they nest, with their facts.
    pub(super) fn reasons(&self, because: &[ReasonView]) -> Markup {
        html! {
            ul.reasons {
                @for reason in because {
                    li.{ "d" (reason.depth.min(6)) } {
                        span.truth.(truth_class(reason.truth)) { span.sign aria-hidden="true" { (truth_sign(reason.truth)) } (self.t(truth(reason.truth))) }
                        " " code.expr { (reason.expression) }
                        @if let Some(about) = &reason.about { " " span.about { bdi { (self.called(&about.title, &about.name)) } " " code { (about.path) } } }
                        @if !reason.facts.is_empty() { ul.factlist { @for fact in &reason.facts { li { (self.fact(fact, "")) } } } }
                        (self.more(reason.more))
                    }
                }
            }
        }
    }

    /// A fact with its value and where it comes from; see [`Page::fact_path`] for `above`.
    pub(super) fn fact(&self, fact: &FactView, above: &str) -> Markup {
        html! {
            (self.fact_path(&fact.path, above)) " "
            @match &fact.value {
                Some(value) => b { bdi { (say(value, self.lang)) } },
                None => b.none { (self.t(m::UNKNOWN)) @if let Some(why) = &fact.unknown { " · " (code(why, self.lang)) } },
            }
            @if let Some(origin) = &fact.origin { " " (self.origin(origin)) }
        }
    }

    /// Where a fact comes from, in one line. There are thousands of these on a page: little markup.
    pub(super) fn origin(&self, origin: &OriginView) -> Markup {
        html! {
            span.o {
                (source(&origin.source, self.lang))
                @if let Some(by) = &origin.by { " · " bdi { (by) } }
                @if let Some(on) = &origin.on { " · " (on) }
                @for (n, id) in origin.evidence.iter().enumerate() {
                    @if n == 0 { " · " (self.t(m::EVIDENCE)) " " } @else { ", " }
                    (self.evidence_link(id))
                }
                @if let Some(above) = &origin.inherited { " · " (m::INHERITED.fill(self.lang, &[("thing", above)])) }
                @if !origin.place.is_empty() { " · " code { (origin.place) } }
                @if let Some(reasons) = &origin.reasons { br; (self.t(m::REASONS)) ": " bdi { (reasons) } }
            }
        }
    }

    pub(super) fn evidence_link(&self, id: &str) -> Markup {
        html! {
            @match self.index.evidence.get(id) {
                Some(n) => a href={ "#e" (n) } { (id) },
                None => (id),
            }
        }
    }

    /// The place of a finding's product for the filter: its number, or `-` for the organisation.
    pub(super) fn product_key(&self, product: Option<&str>) -> String {
        product.and_then(|p| self.index.products.get(p)).map_or_else(|| "-".to_owned(), ToString::to_string)
    }
}

fn truth_class(of: Truth) -> &'static str {
    match of {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}
