//! What papers say, as data: sentences, headings and the order of sections, in Chinese and English.
//!
//! The wording that comes with the crate is `wording/*.toml` and `wording/papers/*.toml`. It is
//! the one definition of what can be worded: a firm's own file changes single entries of it, and an
//! entry that it does not have, a placeholder that it does not fill, or a language left out is refused
//! with file, line, key and remedy. So a sentence is never lost by a slip of the pen, and nothing is
//! half-applied. The format is described in `docs/wording.md`.

mod read;

use crate::messages::fill;
use crate::papers::form::Form;
use hegui_catalog::Problems;
use hegui_catalog::model::{Lang, Text};
use std::collections::BTreeMap;
use std::path::Path;

/// The entries that come with the crate: the opinion's, which also says its order; what the other papers
/// say of their own accord, whatever their form; the questionnaire's and the workbook's.
const ENTRIES: [(&str, &str); 4] = [
    ("opinion.toml", include_str!("../../wording/opinion.toml")),
    ("papers.toml", include_str!("../../wording/papers.toml")),
    ("questionnaire.toml", include_str!("../../wording/questionnaire.toml")),
    ("workbook.toml", include_str!("../../wording/workbook.toml")),
];

/// The papers that come with the crate.
const PAPERS: [(&str, &str); 5] = [
    ("ropa", include_str!("../../wording/papers/ropa.toml")),
    ("pia", include_str!("../../wording/papers/pia.toml")),
    ("recipients", include_str!("../../wording/papers/recipients.toml")),
    ("records", include_str!("../../wording/papers/records.toml")),
    ("policy-outline", include_str!("../../wording/papers/policy-outline.toml")),
];

/// Names that every entry may use.
pub const EVERYWHERE: [&str; 8] =
    ["organisation", "commissioner", "firm", "number", "as_of", "known_on", "opinion_on", "profile"];

/// What papers say.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// Entries by `table.name`.
    entries: BTreeMap<String, Text>,
    /// The opinion's sections, in order.
    pub(crate) order: Vec<String>,
    /// The opinion's annexes, in order; each begins a new page.
    pub(crate) annexes: Vec<String>,
    /// The sections that begin a new page.
    pub(crate) new_page: Vec<String>,
    /// The other papers, by id.
    pub(crate) papers: BTreeMap<String, Form>,
}

impl Wording {
    /// The wording that comes with the crate.
    ///
    /// # Errors
    /// Everything that is wrong with it; the tests hold that nothing is.
    pub fn standard() -> Result<Self, Problems> {
        read::standard()
    }

    /// The standard wording, changed by files: `papers/ID.toml` (or any path that ends so) is a paper,
    /// every other `.toml` holds entries of the opinion's wording.
    ///
    /// # Errors
    /// Everything that is wrong with the files; nothing is applied then.
    pub fn with_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Problems> {
        read::changed(Self::standard()?, files)
    }

    /// The standard wording, changed by a file or by all `.toml` files of a folder.
    ///
    /// # Errors
    /// Everything that is wrong with the files; nothing is applied then.
    pub fn with_path(path: &Path) -> Result<Self, Problems> {
        Self::with_files(read::files(path)?)
    }

    /// An entry with each `{name}` replaced by its value. A key that does not exist is shown as it is:
    /// the tests hold every key in the code to exist.
    #[must_use]
    pub fn say(&self, key: &str, lang: Lang, values: &[(&str, &str)]) -> String {
        match self.entries.get(key) {
            Some(text) => fill(text.get(lang), values),
            None => key.to_owned(),
        }
    }

    /// The keys of all entries.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The papers that can be made from facts: id, title, and what each is for.
    pub fn papers(&self) -> impl Iterator<Item = (&str, &Text, &Text)> {
        self.papers.values().map(|form| (form.id.as_str(), &form.title, &form.about))
    }
}

/// The names in braces of a text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
