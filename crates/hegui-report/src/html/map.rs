//! The picture: dimensions as rows, the general requirements and the eight stages as columns; and the
//! products beside each other. Both are tables, so that they can be read aloud and copied.

use super::Page;
use crate::messages as m;
use crate::words::{STAGES, VERDICTS, code, say};
use hegui_assess::view::{DimensionView, StandingView, ThingView};
use hegui_catalog::model::Text;
use maud::{Markup, html};

impl Page<'_> {
    pub(super) fn map(&self) -> Markup {
        let mut stages: Vec<&str> = STAGES.to_vec();
        let all = self.report.dimensions.iter().flat_map(|d| &d.cells);
        for cell in all {
            if !stages.contains(&cell.stage.as_str()) {
                stages.push(&cell.stage);
            }
        }
        html! {
            (self.legend())
            @for instrument in self.instruments_of_dimensions() {
                div.scroll tabindex="0" role="region" aria-label=(self.t(m::MAP)) {
                    table.heat {
                        caption { (self.instrument_title(instrument)) }
                        thead { tr {
                            th scope="col" { (self.t(m::DIMENSION)) }
                            th.whole scope="col" { (self.t(m::OVERALL)) }
                            @for stage in &stages { th scope="col" { (code(stage, self.lang)) } }
                        } }
                        tbody {
                            @for dimension in self.report.dimensions.iter().filter(|d| d.instrument == instrument) {
                                (self.map_row(dimension, &stages))
                            }
                        }
                    }
                }
            }
            p.note { (self.t(m::MAP_NOTE)) }
        }
    }

    fn map_row(&self, dimension: &DimensionView, stages: &[&str]) -> Markup {
        html! {
            tr {
                th scope="row" { span.num { (dimension.number) } " " (say(&dimension.title, self.lang)) }
                (self.cell(&dimension.standing.overall))
                @for stage in stages {
                    @match dimension.cells.iter().find(|c| c.stage == *stage) {
                        Some(cell) => (self.cell(&cell.standing)),
                        None => td.empty title=(self.t(m::NO_CLAUSE)) { span.hear { (self.t(m::NO_CLAUSE)) } },
                    }
                }
            }
        }
    }

    fn legend(&self) -> Markup {
        html! {
            p.legend aria-label=(self.t(m::LEGEND)) {
                @for verdict in VERDICTS { (self.badge(verdict)) " " }
                span.badge.observation { span.sign aria-hidden="true" { "△" } (self.t(m::OBSERVATION)) }
            }
        }
    }

    /// The instruments that have dimensions, in their order.
    fn instruments_of_dimensions(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = vec![];
        for dimension in &self.report.dimensions {
            if !ids.contains(&dimension.instrument.as_str()) {
                ids.push(&dimension.instrument);
            }
        }
        ids
    }

    fn instrument_title<'s>(&'s self, id: &'s str) -> &'s str {
        let found = self.report.catalog.instruments.iter().find(|i| i.id == id);
        found.map_or(id, |i| say(&i.title, self.lang))
    }

    pub(super) fn products(&self) -> Markup {
        let name = self.t(m::WHOLE_ORGANISATION).to_owned();
        let whole = ThingView { path: String::new(), name, title: Text::default() };
        let rows = self.report.products.iter().chain(std::iter::once(&whole));
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.t(m::PRODUCTS)) {
                table.heat {
                    thead { tr {
                        th scope="col" { (self.t(m::PRODUCT)) }
                        @for dimension in &self.report.dimensions {
                            th scope="col" { span.num { (dimension.number) } " " (say(&dimension.title, self.lang)) }
                        }
                    } }
                    tbody {
                        @for (n, product) in rows.enumerate() {
                            tr {
                                th scope="row" { bdi { (product.name) } @if !product.path.is_empty() { br; code { (product.path) } } }
                                @for dimension in &self.report.dimensions { (self.product_cell(dimension, n)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn product_cell(&self, dimension: &DimensionView, product: usize) -> Markup {
        let standing: Option<&StandingView> = dimension.standing.products.get(product);
        html! {
            @match standing {
                Some(standing) => (self.cell(standing)),
                None => td.empty {},
            }
        }
    }
}
