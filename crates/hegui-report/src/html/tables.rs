//! Indicators with their clauses: verdict, work status and grade beside each other.

use super::Page;
use crate::messages as m;
use crate::words::{aggregate, clause_kind, code, grade, method, say, silent, status};
use hegui_assess::rollup::Verdict;
use hegui_assess::view::{ActionView, ClauseView, IndicatorView, StandingView};
use hegui_catalog::model::ClauseKind;
use maud::{Markup, html};

impl Page<'_> {
    pub(super) fn indicators(&self) -> Markup {
        html! {
            p.note { (self.t(m::INDICATORS_NOTE)) }
            @for dimension in &self.report.dimensions {
                @let mine: Vec<&IndicatorView> = self.report.indicators.iter()
                    .filter(|i| i.dimension == dimension.number && i.instrument == dimension.instrument).collect();
                @if !mine.is_empty() {
                    h3 { span.num { (dimension.number) } " " (say(&dimension.title, self.lang)) " " (self.badge(dimension.standing.overall.verdict)) }
                    @for indicator in mine { (self.indicator(indicator)) }
                }
            }
        }
    }

    fn indicator(&self, indicator: &IndicatorView) -> Markup {
        let of = &indicator.standing.overall;
        html! {
            details.indicator.filterable open[of.verdict == Verdict::Gap || of.verdict == Verdict::NotProven] {
                summary {
                    span.name { span.num { (indicator.number) } " " (say(&indicator.title, self.lang)) }
                    (self.badge(of.verdict)) span.tag { (self.t(aggregate(indicator.aggregate))) } (self.counts(&of.tally))
                }
                div.scroll tabindex="0" role="region" aria-label=(indicator.number) { table.rows {
                    thead { tr {
                        th scope="col" { (self.t(m::CLAUSE)) }
                        th scope="col" { (self.t(m::STAGE)) }
                        th scope="col" { (self.t(m::VERDICT)) }
                        th scope="col" { (self.t(m::STATUS)) }
                        th scope="col" { (self.t(m::GRADE)) }
                        th scope="col" { (self.t(m::FINDINGS_COUNT)) }
                    } }
                    tbody {
                        tr.own {
                            th scope="row" { (self.t(m::KIND_INDICATOR)) " " (self.t(m::OVERALL)) }
                            td {}
                            (self.three(of))
                        }
                        @for clause in &indicator.clauses { (self.clause_row(clause)) }
                    }
                } }
                @for clause in &indicator.clauses { (self.clause_notes(clause)) }
            }
        }
    }

    fn clause_row(&self, clause: &ClauseView) -> Markup {
        html! {
            tr {
                th scope="row" {
                    span.num { (clause.number) } " " (say(&clause.title, self.lang))
                    @if clause.kind != ClauseKind::Indicator { " " span.kind { (self.t(clause_kind(clause.kind))) } }
                }
                td { (code(&clause.stage, self.lang)) }
                (self.three(&clause.standing))
            }
        }
    }

    /// Verdict, work status, grade, and the findings behind them.
    fn three(&self, standing: &StandingView) -> Markup {
        let nonconforming = matches!(standing.verdict, Verdict::Gap | Verdict::NotProven);
        html! {
            td { (self.badge(standing.verdict)) }
            td { (self.t(status(standing.status))) }
            td { @match standing.grade {
                Some(given) => (self.t(grade(given))),
                None => span.dim { @if nonconforming { (self.t(m::GRADE_NONE)) } @else { "—" } },
            } }
            td { (self.counts(&standing.tally)) }
        }
    }

    /// What else is known of a clause: citations, the assessor's actions, how a gap is dealt with.
    fn clause_notes(&self, clause: &ClauseView) -> Markup {
        let failed = matches!(clause.standing.verdict, Verdict::Gap | Verdict::NotProven);
        let on_gap = failed && !silent(&clause.on_gap);
        html! {
            @if !clause.cites.is_empty() || !clause.actions.is_empty() || on_gap {
                details.notes {
                    summary { span.num { (clause.number) } " " (say(&clause.title, self.lang)) ": " (self.t(m::CITES)) " / " (self.t(m::ACTIONS)) }
                    @if !clause.cites.is_empty() { p { b { (self.t(m::CITES)) } " " (self.cites(clause)) } }
                    @if on_gap { p { b { (self.t(m::ON_GAP)) } " " (say(&clause.on_gap, self.lang)) } }
                    @if !clause.actions.is_empty() { ol { @for action in &clause.actions { (self.action(action)) } } }
                }
            }
        }
    }

    fn action(&self, action: &ActionView) -> Markup {
        html! {
            li {
                span.tag { (self.t(method(action.method))) } " " (say(&action.text, self.lang))
                @if action.sampling { " " span.tag { (self.t(m::SAMPLING_ALLOWED)) } }
                @if action.derived { " " span.dim { "(" (self.t(m::DERIVED)) ")" } }
            }
        }
    }
}
