//! What an instrument says that others cite, and what a source holds: `articles.toml`, `items.toml`.

use crate::clauses::CERTAINTIES;
use crate::document::{Document, Sink, Table};
use crate::model::{Article, Figure, Items, Text};
use std::collections::BTreeSet;

/// Reads `INSTRUMENT/articles.toml`: the gists of articles, and the figures.
pub(crate) fn read_articles(doc: &Document, sink: &Sink) -> (Vec<Article>, Vec<Figure>) {
    let Some(root) = doc.parse(sink) else { return (vec![], vec![]) };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let articles = table.named_tables("article").into_iter().map(|(number, _, t)| read_article(number, &t));
    let articles = articles.collect();
    let figures = table.named_tables("figure").into_iter().map(|(name, _, t)| read_figure(name, &t));
    let figures = figures.collect();
    table.finish();
    (articles, figures)
}

fn read_article(number: String, table: &Table<'_>) -> Article {
    let gist = table.text("gist");
    let certainty = table.choice("certainty", &CERTAINTIES).unwrap_or_default();
    table.finish();
    Article { number, gist, certainty }
}

fn read_figure(name: String, table: &Table<'_>) -> Figure {
    let figure = Figure {
        name,
        article: table.needed("article", "the article that fixes it").text,
        subject: table.text("subject"),
        trigger: table.text_if_any("trigger"),
        value: table.needed("value", "the number as a text, or words where the law has none").text,
        unit: if table.get("unit").is_some() { table.text("unit") } else { Text::default() },
        from: table.date("from").unwrap_or_default(),
        to: table.date("to").unwrap_or_default(),
        certainty: table.choice("certainty", &CERTAINTIES).unwrap_or_default(),
    };
    // Where the figure was taken from: for people who compare the two lists.
    table.integer("row");
    if !figure.from.is_empty() && !figure.to.is_empty() && figure.from > figure.to {
        table.note_at("to", "the last day in force lies before the first", "correct `from` or `to`");
    }
    table.finish();
    figure
}

/// Reads `INSTRUMENT/items.toml`.
pub(crate) fn read_items(doc: &Document, sink: &Sink) -> Items {
    let Some(root) = doc.parse(sink) else { return Items::default() };
    let table = Table::new(doc, sink, root.get_ref(), 0);
    let once = |key: &str| {
        let mut seen = BTreeSet::new();
        let list = table.list(key);
        for item in &list {
            if !seen.insert(item.text.clone()) {
                table.note(item.span.start, format!("`{}` stands in `{key}` twice", item.text), "remove one");
            }
        }
        list.into_iter().map(|w| w.text).collect()
    };
    let items = Items {
        leaves: once("leaves"),
        groups: once("groups"),
        actions: once("actions"),
        indicators: once("indicators"),
        characteristics: once("characteristics"),
        exemptions: once("exemptions"),
        extensions: once("extensions"),
        without_extension: once("without_extension"),
        articles: once("articles"),
    };
    table.finish();
    items
}
