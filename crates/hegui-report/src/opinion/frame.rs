//! What frames the conclusion: cover, parties, object, periods, criteria, method, limits, signatures.

use super::Opinion;
use crate::paper::{Block, Cell, Span, Style};
use crate::papers::maker::{body, cell, note, row, styled, table, text};
use crate::words::{as_verdict, code, method, silent, source};
use hegui_assess::rollup::Verdict;
use hegui_assess::view::{ClauseView, FindingView};
use hegui_catalog::model::Method;
use hegui_logic::truth::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// The roles of those who take part, in the order of signing.
const ROLES: [&str; 4] = ["lead", "assessor", "expert", "reviewer"];
/// Methods in the order in which they are listed.
const METHODS: [Method; 5] =
    [Method::Review, Method::Interview, Method::Verify, Method::Test, Method::Sample];

impl Opinion<'_> {
    pub(super) fn cover(&self) -> Vec<(String, String)> {
        let m = &self.m;
        let e = m.report.engagement.clone().unwrap_or_default();
        let plain = |span: Span| span.text().to_owned();
        let days = |days: &(Option<String>, Option<String>)| {
            m.days((days.0.as_deref(), days.1.as_deref())).iter().map(Span::text).collect::<String>()
        };
        let rows = [
            ("cover.number", plain(m.stated(e.number.as_deref()))),
            ("cover.assessee", plain(m.stated(m.report.organisation.as_deref()))),
            ("cover.commissioner", plain(m.stated(e.commissioner.as_deref()))),
            ("cover.firm", plain(m.stated(e.firm.as_deref()))),
            ("cover.basis", m.t(&m.report.catalog.profile_title).to_owned()),
            ("cover.period", days(&e.period)),
            ("cover.covers", days(&e.covers)),
            ("cover.as_of", m.report.as_of.clone()),
            ("cover.known_on", m.report.known_on.clone()),
            ("cover.opinion_on", plain(m.stated(e.opinion_on.as_deref()))),
        ];
        rows.into_iter().map(|(key, value)| (m.say(key), value)).collect()
    }

    pub(super) fn preamble(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        to.push(body(m.say("preamble.subject")));
        if self.draft() {
            let why = self.why_draft().join(m.comma());
            to.push(styled(Style::Grave, m.fill("preamble.draft", &[("why", &why)])));
        }
        to.push(body(m.say("preamble.object")));
        if let Some(purpose) = m.report.engagement.as_ref().and_then(|e| e.purpose.as_deref()) {
            to.push(body(m.fill("preamble.purpose", &[("purpose", purpose)])));
        }
        to.push(note(m.say("preamble.use")));
    }

    /// What keeps this from being an opinion.
    fn why_draft(&self) -> Vec<String> {
        let m = &self.m;
        let mut why = vec![];
        if !m.report.closing {
            why.push(m.say("preamble.why_open"));
        }
        let counted = [
            ("preamble.why_unknown", m.report.summary.tally.unknown as usize),
            ("preamble.why_judge", self.verdicts(Verdict::ToBeJudged)),
            ("preamble.why_unwritten", self.verdicts(Verdict::NotAssessed)),
        ];
        let counted = counted.into_iter().filter(|(_, n)| *n > 0);
        why.extend(counted.map(|(key, n)| m.fill(key, &[("n", &n.to_string())])));
        why
    }

    pub(super) fn parties(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let e = m.report.engagement.clone().unwrap_or_default();
        let party =
            |key: &str, name: Option<&str>| row([cell(m.say(key)), vec![vec![m.stated(name)]], Cell::new()]);
        let mut rows = vec![
            party("cover.assessee", m.report.organisation.as_deref()),
            party("cover.commissioner", e.commissioner.as_deref()),
            party("cover.firm", e.firm.as_deref()),
        ];
        for member in &e.team {
            let qualification = vec![vec![m.stated(member.qualification.as_deref())]];
            rows.push(row([cell(self.role(&member.role)), cell(member.name.as_str()), qualification]));
        }
        let columns =
            [(m.say("parties.role"), 3), (m.say("parties.name"), 5), (m.say("parties.qualification"), 4)];
        to.push(table(&columns, rows));
        if e.team.is_empty() {
            to.push(styled(Style::Open, m.say("parties.no_team")));
        }
    }

    fn role(&self, role: &str) -> String {
        if ROLES.contains(&role) { self.m.say(&format!("parties.{role}")) } else { role.to_owned() }
    }

    pub(super) fn object(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let rows = self.object_rows();
        if rows.is_empty() {
            to.push(styled(Style::Open, m.say("object.no_products")));
        } else {
            to.push(body(m.say("object.intro")));
            let columns = [
                (m.say("object.product"), 3),
                (m.say("object.activity"), 4),
                (m.say("object.role"), 3),
                (m.say("object.purpose"), 5),
            ];
            to.push(table(&columns, rows));
        }
        match m.report.engagement.as_ref().and_then(|e| e.boundary.as_deref()) {
            Some(boundary) => to.push(body(m.fill("object.boundary", &[("boundary", boundary)]))),
            None => to.push(styled(Style::Open, m.say("object.no_boundary"))),
        }
        let inside: BTreeSet<&str> = m.report.products.iter().map(|p| p.path.as_str()).collect();
        let outside: Vec<String> = m
            .things
            .all("product")
            .filter(|p| !inside.contains(p.path()))
            .map(|p| m.called(&p.thing.thing))
            .collect();
        if !outside.is_empty() {
            to.push(body(m.fill("object.outside", &[("list", &outside.join(m.comma()))])));
        }
        to.push(note(m.say("object.seen_outside")));
    }

    /// A row an activity, product by product; a product without activities has one row.
    fn object_rows(&self) -> Vec<crate::paper::Row> {
        let m = &self.m;
        let mut rows = vec![];
        for product in &m.report.products {
            let mine = m.things.all("activity").filter(|a| a.thing.parent.as_deref() == Some(&product.path));
            let mut name = m.called(product);
            let before = rows.len();
            for activity in mine {
                let fact = |name: &str| match activity.fact(name) {
                    Some(fact) => match m.value(fact) {
                        Span::Strong(value) => vec![vec![text(value)]],
                        other => vec![vec![other]],
                    },
                    None => Cell::new(),
                };
                let title = cell(m.called(&activity.thing.thing));
                rows.push(row([cell(std::mem::take(&mut name)), title, fact("role"), fact("purpose")]));
            }
            if rows.len() == before {
                rows.push(row([cell(name), Cell::new(), Cell::new(), Cell::new()]));
            }
        }
        rows
    }

    pub(super) fn period(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let e = m.report.engagement.clone().unwrap_or_default();
        let days =
            |days: &(Option<String>, Option<String>)| vec![m.days((days.0.as_deref(), days.1.as_deref()))];
        let rows = vec![
            row([cell(m.say("period.work")), days(&e.period)]),
            row([cell(m.say("period.covers")), days(&e.covers)]),
            row([cell(m.say("period.as_of")), cell(m.report.as_of.as_str())]),
            row([cell(m.say("period.known_on")), cell(m.report.known_on.as_str())]),
            row([cell(m.say("period.adjust_until")), vec![vec![m.stated(e.adjust_until.as_deref())]]]),
        ];
        to.push(table(&[(String::new(), 5), (String::new(), 7)], rows));
        to.push(body(m.say("period.occurrence")));
        if m.report.summary.left_out > 0 {
            let n = m.report.summary.left_out.to_string();
            to.push(body(m.fill("period.left_out", &[("n", &n)])));
        }
    }

    pub(super) fn criteria(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let n = m.report.summary.requirements.to_string();
        to.push(body(m.fill("criteria.intro", &[("n", &n)])));
        let instruments = &m.report.catalog.instruments;
        let rows = instruments.iter().map(|i| row([cell(m.t(&i.title)), cell(code(&i.status, m.lang))]));
        to.push(table(&[(m.say("criteria.instrument"), 9), (m.say("criteria.status"), 3)], rows.collect()));
        let catalog = &m.report.catalog;
        to.push(body(m.fill("criteria.version", &[("hash", &catalog.hash), ("logic", &catalog.logic)])));
        to.push(body(m.say("criteria.law")));
    }

    pub(super) fn method(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        to.push(body(m.say("method.intro")));
        to.push(self.methods());
        to.push(note(m.say("method.derived_note")));
        let sources = self.sources();
        if !sources.is_empty() {
            to.push(body(m.fill("method.sources", &[("list", &sources)])));
        }
        for message in [
            crate::messages::METHOD_1,
            crate::messages::METHOD_2,
            crate::messages::METHOD_3,
            crate::messages::METHOD_4,
        ] {
            to.push(body(message.get(m.lang)));
        }
        let restrictions =
            m.report.engagement.as_ref().map(|e| e.restrictions.as_slice()).unwrap_or_default();
        if restrictions.is_empty() {
            to.push(note(m.say("method.no_restrictions")));
        } else {
            to.push(styled(Style::Grave, m.say("method.restrictions")));
            let items = restrictions.iter().map(|r| vec![text(r.as_str())]).collect();
            to.push(Block::List { ordered: false, items });
        }
    }

    /// The assessor's actions of the clauses that apply, by method.
    fn methods(&self) -> Block {
        let m = &self.m;
        let applies =
            |c: &&ClauseView| !matches!(c.standing.verdict, Verdict::NotApplicable | Verdict::NotAssessed);
        let clauses: Vec<&ClauseView> =
            m.report.indicators.iter().flat_map(|i| &i.clauses).filter(applies).collect();
        let mut rows = vec![];
        for of in METHODS {
            let actions: Vec<_> = clauses
                .iter()
                .flat_map(|c| c.actions.iter().map(move |a| (c.number.as_str(), a)))
                .filter(|(_, a)| a.method == of)
                .collect();
            if actions.is_empty() {
                continue;
            }
            let mut numbers: Vec<&str> = actions.iter().map(|(number, _)| *number).collect();
            numbers.dedup();
            rows.push(row([
                cell(method(of).get(m.lang)),
                cell(actions.len().to_string()),
                cell(actions.iter().filter(|(_, a)| a.derived).count().to_string()),
                cell(actions.iter().filter(|(_, a)| a.sampling).count().to_string()),
                cell(numbers.join(m.comma())),
            ]));
        }
        let columns = [
            (m.say("method.method"), 3),
            (m.say("method.actions"), 2),
            (m.say("method.derived"), 2),
            (m.say("method.sampled"), 2),
            (m.say("method.clauses"), 13),
        ];
        table(&columns, rows)
    }

    /// How many of the facts that findings rest on come from which source.
    fn sources(&self) -> String {
        let m = &self.m;
        let mut seen = BTreeSet::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for fact in m.report.findings.iter().flat_map(|f| &f.because).flat_map(|r| &r.facts) {
            if let Some(origin) = &fact.origin
                && seen.insert(fact.path.as_str())
            {
                *counts.entry(origin.source.as_str()).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.1));
        let parts: Vec<String> =
            counts.into_iter().map(|(of, n)| format!("{} {n}", source(of, m.lang))).collect();
        parts.join(m.comma())
    }

    pub(super) fn limits(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        for instrument in &m.report.catalog.instruments {
            let key = match instrument.status.as_str() {
                status @ ("voluntary" | "draft" | "superseded") => format!("limits.{status}"),
                _ => continue,
            };
            to.push(body(m.fill(&key, &[("title", m.t(&instrument.title))])));
        }
        if self.findings(claims_legitimate_interest).next().is_some() {
            to.push(styled(Style::Grave, m.say("limits.legitimate_interest")));
        }
        for key in ["limits.absence", "limits.judgement", "limits.law"] {
            to.push(body(m.say(key)));
        }
        for (key, verdict) in
            [("limits.pending", Verdict::NotAssessed), ("limits.not_assessed", Verdict::Unknown)]
        {
            let of = m.report.indicators.iter().filter(|i| i.standing.overall.verdict == verdict);
            let list: Vec<String> = of.map(|i| format!("{} {}", i.number, m.t(&i.title))).collect();
            if !list.is_empty() {
                to.push(body(m.fill(key, &[("list", &list.join(m.comma()))])));
            }
        }
        self.clause_limits(to);
    }

    /// What the clauses that apply say of their own limits, each sentence once.
    fn clause_limits(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let mut by_text: Vec<(&str, Vec<&str>)> = vec![];
        for clause in m.report.indicators.iter().flat_map(|i| &i.clauses) {
            if silent(&clause.limits) || clause.standing.verdict == Verdict::NotApplicable {
                continue;
            }
            let limit = m.t(&clause.limits);
            match by_text.iter_mut().find(|(text, _)| *text == limit) {
                Some((_, numbers)) => numbers.push(&clause.number),
                None => by_text.push((limit, vec![&clause.number])),
            }
        }
        if by_text.is_empty() {
            return;
        }
        to.push(body(m.say("limits.clauses")));
        let rows =
            by_text.into_iter().map(|(limit, numbers)| row([cell(numbers.join(m.comma())), cell(limit)]));
        to.push(table(&[(m.say("conclusion.clause"), 2), (m.say("limits.limit"), 10)], rows.collect()));
    }

    pub(super) fn signatures(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        if self.draft() {
            to.push(styled(Style::Open, m.say("signatures.draft")));
            return;
        }
        to.push(body(m.say("signatures.intro")));
        let team = m.report.engagement.as_ref().map(|e| e.team.as_slice()).unwrap_or_default();
        let mut lines = vec![];
        for role in ROLES {
            let members: Vec<_> = team.iter().filter(|member| member.role == role).collect();
            let title = self.role(role);
            for member in &members {
                lines.push(m.fill("signatures.member", &[("role", &title), ("name", &member.name)]));
            }
            if members.is_empty() && matches!(role, "lead" | "reviewer") {
                lines.push(m.fill("signatures.unnamed", &[("role", &title)]));
            }
        }
        lines.push(m.say("signatures.seal"));
        to.push(Block::Signatures(lines));
    }
}

/// Whether a finding is about a legal basis claimed as legitimate interest (5.2.2.8).
fn claims_legitimate_interest(finding: &FindingView) -> bool {
    finding.clause == "5.2.2.8"
        && !matches!(as_verdict(finding.outcome, false), Verdict::NotApplicable)
        && finding.outcome != Outcome::NotApplicable
}
