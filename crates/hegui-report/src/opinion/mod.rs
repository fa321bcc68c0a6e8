//! The assessment opinion (评估法律意见书) and its annexes as a [`Paper`].
//!
//! Everything in it restates the report: nothing is weighed here, and nothing that is unknown is said
//! in other words than that it is unknown. Sentences come from the [`Wording`], and so does which
//! sections there are and in which order. While the assessment is not closed, or anything is open, the
//! paper says on every page that it is a draft.

mod annexes;
mod conclusion;
mod frame;
mod gaps;
mod records;

pub(crate) use gaps::{Group, deciding, overdue};

use crate::paper::{Block, Paper};
use crate::papers::maker::{Maker, heading};
use crate::wording::Wording;
use crate::words::is_gap;
use hegui_assess::rollup::Verdict;
use hegui_assess::view::{FindingView, Inventory, Report};
use hegui_catalog::model::Lang;

/// The assessment opinion.
#[must_use]
pub fn opinion(report: &Report, inventory: &Inventory, wording: &Wording, lang: Lang) -> Paper {
    let mut maker = Maker::new(report, inventory, wording, lang);
    if wording.annexes.iter().any(|a| a == "evidence") {
        maker.hold_evidence();
    }
    if wording.annexes.iter().any(|a| a == "laws") {
        maker.hold_laws();
    }
    let gaps = if wording.order.iter().any(|s| s == "gaps") {
        gaps_numbered(&mut maker)
    } else {
        gaps::groups(report, is_gap)
    };
    let opinion = Opinion { m: maker, gaps };
    opinion.paper()
}

/// The gaps by requirement, numbered in the order in which they are shown; what reads an outcome links
/// to the first.
pub(crate) fn gaps_numbered<'a>(maker: &mut Maker<'a>) -> Vec<Group<'a>> {
    let groups = gaps::groups(maker.report, is_gap);
    let findings = groups.iter().flat_map(|group| &group.findings);
    for (n, finding) in findings.enumerate() {
        let thing = finding.thing.as_str();
        maker.gaps.insert((finding.requirement.as_str(), thing), n + 1);
        maker.gaps.entry((finding.clause.as_str(), thing)).or_insert(n + 1);
    }
    groups
}

/// The opinion while it is made.
struct Opinion<'a> {
    m: Maker<'a>,
    gaps: Vec<Group<'a>>,
}

impl<'a> Opinion<'a> {
    fn paper(&self) -> Paper {
        let m = &self.m;
        let mut blocks = vec![];
        for section in &m.wording.order {
            if m.wording.new_page.contains(section) {
                blocks.push(Block::NewPage);
            }
            blocks.push(heading(1, m.say(&format!("heading.{section}")), Some(section)));
            self.section(section, &mut blocks);
        }
        for (n, annex) in m.wording.annexes.iter().enumerate() {
            blocks.push(Block::NewPage);
            let title = m.say(&format!("heading.{annex}"));
            blocks.push(Block::Heading {
                level: 1,
                text: m.fill("heading.annex", &[("n", &annex_number(n, m.lang)), ("title", &title)]),
                anchor: Some(annex.clone()),
                numbered: false,
            });
            self.section(annex, &mut blocks);
        }
        Paper {
            lang: m.lang,
            title: m.say("cover.title"),
            subtitle: m.report.organisation.clone().unwrap_or_else(|| m.say("say.not_stated")),
            cover: self.cover(),
            running: m.say("cover.running").trim().to_owned(),
            author: m.report.engagement.as_ref().and_then(|e| e.firm.clone()).unwrap_or_default(),
            date: self.date(),
            watermark: self.draft().then(|| m.say("cover.draft")),
            contents: true,
            blocks,
        }
    }

    /// The blocks of a section. The names are checked when the wording is read.
    fn section(&self, name: &str, to: &mut Vec<Block>) {
        match name {
            "preamble" => self.preamble(to),
            "parties" => self.parties(to),
            "object" => self.object(to),
            "period" => self.period(to),
            "criteria" => self.criteria(to),
            "method" => self.method(to),
            "conclusion" => self.conclusion(to),
            "gaps" => self.gaps(to),
            "observations" => self.observations(to),
            "rulings" => self.rulings(to),
            "sampling" => self.sampling(to),
            "questions" => self.questions(to),
            "assumptions" => self.assumptions(to),
            "limits" => self.limits(to),
            "signatures" => self.signatures(to),
            "obligations" => self.obligations(to),
            "clauses" => self.clauses(to),
            "unknown" => self.unknown(to),
            "readings" => self.readings(to),
            "evidence" => self.evidence(to),
            "laws" => self.laws(to),
            _ => {}
        }
    }

    /// The day of the opinion, else the date of the assessment.
    fn date(&self) -> String {
        let on = self.m.report.engagement.as_ref().and_then(|e| e.opinion_on.clone());
        on.unwrap_or_else(|| self.m.report.as_of.clone())
    }

    /// Whether anything is open, so that this is no opinion yet.
    fn draft(&self) -> bool {
        !self.m.report.closing
            || self.m.report.summary.tally.unknown > 0
            || self.verdicts(Verdict::ToBeJudged) > 0
    }

    /// How many indicators have a verdict.
    fn verdicts(&self, verdict: Verdict) -> usize {
        let indicators = self.m.report.indicators.iter();
        indicators.filter(|i| i.standing.overall.verdict == verdict).count()
    }

    /// Findings that a condition picks.
    fn findings(&self, pick: impl Fn(&FindingView) -> bool + 'a) -> impl Iterator<Item = &'a FindingView> {
        self.m.report.findings.iter().filter(move |f| pick(f))
    }
}

/// The number of an annex: 一, 二 … in Chinese, A, B … in English.
fn annex_number(n: usize, lang: Lang) -> String {
    let (signs, n) = match lang {
        Lang::Zh => ("一二三四五六七八九十", n),
        Lang::En => ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", n),
    };
    signs.chars().nth(n).map_or_else(|| (n + 1).to_string(), String::from)
}
