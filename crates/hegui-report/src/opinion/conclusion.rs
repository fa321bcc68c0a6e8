//! The conclusion: over all, product by product, dimension by dimension, indicator by indicator.

use super::Opinion;
use crate::conclusion::{concerned, headline};
use crate::paper::{Block, Cell, Style};
use crate::papers::maker::{body, cell, heading, note, row, styled, table};
use hegui_assess::rollup::{Grade, Verdict};
use hegui_assess::view::StandingView;
use hegui_catalog::model::Aggregate;

/// How many products stand side by side in one table.
const ABREAST: usize = 4;

impl Opinion<'_> {
    pub(super) fn conclusion(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        self.overall(to);
        to.push(body(m.say("conclusion.modest")));
        self.products(to);
        if !m.report.dimensions.is_empty() {
            to.push(heading(2, m.say("heading.dimensions"), None));
            self.dimensions(to);
        }
        if !m.report.indicators.is_empty() {
            to.push(heading(2, m.say("heading.indicators"), None));
            let rows = m.report.indicators.iter().map(|i| {
                let mut cells = vec![cell(i.number.as_str()), cell(m.t(&i.title))];
                cells.extend(m.standing(&i.standing.overall));
                row(cells)
            });
            let mut columns = vec![(m.say("conclusion.indicator"), 2), (m.say("annex.title"), 5)];
            columns.extend(self.standing_columns());
            to.push(table(&columns, rows.collect()));
            to.push(note(m.say("annex.clauses")));
        }
    }

    /// The headings of [`crate::papers::maker::Maker::standing`].
    pub(super) fn standing_columns(&self) -> [(String, u16); 4] {
        let m = &self.m;
        [
            (m.say("conclusion.verdict"), 4),
            (m.say("conclusion.status"), 3),
            (m.say("conclusion.grade"), 3),
            (m.say("conclusion.counts"), 6),
        ]
    }

    /// What it all comes to, in sentences chosen by the verdict.
    fn overall(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let tally = &m.report.summary.tally;
        let (verdict, _) = headline(m.report);
        let judged = self.verdicts(Verdict::ToBeJudged);
        let numbers = [
            ("gap", tally.gap.to_string()),
            ("observation", tally.observation.to_string()),
            ("unknown", tally.unknown.to_string()),
            ("sampled", tally.sampled.to_string()),
            ("judged", judged.to_string()),
        ];
        let values: Vec<(&str, &str)> = numbers.iter().map(|(name, n)| (*name, n.as_str())).collect();
        let open = tally.unknown > 0 || judged > 0;
        // A gap stays one whatever else is unknown; all else waits for what is unknown.
        let key = match verdict {
            _ if tally.gap > 0 => "conclusion.gap",
            Verdict::Gap => "conclusion.gap",
            Verdict::NotProven => "conclusion.not_proven",
            _ if open => "conclusion.no_conclusion",
            Verdict::Unknown | Verdict::ToBeJudged | Verdict::NotAssessed => "conclusion.no_conclusion",
            Verdict::Met if tally.sampled == 0 => "conclusion.met",
            Verdict::Met | Verdict::MetSampled => "conclusion.met_sampled",
            Verdict::NotApplicable => "conclusion.nothing",
        };
        to.push(Block::Paragraph {
            style: Style::Grave,
            spans: vec![crate::paper::Span::Strong(m.fill(key, &values))],
            anchor: None,
        });
        let not_proven = self.verdicts(Verdict::NotProven) > 0;
        if not_proven && key != "conclusion.not_proven" {
            to.push(styled(Style::Grave, m.say("conclusion.not_proven")));
        }
        if open && key != "conclusion.no_conclusion" {
            to.push(body(m.fill("conclusion.partly", &values)));
        }
        if !m.report.closing {
            to.push(styled(Style::Grave, m.say("conclusion.preliminary")));
        }
        self.stop(to);
        self.grades(to);
    }

    /// 5.2.2: where no legal basis holds, ending that processing should be considered.
    fn stop(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let fails = |verdict| matches!(verdict, Verdict::Gap | Verdict::NotProven);
        for indicator in m.report.indicators.iter().filter(|i| i.aggregate == Aggregate::One) {
            if fails(indicator.standing.overall.verdict) {
                let clause = format!("{} {}", indicator.number, m.t(&indicator.title));
                let list = concerned(m.report, indicator, m.lang).join(m.comma());
                let text = m.fill("conclusion.stop", &[("clause", &clause), ("list", &list)]);
                to.push(styled(Style::Grave, text));
            }
        }
    }

    fn grades(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let graded =
            |of: Option<Grade>| m.report.indicators.iter().filter(move |i| i.standing.overall.grade == of);
        let major: Vec<String> =
            graded(Some(Grade::Major)).map(|i| format!("{} {}", i.number, m.t(&i.title))).collect();
        if !major.is_empty() {
            to.push(styled(Style::Grave, m.fill("conclusion.grades", &[("list", &major.join(m.comma()))])));
        } else if graded(Some(Grade::Minor)).next().is_none() && m.report.summary.tally.gap > 0 {
            to.push(note(m.say("conclusion.no_grades")));
        }
    }

    /// The products' names, and the organisation as a whole.
    fn product_names(&self) -> Vec<String> {
        let m = &self.m;
        let products = m.report.products.iter().map(|p| m.called(p));
        products.chain([m.say("conclusion.organisation")]).collect()
    }

    /// A product stands as the worst of its dimensions.
    fn products(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let names = self.product_names();
        let of = |n: usize| {
            let standings = m.report.dimensions.iter().filter_map(move |d| d.standing.products.get(n));
            standings.cloned().reduce(worse)
        };
        let rows: Vec<_> = names
            .into_iter()
            .enumerate()
            .filter_map(|(n, name)| of(n).map(|standing| (name, standing)))
            .map(|(name, standing)| {
                let mut cells = vec![cell(name)];
                cells.extend(m.standing(&standing));
                row(cells)
            })
            .collect();
        if rows.is_empty() {
            return;
        }
        to.push(heading(2, m.say("heading.products"), None));
        let mut columns = vec![(m.say("object.product"), 4)];
        columns.extend(self.standing_columns());
        to.push(table(&columns, rows));
    }

    /// The dimensions over all, then for each product, a few products abreast.
    fn dimensions(&self, to: &mut Vec<Block>) {
        let m = &self.m;
        let name = |number: &str, title: &str| cell(format!("{number} {title}"));
        let rows = m.report.dimensions.iter().map(|d| {
            let mut cells = vec![name(&d.number, m.t(&d.title))];
            cells.extend(m.standing(&d.standing.overall));
            row(cells)
        });
        let mut columns = vec![(m.say("conclusion.dimension"), 4)];
        columns.extend(self.standing_columns());
        to.push(table(&columns, rows.collect()));
        let names = self.product_names();
        for (chunk, shown) in names.chunks(ABREAST).enumerate() {
            let rows = m.report.dimensions.iter().map(|d| {
                let mut cells = vec![name(&d.number, m.t(&d.title))];
                let standing = |n: usize| d.standing.products.get(chunk * ABREAST + n);
                cells.extend((0..shown.len()).map(|n| match standing(n) {
                    Some(standing) => vec![vec![m.verdict(standing.verdict)]],
                    None => Cell::new(),
                }));
                row(cells)
            });
            let mut columns = vec![(m.say("conclusion.dimension"), 4)];
            columns.extend(shown.iter().map(|name| (name.clone(), 3)));
            to.push(table(&columns, rows.collect()));
        }
    }
}

/// The worse of two standings, with the findings of both.
fn worse(mut a: StandingView, b: StandingView) -> StandingView {
    if b.verdict > a.verdict {
        a.verdict = b.verdict;
        a.status = b.status;
    }
    a.grade = a.grade.max(b.grade);
    a.tally.add(&b.tally);
    a
}
