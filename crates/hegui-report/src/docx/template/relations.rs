//! Who refers to whom in a template's package, and what kind of content each part is: read, and added to.

use super::scan::{Edit, Scan};
use crate::docx::error::DocxError;
use crate::docx::package::{CONTENT, PACKAGE, Parts};
use crate::docx::xml::Xml;
use std::collections::BTreeSet;

/// The part that says what kind of content each part is.
pub const TYPES: &str = "[Content_Types].xml";

/// The references of one part (of the package itself, if its name is empty).
#[derive(Debug)]
pub struct Relations {
    /// The part that holds them.
    pub part: String,
    /// The last word of their kind, and the part that each leads to.
    pub all: Vec<(String, String)>,
    ids: BTreeSet<String>,
    added: String,
}

impl Relations {
    /// The references of a part; none where nothing says them.
    pub fn of(part: &str, parts: &Parts) -> Result<Self, DocxError> {
        let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
        let slash = if folder.is_empty() { "" } else { "/" };
        let holder = format!("{folder}{slash}_rels/{name}.rels");
        let mut relations = Self { part: holder, all: vec![], ids: BTreeSet::new(), added: String::new() };
        let Some(bytes) = bytes(parts, &relations.part) else { return Ok(relations) };
        let scan = Scan::new(&relations.part, bytes)?;
        for (_, element) in scan.children(0) {
            let Some(id) = element.attribute("Id") else { continue };
            relations.ids.insert(id);
            let outside = element.attribute("TargetMode").is_some_and(|mode| mode == "External");
            if let (Some(kind), Some(target), false) =
                (element.attribute("Type"), element.attribute("Target"), outside)
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.all.push((kind, absolute(folder, &target)));
            }
        }
        Ok(relations)
    }

    /// The parts of a kind, in order.
    pub fn parts<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.all.iter().filter(move |(k, _)| k == kind).map(|(_, part)| part.as_str())
    }

    /// Refers to one more part; its id.
    pub fn add(&mut self, kind: &str, part: &str) -> String {
        let id = (1_usize..).map(|n| format!("rIdHegui{n}")).find(|id| self.ids.insert(id.clone()));
        let id = id.unwrap_or_default();
        let mut xml = Xml::default();
        let space = format!("{PACKAGE}/relationships");
        let target = format!("/{part}");
        xml.empty("Relationship", &[("xmlns", &space), ("Id", &id), ("Type", kind), ("Target", &target)]);
        self.added.push_str(&xml.finish());
        id
    }

    /// Writes what was added.
    pub fn store(self, parts: &mut Parts) -> Result<(), DocxError> {
        if self.added.is_empty() {
            return Ok(());
        }
        let text = match bytes(parts, &self.part) {
            Some(bytes) => appended(&self.part, bytes, &self.added)?,
            None => {
                let mut xml = Xml::part();
                let space = format!("{PACKAGE}/relationships");
                xml.within("Relationships", &[("xmlns", &space)], |xml| xml.raw(&self.added));
                xml.finish()
            }
        };
        set(parts, &self.part, text);
        Ok(())
    }
}

/// Says what kind of content new parts are (name, last words of the kind), and that the main part is a
/// document, also where it was a template's.
pub fn store_types(main: &str, added: &[(String, String)], parts: &mut Parts) -> Result<(), DocxError> {
    let bytes = bytes(parts, TYPES).ok_or_else(|| DocxError::Missing(TYPES.to_owned()))?;
    let scan = Scan::new(TYPES, bytes)?;
    let mut edits: Vec<Edit> = vec![];
    let written = |part: &str, kind: &str| {
        let mut xml = Xml::default();
        let space = format!("{PACKAGE}/content-types");
        let name = format!("/{part}");
        xml.empty("Override", &[("xmlns", &space), ("PartName", &name), ("ContentType", kind)]);
        xml.finish()
    };
    let main_kind = format!("{CONTENT}.document.main+xml");
    let mut more: String = added.iter().map(|(part, kind)| written(part, kind)).collect();
    let named = scan.children(0).find(|(_, element)| {
        element.attribute("PartName").is_some_and(|name| name.eq_ignore_ascii_case(&format!("/{main}")))
    });
    match named {
        Some((_, element)) if element.attribute("ContentType").as_deref() == Some(&main_kind) => {}
        Some((_, element)) => edits.push((element.whole.clone(), written(main, &main_kind))),
        None => more.push_str(&written(main, &main_kind)),
    }
    if let Some(root) = scan.root().filter(|_| !more.is_empty()) {
        edits.push(root.append(&more));
    }
    if !edits.is_empty() {
        let text = scan.changed(edits);
        set(parts, TYPES, text);
    }
    Ok(())
}

/// A part with more at the end of its root.
fn appended(part: &str, bytes: &[u8], more: &str) -> Result<String, DocxError> {
    let scan = Scan::new(part, bytes)?;
    Ok(scan.root().map(|root| scan.changed(vec![root.append(more)])).unwrap_or_default())
}

/// The bytes of a part.
pub fn bytes<'a>(parts: &'a Parts, name: &str) -> Option<&'a [u8]> {
    parts.iter().find(|(part, _)| part == name).map(|(_, bytes)| bytes.as_slice())
}

/// Replaces a part, or adds it.
pub fn set(parts: &mut Parts, name: &str, text: String) {
    match parts.iter_mut().find(|(part, _)| part == name) {
        Some((_, bytes)) => *bytes = text.into_bytes(),
        None => parts.push((name.to_owned(), text.into_bytes())),
    }
}

/// A name for a new part that no part has.
pub fn free(parts: &Parts, wanted: &str) -> String {
    let taken = |name: &String| parts.iter().any(|(part, _)| part.eq_ignore_ascii_case(name));
    let name = (0_usize..).map(|n| {
        let n = if n == 0 { String::new() } else { n.to_string() };
        wanted.replacen(".xml", &format!("{n}.xml"), 1)
    });
    name.into_iter().find(|name| !taken(name)).unwrap_or_default()
}

/// What a reference in a folder leads to, as the name of a part.
fn absolute(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { vec![] } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::absolute;

    #[test]
    fn targets() {
        assert_eq!(absolute("word", "styles.xml"), "word/styles.xml");
        assert_eq!(absolute("word", "/word/styles.xml"), "word/styles.xml");
        assert_eq!(absolute("a/b", "../c/./d.xml"), "a/c/d.xml");
        assert_eq!(absolute("", "word/document.xml"), "word/document.xml");
    }
}
