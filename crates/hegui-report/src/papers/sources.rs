//! Where values come from: each source has a number, and a table at the end of the paper says what it is.

use super::maker::{Maker, cell, heading, note, row, table, text};
use crate::paper::{Block, Row, Span};
use crate::words::source;
use hegui_assess::view::OriginView;
use std::cell::RefCell;

/// How many sources stand behind a value; the others are in the register.
const SHOWN: usize = 4;

/// Sources in the order of their first use.
#[derive(Default)]
pub(crate) struct Sources {
    seen: RefCell<Vec<OriginView>>,
}

impl Sources {
    /// The number of a source, from 1. What one person said on one day in one way is one source.
    fn number(&self, origin: &OriginView) -> usize {
        let same = OriginView {
            source: origin.source.clone(),
            by: origin.by.clone(),
            on: origin.on.clone(),
            evidence: origin.evidence.clone(),
            ..OriginView::default()
        };
        let mut seen = self.seen.borrow_mut();
        if let Some(place) = seen.iter().position(|of| *of == same) {
            return place + 1;
        }
        seen.push(same);
        seen.len()
    }

    /// The numbers of the sources of a value, linked to the table.
    pub fn links<'o>(&self, origins: impl IntoIterator<Item = &'o OriginView>, m: &Maker<'_>) -> Vec<Span> {
        let mut numbers: Vec<usize> = origins.into_iter().map(|origin| self.number(origin)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            return vec![];
        }
        let mut spans = vec![text("〔")];
        for (place, n) in numbers.iter().take(SHOWN).enumerate() {
            if place > 0 {
                spans.push(text(m.comma()));
            }
            spans.push(Span::Link { text: format!("S{n}"), to: format!("source-{n}") });
        }
        if numbers.len() > SHOWN {
            let more = (numbers.len() - SHOWN).to_string();
            spans.push(text(format!("{}{}", m.comma(), m.fill("paper.more_sources", &[("n", &more)]))));
        }
        spans.push(text("〕"));
        spans
    }

    /// The table of sources; it comes last, for it holds those that the paper has named.
    pub fn push(&self, m: &Maker<'_>, to: &mut Vec<Block>) {
        let seen = self.seen.borrow();
        to.push(heading(1, m.say("paper.sources"), Some("sources")));
        if seen.is_empty() {
            to.push(note(m.say("paper.no_sources")));
            return;
        }
        to.push(note(m.say("paper.sources_note")));
        let columns = [
            (m.say("paper.source_number"), 1),
            (m.say("paper.source_kind"), 3),
            (m.say("paper.source_by"), 4),
            (m.say("paper.source_on"), 2),
            (m.say("paper.source_evidence"), 6),
        ];
        let rows = seen.iter().enumerate().map(|(place, origin)| Row {
            anchor: Some(format!("source-{}", place + 1)),
            ..row([
                cell(format!("S{}", place + 1)),
                cell(source(&origin.source, m.lang)),
                vec![vec![m.stated(origin.by.as_deref())]],
                vec![vec![m.stated(origin.on.as_deref())]],
                origin.evidence.iter().map(|id| vec![text(evidence(m, id))]).collect(),
            ])
        });
        to.push(table(&columns, rows.collect()));
    }
}

/// A piece of evidence by its id and title.
fn evidence(m: &Maker<'_>, id: &str) -> String {
    let title = m.report.evidence.iter().find(|e| e.id == id).map(|e| e.title.as_str());
    title.map_or_else(|| id.to_owned(), |title| format!("{id}{}{title}", m.colon()))
}
