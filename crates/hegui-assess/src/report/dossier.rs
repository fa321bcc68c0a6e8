//! The engagement, what was decided about gaps, and the law that the clauses of an assessment rest on.

use super::role_title;
use crate::assessment::Assessment;
use crate::view::{DispositionView, EngagementView, LawView, MemberView};
use hegui_catalog::model::{Article, Certainty, Instrument, Requirement};
use hegui_logic::calendar::format_date;
use hegui_logic::schema::KindId;
use hegui_register::{Disposition, Engagement, Member};
use std::collections::{BTreeSet, HashMap};

type Days = (Option<i64>, Option<i64>);

impl Assessment<'_> {
    pub(super) fn engagement(&self) -> Option<EngagementView> {
        self.register.engagement().map(engagement_view)
    }

    /// The latest disposition of a finding that was known.
    pub(super) fn disposition(
        &self,
        requirement: &Requirement,
        kind: KindId,
        row: u32,
    ) -> Option<DispositionView> {
        let known = self.register.dispositions().iter().filter(|made| made.on <= self.object.known_on);
        let of_this =
            known.filter(|made| made.kind == kind && made.row == row && made.requirement == requirement.id);
        let made = of_this.max_by_key(|made| made.on)?;
        Some(self.disposition_view(requirement, made))
    }

    fn disposition_view(&self, requirement: &Requirement, made: &Disposition) -> DispositionView {
        let clause = self.catalog.clause(&requirement.instrument, &requirement.clause);
        let rule = clause.and_then(|clause| self.catalog.gap_rule(clause));
        let ways = rule.map_or(&[][..], |rule| &rule.on_gap_ways);
        // What was done after the day that counts, or learned after the other, is not done yet.
        let done = made.done_on.filter(|day| *day <= self.object.as_of.min(self.object.known_on));
        DispositionView {
            way: made.way.clone(),
            by: made.by.clone(),
            role: made.role.clone(),
            role_title: role_title(self.catalog, &made.role),
            on: format_date(made.on),
            reasons: made.reasons.clone(),
            owner: made.owner.clone(),
            due: made.due.map(format_date),
            done_on: done.map(format_date),
            risk: made.risk.clone(),
            evidence: made.evidence.clone(),
            allowed: ways.is_empty() || ways.contains(&made.way),
        }
    }

    /// The articles that the clauses assessed cite.
    pub(super) fn laws(&self) -> Vec<LawView> {
        let chosen: BTreeSet<(&str, &str)> = self
            .evaluation
            .selected
            .iter()
            .filter_map(|index| self.catalog.requirements.get(*index))
            .map(|requirement| (requirement.instrument.as_str(), requirement.clause.as_str()))
            .collect();
        let clauses = self.catalog.clauses.iter();
        let cited: BTreeSet<&str> = clauses
            .filter(|clause| chosen.contains(&(clause.instrument.as_str(), clause.number.as_str())))
            .flat_map(|clause| &clause.cites)
            .map(String::as_str)
            .collect();
        let by_name: HashMap<&str, &Instrument> = self
            .catalog
            .instruments
            .values()
            .flat_map(|i| [(i.id.as_str(), i), (i.short.as_str(), i)])
            .collect();
        let mut laws: Vec<(Vec<u32>, LawView)> = vec![];
        for cite in cited {
            let Some((short, number)) = cite.split_once('/') else { continue };
            let Some(instrument) = by_name.get(short) else { continue };
            laws.push((figures(number), self.law_view(cite, number, instrument)));
        }
        laws.sort_by(|(a, one), (b, two)| {
            (&one.title.zh, a, &one.article).cmp(&(&two.title.zh, b, &two.article))
        });
        laws.into_iter().map(|(_, law)| law).collect()
    }

    fn law_view(&self, cite: &str, number: &str, instrument: &Instrument) -> LawView {
        let article: Option<&Article> = instrument.articles.iter().find(|a| a.number == number);
        let clause = self.catalog.clause(&instrument.id, number);
        let gist = article.map(|a| a.gist.clone()).or_else(|| clause.map(|c| c.title.clone()));
        LawView {
            cite: cite.to_owned(),
            title: instrument.title.clone(),
            article: number.to_owned(),
            gist: gist.unwrap_or_default(),
            certainty: mark(article.map_or(instrument.certainty, |a| a.certainty)).to_owned(),
            status: instrument.in_force(&format_date(self.object.as_of)).code().to_owned(),
            from: instrument.from.clone(),
            to: instrument.to.clone(),
        }
    }
}

/// The catalog's mark.
fn mark(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Read => "V",
        Certainty::Stated => "v",
        Certainty::Unverified => "M",
    }
}

/// The numbers in an article's number, so that 9 stands before 10.
fn figures(number: &str) -> Vec<u32> {
    number.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

fn engagement_view(said: &Engagement) -> EngagementView {
    let day = |day: Option<i64>| day.map(format_date);
    let days = |(from, to): Days| (day(from), day(to));
    let member = |member: &Member| MemberView {
        name: member.name.clone(),
        role: member.role.clone(),
        qualification: member.qualification.clone(),
    };
    let mut team: Vec<MemberView> = said.team.iter().map(member).collect();
    team.sort_by_key(|member| member.role != "lead");
    EngagementView {
        number: said.number.clone(),
        commissioner: said.commissioner.clone(),
        firm: said.firm.clone(),
        team,
        period: days(said.period),
        covers: days(said.covers),
        purpose: said.purpose.clone(),
        boundary: said.boundary.clone(),
        adjust_until: day(said.adjust_until),
        restrictions: said.restrictions.clone(),
        opinion_on: day(said.opinion_on),
    }
}
