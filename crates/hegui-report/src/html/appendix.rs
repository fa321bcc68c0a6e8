//! What the conclusions rest on: assumptions, inherent limits, readings, evidence, and the method.

use super::Page;
use crate::groups;
use crate::messages as m;
use crate::words::{ASSUMPTIONS, say, silent};
use hegui_assess::rollup::Verdict;
use hegui_assess::view::{AssumptionView, ClauseView, EvidenceView};
use hegui_catalog::model::Text;
use maud::{Markup, html};
use std::collections::BTreeSet;

impl Page<'_> {
    pub(super) fn assumptions(&self) -> Markup {
        if self.report.assumptions.is_empty() {
            return html! { p { (self.t(m::ASSUMPTIONS_NONE)) } };
        }
        html! {
            p.note { (self.t(m::ASSUMPTIONS_NOTE)) }
            @for (kind, title) in ASSUMPTIONS {
                @let mine: Vec<&AssumptionView> = self.report.assumptions.iter().filter(|a| a.kind == kind).collect();
                @if !mine.is_empty() {
                    h3 { (self.t(title)) span.count { (mine.len()) } }
                    table.rows {
                        thead { tr { th scope="col" { (self.t(m::STATEMENT)) } th scope="col" { (self.t(m::ORIGIN)) } } }
                        tbody { @for group in groups::assumptions(mine.into_iter()) { (self.assumption_group(&group)) } }
                    }
                }
            }
        }
    }

    /// Judgements of one person on one fact stand in one line, to be unfolded; all else by itself.
    fn assumption_group(&self, group: &[&AssumptionView]) -> Markup {
        let [first, _, ..] = group else {
            return html! { @for assumption in group { (self.assumption(assumption, true)) } };
        };
        let days: BTreeSet<&str> = group.iter().filter_map(|a| a.origin.as_ref()?.on.as_deref()).collect();
        let on = match (days.first(), days.last()) {
            (Some(from), Some(to)) if from != to => format!("{from} – {to}"),
            (Some(on), _) => (*on).to_owned(),
            _ => "—".to_owned(),
        };
        let by = first.origin.as_ref().and_then(|o| o.by.as_deref()).unwrap_or_else(|| self.t(m::NOBODY));
        let n = group.len().to_string();
        let question = say(&first.group_text, self.lang);
        let head =
            m::JUDGEMENTS_BY.fill(self.lang, &[("n", &n), ("by", by), ("on", &on), ("question", question)]);
        html! {
            tr.filterable { td colspan="2" { details.several {
                summary { bdi { (head) } }
                table.rows { tbody { @for assumption in group { (self.assumption(assumption, false)) } } }
            } } }
        }
    }

    fn assumption(&self, assumption: &AssumptionView, alone: bool) -> Markup {
        html! {
            tr.filterable[alone] {
                th scope="row" { bdi { (say(&assumption.statement, self.lang)) } div.sub { code { (assumption.path) } } }
                td { @if let Some(origin) = &assumption.origin { (self.origin(origin)) } }
            }
        }
    }

    pub(super) fn limits(&self) -> Markup {
        self.clause_texts(m::LIMITS_NOTE, |clause| &clause.limits)
    }

    pub(super) fn readings(&self) -> Markup {
        self.clause_texts(m::READINGS_NOTE, |clause| &clause.reading)
    }

    /// A text of each clause that was assessed, where it has one.
    fn clause_texts(&self, note: m::Message, text: impl Fn(&ClauseView) -> &Text) -> Markup {
        let mut seen = BTreeSet::new();
        let clauses =
            self.report.indicators.iter().flat_map(|i| i.clauses.iter().map(|c| (i.instrument.as_str(), c)));
        let mine: Vec<&ClauseView> = clauses
            .filter(|(_, c)| c.standing.verdict != Verdict::NotAssessed && !silent(text(c)))
            .filter(|(instrument, c)| seen.insert((*instrument, c.number.as_str())))
            .map(|(_, c)| c)
            .collect();
        html! {
            @if mine.is_empty() { p { (self.t(m::NONE)) } } @else {
                p.note { (self.t(note)) }
                dl.texts { @for clause in mine {
                    dt { span.num { (clause.number) } " " (say(&clause.title, self.lang)) }
                    dd { (say(text(clause), self.lang)) }
                } }
            }
        }
    }

    pub(super) fn evidence(&self) -> Markup {
        html! {
            @if self.report.evidence.is_empty() { p { (self.t(m::NONE)) } } @else {
                p.note { (self.t(m::EVIDENCE_NOTE)) }
                div.scroll tabindex="0" role="region" aria-label=(self.t(m::EVIDENCE_INDEX)) { table.rows {
                    thead { tr {
                        th scope="col" { (self.t(m::ID)) }
                        th scope="col" { (self.t(m::TITLE_COLUMN)) }
                        th scope="col" { (self.t(m::LOCATION)) }
                        th scope="col" { (self.t(m::DATE)) }
                        th scope="col" { "SHA-256" }
                    } }
                    tbody { @for (n, evidence) in self.report.evidence.iter().enumerate() { (self.piece(n, evidence)) } }
                } }
            }
        }
    }

    fn piece(&self, n: usize, evidence: &EvidenceView) -> Markup {
        html! {
            tr id={ "e" (n) } {
                th scope="row" { (evidence.id) }
                td { bdi { (evidence.title) } }
                td { @if let Some(location) = &evidence.location { (location) } }
                td.nowrap { @if let Some(on) = &evidence.on { time { (on) } } }
                td { @if let Some(hash) = &evidence.sha256 { code.hash { (hash) } } @else { span.dim { "—" } } }
            }
        }
    }

    pub(super) fn method(&self) -> Markup {
        let parts = [m::METHOD_1, m::METHOD_2, m::METHOD_3, m::METHOD_4, m::METHOD_5];
        html! { @for part in parts { p { (self.t(part)) } } }
    }
}
