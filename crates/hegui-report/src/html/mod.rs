//! One self-contained page: conclusions, the map, gaps with their reasons, what is not known and whom
//! to ask, and what all of it rests on.
//!
//! The page asks the network for nothing and works without scripts; the script only filters and
//! folds. Every value goes through `maud`, which escapes it; names from the register stand in `bdi`,
//! so that a right-to-left name cannot turn its neighbours. Requirements are written once, with the
//! things concerned beneath them, so that a page of thousands of findings stays small.

mod appendix;
mod findings;
mod map;
mod pieces;
mod questions;
mod tables;

use crate::conclusion::{headline, points};
use crate::messages::{self as m, Message};
use crate::words::{class, code, say, sign, verdict};
use hegui_assess::view::Report;
use hegui_catalog::model::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use pieces::Index;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Nothing may be fetched, sent or framed.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The report as one HTML document.
#[must_use]
pub fn html(report: &Report, lang: Lang) -> String {
    let page = Page { report, lang, index: Index::of(report) };
    let sections = page.sections();
    let title = format!("{} · {}", m::TITLE.get(lang), page.organisation());
    let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let document = markup! {
        (DOCTYPE)
        html lang=(tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(page.print_margins())) }
            }
            body {
                div.layout {
                    nav.contents aria-label=(m::CONTENTS.get(lang)) {
                        p.contents-title { (m::CONTENTS.get(lang)) }
                        ol {
                            @for section in &sections {
                                li { a href={ "#" (section.id) } { (section.title.get(lang)) @if let Some(n) = section.count { span.n { (n) } } } }
                            }
                        }
                    }
                    main {
                        (page.title_block())
                        (page.toolbar())
                        @for (n, section) in sections.iter().enumerate() {
                            section id=(section.id) {
                                h2 { span.no { (n + 1) } (section.title.get(lang)) @if let Some(n) = section.count { span.count { (n) } } }
                                (section.body)
                            }
                        }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    harmless(&document.into_string())
}

/// Without the characters that override or embed directions, and without control characters: a name
/// must read as it is stored. Isolation by `bdi` alone would leave `exe.fdp` looking like `pdf.exe`.
fn harmless(document: &str) -> String {
    let override_of = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let bad = |c: char| override_of(c) || (c.is_control() && c != '\n' && c != '\t');
    document.chars().map(|c| if bad(c) { '\u{fffd}' } else { c }).collect()
}

/// What is being written.
pub(crate) struct Page<'a> {
    report: &'a Report,
    lang: Lang,
    index: Index<'a>,
}

/// A numbered part of the page.
struct Section {
    id: &'static str,
    title: Message,
    count: Option<usize>,
    body: Markup,
}

impl Page<'_> {
    /// A message in the page's language.
    fn t(&self, message: Message) -> &'static str {
        message.get(self.lang)
    }

    fn organisation(&self) -> &str {
        self.report.organisation.as_deref().unwrap_or_else(|| self.t(m::ORGANISATION_UNNAMED))
    }

    fn sections(&self) -> Vec<Section> {
        let section = |id, title, count, body| Section { id, title, count, body };
        let tally = &self.report.summary.tally;
        let mut sections = vec![
            section("conclusions", m::CONCLUSIONS, None, self.conclusions()),
            section("products", m::PRODUCTS, Some(self.report.products.len()), self.products()),
            section("gaps", m::GAPS, Some(tally.gap as usize), self.gaps()),
        ];
        // Documents in articles have neither dimensions nor indicators.
        if !self.report.dimensions.is_empty() {
            sections.insert(1, section("map", m::MAP, None, self.map()));
        }
        if tally.observation > 0 {
            sections.push(section(
                "observations",
                m::OBSERVATIONS,
                Some(tally.observation as usize),
                self.observations(),
            ));
        }
        sections.extend([
            section("unknown", m::UNKNOWNS, Some(tally.unknown as usize), self.unknowns()),
            section("questions", m::QUESTIONS, Some(self.report.questions.len()), self.questions()),
        ]);
        if !self.report.indicators.is_empty() {
            let count = Some(self.report.indicators.len());
            sections.push(section("indicators", m::INDICATORS, count, self.indicators()));
        }
        sections.extend([
            section("met", m::METS, Some((tally.met + tally.not_applicable) as usize), self.mets()),
            section("assumptions", m::ASSUMPTIONS, Some(self.report.assumptions.len()), self.assumptions()),
            section("limits", m::LIMITS, None, self.limits()),
            section("readings", m::READINGS, None, self.readings()),
            section("evidence", m::EVIDENCE_INDEX, Some(self.report.evidence.len()), self.evidence()),
            section("method", m::METHOD, None, self.method()),
        ]);
        sections
    }

    fn title_block(&self) -> Markup {
        let report = self.report;
        let (verdict_of_all, head) = headline(report);
        let counts = m::SCOPE_COUNTS.fill(
            self.lang,
            &[
                ("products", &report.products.len().to_string()),
                ("things", &report.summary.things.to_string()),
                ("requirements", &report.summary.requirements.to_string()),
                ("findings", &report.findings.len().to_string()),
            ],
        );
        markup! {
            header.title {
                p.org { bdi { (self.organisation()) } }
                h1 { (self.t(m::TITLE)) }
                p.headline.v.(class(verdict_of_all)) { span.sign aria-hidden="true" { (sign(verdict_of_all)) } (self.t(head)) }
                dl.facts {
                    (self.row(m::PROFILE, true, markup! { (say(&report.catalog.profile_title, self.lang)) }))
                    (self.row(m::INSTRUMENTS, true, markup! {
                        @for instrument in &report.catalog.instruments {
                            div { (say(&instrument.title, self.lang)) span.tag { (code(&instrument.status, self.lang)) } }
                        }
                    }))
                    (self.row(m::SCOPE, true, markup! { (counts) }))
                    (self.row(m::AS_OF, false, markup! { time { (report.as_of) } }))
                    (self.row(m::KNOWN_ON, false, markup! { time { (report.known_on) } }))
                    @if let Some(engagement) = &report.engagement {
                        @for (name, value) in [(m::COMMISSIONER, &engagement.commissioner), (m::FIRM, &engagement.firm), (m::OPINION_NUMBER, &engagement.number)] {
                            @if let Some(value) = value { (self.row(name, false, markup! { bdi { (value) } })) }
                        }
                    }
                    (self.row(m::STATE, false, markup! { (self.t(if report.closing { m::CLOSED } else { m::NOT_CLOSED })) }))
                    (self.row(m::LOGIC, false, markup! { code { (report.catalog.logic) } }))
                    (self.row(m::CATALOG, true, markup! { code { (report.catalog.hash) } }))
                }
            }
        }
    }

    fn row(&self, name: Message, wide: bool, value: Markup) -> Markup {
        markup! { div.wide[wide] { dt { (self.t(name)) } dd { (value) } } }
    }

    /// Shown by the script only: without it there is nothing to press.
    fn toolbar(&self) -> Markup {
        markup! {
            div.toolbar role="search" hidden {
                input type="search" id="filter" placeholder=(self.t(m::FILTER_HINT)) aria-label=(self.t(m::FILTER));
                @if self.report.products.len() > 1 {
                    select id="product" aria-label=(self.t(m::PRODUCT)) {
                        option value="" { (self.t(m::ALL_PRODUCTS)) }
                        @for (n, product) in self.report.products.iter().enumerate() { option value=(n) { (product.name) } }
                        option value="-" { (self.t(m::WHOLE_ORGANISATION)) }
                    }
                }
                span.grow id="shown" aria-live="polite" data-label=(self.t(m::SHOWN)) {}
                button type="button" id="unfold" { (self.t(m::UNFOLD)) }
                button type="button" id="fold" { (self.t(m::FOLD)) }
                button type="button" id="print" { (self.t(m::PRINT)) }
            }
        }
    }

    fn conclusions(&self) -> Markup {
        markup! {
            ul.points {
                @for point in points(self.report, self.lang) {
                    @let about = point.about;
                    li.grave[point.grave] class=[about.map(class)] {
                        @if let Some(about) = about { span.sign.v.(class(about)) title=(self.t(verdict(about))) { (sign(about)) } }
                        span { (point.text) }
                    }
                }
            }
        }
    }

    /// Page headers and numbers in print.
    fn print_margins(&self) -> String {
        let head = css_string(&format!("{} · {}", self.t(m::TITLE), self.organisation()));
        let date = css_string(&format!("{} {}", self.t(m::AS_OF), self.report.as_of));
        let (page, of, end) = (self.t(m::PAGE), self.t(m::PAGE_OF), self.t(m::PAGE_END));
        format!(
            "@page{{@top-left{{content:\"{head}\"}}@top-right{{content:\"{date}\"}}\
             @bottom-center{{content:\"{page}\" counter(page) \"{of}\" counter(pages) \"{end}\"}}}}"
        )
    }
}

/// A text inside a CSS string inside a `style` element: all but letters, digits and spaces as escapes,
/// so that it can end neither the string nor the element.
fn css_string(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else if !c.is_control() && !crate::terminal::is_direction(c) {
            out.push_str(&format!("\\{:06x}", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::css_string;

    #[test]
    fn a_css_string_cannot_be_left() {
        assert_eq!(css_string("a\"}</style>\u{202e}\n"), "a\\000022\\00007d\\00003c\\00002fstyle\\00003e");
        assert_eq!(css_string("合规 2026"), "合规 2026");
    }
}
