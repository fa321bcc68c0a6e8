//! Findings: gaps first and in full, then observations, unknowns, and the rest folded into tables.
//!
//! Findings of one requirement stand together: its text, citations and remedy are said once, the
//! things concerned follow.

use super::Page;
use crate::messages as m;
use crate::opinion::overdue;
use crate::words::{as_verdict, finding, is_gap, is_observation, say, sign, silent, strength, ways};
use hegui_assess::rollup::Verdict;
use hegui_assess::view::{DispositionView, FactView, FindingView, RulingView, SampleView};
use hegui_logic::truth::Outcome;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// With more findings than this, met and not-applicable ones are counted by clause.
const LISTED: usize = 5000;
/// A longer list of things beneath which more may be is folded.
const FOLDED: usize = 6;

impl Page<'_> {
    pub(super) fn gaps(&self) -> Markup {
        let groups = self.groups(is_gap);
        html! {
            @if groups.is_empty() { p { (self.t(m::GAPS_NONE)) } }
            @for group in &groups { (self.requirement(group, true)) }
        }
    }

    pub(super) fn observations(&self) -> Markup {
        html! { @for group in &self.groups(is_observation) { (self.requirement(group, true)) } }
    }

    pub(super) fn unknowns(&self) -> Markup {
        let groups = self.groups(|f| f.outcome == Outcome::Unknown);
        html! {
            @if groups.is_empty() { p { (self.t(m::NONE)) } } @else { p.note { (self.t(m::UNKNOWNS_NOTE)) } }
            @for group in &groups { (self.requirement(group, false)) }
        }
    }

    /// Findings that a condition picks, by requirement, in the order in which they come.
    fn groups(&self, pick: impl Fn(&FindingView) -> bool) -> Vec<Vec<&FindingView>> {
        let mut place: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<&FindingView>> = vec![];
        for finding in self.report.findings.iter().filter(|f| pick(f)) {
            let n = *place.entry(&finding.requirement).or_insert(groups.len());
            match groups.get_mut(n) {
                Some(group) => group.push(finding),
                None => groups.push(vec![finding]),
            }
        }
        groups
    }

    /// A requirement and the things concerned; `full` opens the reasons.
    fn requirement(&self, group: &[&FindingView], full: bool) -> Markup {
        let Some(first) = group.first() else { return html! {} };
        let clause = self.index.clauses.get(&(first.instrument.as_str(), first.clause.as_str()));
        let of = if is_observation(first) {
            "observation"
        } else {
            crate::words::class(as_verdict(first.outcome, false))
        };
        html! {
            article.requirement.filterable.(of) {
                header {
                    h3 { (self.clause_name(&first.instrument, &first.clause)) }
                    p.meta {
                        code { (first.requirement) } span.tag { (self.t(strength(first.strength))) }
                        span { (m::THINGS_CONCERNED.fill(self.lang, &[("n", &group.len().to_string())])) }
                        @if let Some(clause) = clause { @if !clause.cites.is_empty() { span.cites { (self.t(m::CITES)) " " (self.cites(clause)) } } }
                    }
                }
                p.text { (say(&first.text, self.lang)) }
                @if full && !silent(&first.remedy) {
                    p.remedy {
                        b { (self.t(m::REMEDY)) } " " (say(&first.remedy, self.lang))
                        @if let Some(ways) = clause.filter(|_| is_gap(first)).and_then(|c| ways(c, self.lang)) { " " (ways) }
                    }
                }
                @for finding in group.iter().filter(|f| !f.existence) { (self.finding(finding, full)) }
                (self.existence(group))
            }
        }
    }

    /// Things beneath which more may be: one line each, for there can be thousands.
    fn existence(&self, group: &[&FindingView]) -> Markup {
        let mine: Vec<&&FindingView> = group.iter().filter(|f| f.existence).collect();
        let list = html! {
            ul { @for f in &mine {
                li data-p=(self.product_key(f.product.as_deref())) {
                    bdi { (self.called(&f.title, &f.name)) } " " @for path in &f.missing { (self.fact_path(path, "")) " " }
                }
            } }
        };
        html! {
            @if !mine.is_empty() {
                div.existence {
                    p { span.outcome { (sign(Verdict::Unknown)) " " (self.t(m::UNKNOWN)) } " " (self.t(m::EXISTENCE)) }
                    @if mine.len() > FOLDED {
                        details { summary { (m::THINGS_CONCERNED.fill(self.lang, &[("n", &mine.len().to_string())])) } (list) }
                    } @else { (list) }
                }
            }
        }
    }

    fn finding(&self, f: &FindingView, full: bool) -> Markup {
        html! {
            div.finding data-p=(self.product_key(f.product.as_deref())) {
                p.thing {
                    span.outcome { (self.sign_of(f)) (self.t(finding(f))) }
                    " " strong { bdi { (self.called(&f.title, &f.name)) } } " " code { (f.thing) }
                    @if let Some(name) = self.product_name(f) { " " span.dim { (self.t(m::OF_PRODUCT)) " " bdi { (name) } } }
                }
                @if let Some(ruling) = &f.ruling { (self.ruling(f, ruling)) }
                @if let Some(sample) = &f.sample { (self.sample(sample)) }
                @if let Some(disposition) = &f.disposition { (self.disposition(disposition)) }
                @if !f.missing.is_empty() {
                    p.missing { b { (self.t(m::WAITS_FOR)) } " " @for path in &f.missing { (self.fact_path(path, "")) " " } (self.more(f.missing_more)) }
                }
                @if !f.because.is_empty() {
                    details.why open[full] { summary { (self.t(m::WHY)) } (self.reasons(&f.because)) }
                }
            }
        }
    }

    /// The sign alone; the word stands beside it.
    fn sign_of(&self, f: &FindingView) -> Markup {
        let shown = if is_observation(f) { "△" } else { sign(as_verdict(f.outcome, f.sample.is_some())) };
        html! { span.sign aria-hidden="true" { (shown) } }
    }

    fn product_name<'f>(&'f self, f: &'f FindingView) -> Option<&'f str> {
        let path = f.product.as_deref().filter(|p| *p != f.thing)?;
        let product = self.index.products.get(path).and_then(|n| self.report.products.get(*n));
        Some(product.map_or(path, |p| p.name.as_str()))
    }

    /// What was computed and what a person ruled, beside each other.
    fn ruling(&self, f: &FindingView, ruling: &RulingView) -> Markup {
        let computed = f.computed.unwrap_or(f.outcome);
        let role = if ruling.role.is_empty() { "—" } else { ruling.role_title.get(self.lang) };
        let who = m::RULING_BY.fill(self.lang, &[("by", &ruling.by), ("role", role), ("on", &ruling.on)]);
        html! {
            div.ruling.stale[ruling.stale] {
                div { b { (self.t(m::COMPUTED)) } " " (self.badge(as_verdict(computed, false))) }
                div {
                    b { (self.t(m::RULED)) } " "
                    @if let Some(outcome) = ruling.outcome { (self.badge(as_verdict(outcome, false))) " " }
                    @if let Some(grade) = ruling.grade { span.tag { (self.t(m::GRADE)) " " (self.t(crate::words::grade(grade))) } " " }
                    bdi { (who) }
                    @if ruling.stale { p.stale-note { "⚠ " (self.t(m::RULING_STALE)) } }
                    @if !ruling.tied { p.stale-note { "⚠ " (self.t(m::RULING_LOOSE)) } }
                    p { b { (self.t(m::REASONS)) } " " bdi { (ruling.reasons) } }
                    p.dim { (self.t(m::FINGERPRINT)) " " code { (f.fingerprint) } }
                }
            }
        }
    }

    /// What was decided about a gap, by whom, who sees to it, and what has become of it.
    fn disposition(&self, d: &DispositionView) -> Markup {
        let role = if d.role.is_empty() { "—" } else { d.role_title.get(self.lang) };
        let who = m::DECIDED_BY.fill(self.lang, &[("by", &d.by), ("role", role), ("on", &d.on)]);
        let risk = d.risk.as_deref().map(|risk| crate::words::risk(risk, self.lang));
        let parts = [
            (m::OWNER, d.owner.as_deref()),
            (m::DUE, d.due.as_deref()),
            (m::DONE_ON, d.done_on.as_deref()),
            (m::RISK, risk),
        ];
        html! {
            p.disposition {
                b { (self.t(m::DISPOSITION)) } " " (crate::words::way(&d.way, self.lang)) " · " bdi { (who) }
                @for (label, value) in parts { @if let Some(value) = value { " · " (self.t(label)) " " bdi { (value) } } }
                @if overdue(d, &self.report.as_of) { " " strong.late { (self.t(m::OVERDUE)) } }
                @if !d.allowed { " " strong.late { "⚠ " (self.t(m::WAY_NOT_ALLOWED)) } }
                @if !d.reasons.is_empty() { br; bdi { (d.reasons) } }
                @for id in &d.evidence { " " (self.evidence_link(id)) }
            }
        }
    }

    pub(super) fn sample(&self, sample: &SampleView) -> Markup {
        let seed = sample.seed.map_or_else(|| self.t(m::NO_SEED).to_owned(), |s| s.to_string());
        let text = m::SAMPLED_FROM.fill(
            self.lang,
            &[
                ("population", &sample.population.to_string()),
                ("method", &sample.method),
                ("size", &sample.size.to_string()),
                ("deviations", &sample.deviations.to_string()),
                ("seed", &seed),
                ("bound", &format!("{:.1}", sample.bound * 100.0)),
            ],
        );
        html! { p.sample { code { (sample.fact) } " " bdi { (text) } } }
    }

    pub(super) fn mets(&self) -> Markup {
        let rest = |f: &FindingView| matches!(f.outcome, Outcome::Met | Outcome::NotApplicable);
        let groups = self.groups(rest);
        if self.report.findings.len() > LISTED {
            return self.counted(&groups);
        }
        html! {
            p.note { (self.t(m::METS_NOTE)) }
            @for group in &groups { (self.compact(group)) }
        }
    }

    fn counted(&self, groups: &[Vec<&FindingView>]) -> Markup {
        let note = m::METS_COUNTED.fill(
            self.lang,
            &[("n", &self.report.findings.len().to_string()), ("limit", &LISTED.to_string())],
        );
        html! {
            p.note { (note) }
            table.rows {
                thead { tr { th scope="col" { (self.t(m::REQUIREMENT)) } th scope="col" { (self.t(m::CLAUSE)) } th scope="col" { (self.t(m::MET)) } th scope="col" { (self.t(m::NOT_APPLICABLE)) } } }
                tbody { @for group in groups { @if let Some(first) = group.first() {
                    @let met = group.iter().filter(|f| f.outcome == Outcome::Met).count();
                    tr.filterable { th scope="row" { code { (first.requirement) } } td { (self.clause_name(&first.instrument, &first.clause)) } td.n { (met) } td.n { (group.len() - met) } }
                } } }
            }
        }
    }

    /// One requirement's met and not-applicable findings as a folded table.
    fn compact(&self, group: &[&FindingView]) -> Markup {
        let Some(first) = group.first() else { return html! {} };
        let met = group.iter().filter(|f| f.outcome == Outcome::Met).count();
        let na = group.len() - met;
        html! {
            details.compact.filterable {
                summary {
                    (self.clause_name(&first.instrument, &first.clause)) " " code { (first.requirement) }
                    span.counts {
                        @if met > 0 { span { (sign(Verdict::Met)) " " (self.t(m::MET)) " " (met) } }
                        @if na > 0 { span { (sign(Verdict::NotApplicable)) " " (self.t(m::NOT_APPLICABLE)) " " (na) } }
                    }
                }
                p.text { (say(&first.text, self.lang)) }
                table.rows {
                    thead { tr { th scope="col" { (self.t(m::SO)) } th scope="col" { (self.t(m::THING)) } th scope="col" { (self.t(m::FACTS)) } } }
                    tbody { @for f in group { (self.compact_row(f)) } }
                }
            }
        }
    }

    fn compact_row(&self, f: &FindingView) -> Markup {
        let facts = facts(f);
        html! {
            tr data-p=(self.product_key(f.product.as_deref())) {
                td.nowrap { (self.sign_of(f)) (self.t(finding(f))) }
                th scope="row" { bdi { (self.called(&f.title, &f.name)) } " " code { (f.thing) } }
                td {
                    @if let Some(ruling) = &f.ruling { (self.ruling(f, ruling)) }
                    @if let Some(sample) = &f.sample { (self.sample(sample)) }
                    @if !f.replaced_by.is_empty() { p { (self.t(m::REPLACED_BY)) " " @for id in &f.replaced_by { code { (id) } " " } } }
                    @if !facts.is_empty() { ul.factlist { @for fact in &facts { li { (self.fact(fact, &f.thing)) } } } }
                }
            }
        }
    }
}

/// The facts behind a finding, each once.
fn facts(f: &FindingView) -> Vec<&FactView> {
    let mut seen = BTreeSet::new();
    f.because.iter().flat_map(|r| &r.facts).filter(|fact| seen.insert(fact.path.as_str())).collect()
}
