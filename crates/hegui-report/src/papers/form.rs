//! The form of a paper: what it holds, as data (`wording/papers/*.toml`).

use hegui_catalog::document::{Document, Sink, Table};
use hegui_catalog::model::Text;

/// A paper's form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What it is asked for by.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is for.
    pub about: Text,
}

impl Form {
    /// Reads a form.
    pub(crate) fn read(doc: &Document, id: &str, sink: &Sink) -> Option<Self> {
        let root = doc.parse(sink)?;
        let table = Table::new(doc, sink, root.get_ref(), 0);
        let form = Self { id: id.to_owned(), title: table.text("title"), about: table.text("about") };
        table.finish();
        Some(form)
    }
}
