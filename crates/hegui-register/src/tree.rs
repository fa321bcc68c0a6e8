//! One section of a TOML file as a small tree, with the place of every key and value.
//!
//! A register can hold a million facts, so a file is never a tree as a whole: it is cut at its headers
//! (`[activity.x]`), and each section becomes a tree in an arena that the next section uses again.
//! Lexing and grammar are `toml_parser`'s; what is added here is what it leaves to its user: dotted
//! keys, keys given twice, and decoded values. What a header opened before is the reader's to know.

use crate::problem::echo;
use foldhash::quality::RandomState as Seeded;
use std::borrow::Cow;
use std::collections::HashMap;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::lexer::{Lexer, Token, TokenKind};
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

/// Deepest nesting of lists and inline tables, and longest dotted key: far more than any fact needs.
const DEPTH_LIMIT: usize = 16;
/// From so many keys on a table has an index; below, looking through it is quicker.
const INDEX_FROM: u32 = 16;
/// Most faults that are kept of one section.
const FAULT_LIMIT: usize = 250;
/// Stands for "no node".
const NIL: u32 = u32::MAX;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item<'s> {
    /// A text.
    Text(Cow<'s, str>),
    /// True or false.
    Bool(bool),
    /// A whole number, decoded; `None` where it does not fit 64 bits.
    Int(Option<i64>),
    /// A number with a point or exponent, without underscores.
    Float(Cow<'s, str>),
    /// A date, time or both, as written.
    Date(Cow<'s, str>),
    /// A list.
    List(Children),
    /// A table.
    Table(Children),
}

/// The members of a list or table: a chain through [`Node::next`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Children {
    first: u32,
    last: u32,
    /// How many there are.
    pub len: u32,
    /// Whether more keys may be added: not to what stands in braces or brackets.
    open: bool,
}

const EMPTY: Children = Children { first: NIL, last: NIL, len: 0, open: true };
const CLOSED: Children = Children { open: false, ..EMPTY };

/// A key with its value, or an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node<'s> {
    /// The key; empty in a list.
    pub key: Cow<'s, str>,
    /// Where the key begins, in bytes.
    pub key_at: u32,
    /// Where the value begins and ends, in bytes.
    pub span: (u32, u32),
    /// The value.
    pub item: Item<'s>,
    next: u32,
}

/// Something that TOML itself forbids: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes in the source.
    pub span: (u32, u32),
    /// What is wrong.
    pub message: String,
    /// Where the first of two stands that exclude each other.
    pub first: Option<u32>,
}

/// Collects errors, but not a file full of them.
struct Capped {
    list: Vec<ParseError>,
}

impl ErrorSink for Capped {
    fn report_error(&mut self, error: ParseError) {
        if self.list.len() < FAULT_LIMIT {
            self.list.push(error);
        }
    }
}

/// One section: the keys below one header, from the root of the file.
#[derive(Debug)]
pub(crate) struct Section<'s> {
    nodes: Vec<Node<'s>>,
    /// How many keys the header has; 0 for the keys before the first header.
    pub header: usize,
    /// Whether the header is `[[…]]`.
    pub array: bool,
    /// What TOML forbids in it.
    pub faults: Vec<Fault>,
}

impl<'s> Section<'s> {
    /// The table that the whole file is.
    pub fn root(&self) -> Children {
        match self.nodes.first().map(|n| &n.item) {
            Some(Item::Table(children)) => *children,
            _ => EMPTY,
        }
    }

    /// The members of a list or table, in order.
    pub fn children(&self, of: Children) -> impl Iterator<Item = &Node<'s>> {
        let mut at = of.first;
        std::iter::from_fn(move || {
            let node = self.nodes.get(at as usize)?;
            at = node.next;
            Some(node)
        })
    }
}

/// Cuts a file into sections.
pub(crate) struct Sections<'s> {
    lexer: Lexer<'s>,
    tokens: Vec<Token>,
    /// The header token that ended the section before.
    pending: Option<Token>,
    builder: Builder<'s>,
    done: bool,
}

impl<'s> Sections<'s> {
    pub fn new(text: &'s str) -> Self {
        let source = Source::new(text);
        Self {
            lexer: source.lex(),
            tokens: Vec::new(),
            pending: None,
            builder: Builder::new(source),
            done: false,
        }
    }

    /// The next section; it lasts until the one after it is asked for.
    pub fn next(&mut self) -> Option<&Section<'s>> {
        if self.done {
            return None;
        }
        self.cut();
        self.builder.clear();
        let mut errors = Capped { list: Vec::new() };
        parse_document(&self.tokens, &mut self.builder, &mut errors);
        for error in errors.list {
            let message = describe(&error);
            let span = error.unexpected().or(error.context()).unwrap_or_default();
            self.builder.fault(span, message, None);
        }
        Some(&self.builder.section)
    }

    /// Collects the tokens up to the next header: a bracket that begins a line outside of any other.
    /// In a file with unbalanced brackets the section only grows. The parser takes the end of the list
    /// of tokens for the end of the text.
    fn cut(&mut self) {
        self.tokens.clear();
        let mut depth = 0usize;
        let mut fresh_line = self.pending.is_none();
        if let Some(token) = self.pending.take() {
            self.tokens.push(token);
            depth = 1;
        }
        for token in self.lexer.by_ref() {
            match token.kind() {
                TokenKind::LeftSquareBracket if fresh_line && depth == 0 && !self.tokens.is_empty() => {
                    self.pending = Some(token);
                    return;
                }
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                    depth = depth.saturating_sub(1)
                }
                _ => {}
            }
            fresh_line = match token.kind() {
                TokenKind::Newline => true,
                TokenKind::Whitespace => fresh_line,
                _ => false,
            };
            self.tokens.push(token);
        }
        self.done = true;
    }
}

/// Makes a section out of the parser's events.
#[derive(Debug)]
struct Builder<'s> {
    source: Source<'s>,
    section: Section<'s>,
    /// The tables and lists that are open, outermost first: indices of nodes.
    stack: Vec<u32>,
    /// The keys read since the last value or header.
    keys: Vec<(Cow<'s, str>, Span)>,
    /// Whether there were more keys than are taken: then they name nothing.
    cut: bool,
    /// Members of large tables, by table and key.
    index: HashMap<(u32, Cow<'s, str>), u32, Seeded>,
}

impl<'s> Builder<'s> {
    fn new(source: Source<'s>) -> Self {
        let section = Section { nodes: Vec::new(), header: 0, array: false, faults: Vec::new() };
        let mut builder = Self {
            source,
            section,
            stack: Vec::new(),
            keys: Vec::new(),
            cut: false,
            index: HashMap::default(),
        };
        builder.clear();
        builder
    }

    fn clear(&mut self) {
        self.section.nodes.clear();
        self.section.header = 0;
        self.section.array = false;
        self.section.faults.clear();
        self.stack.clear();
        self.keys.clear();
        self.cut = false;
        self.index.clear();
        let root = Item::Table(EMPTY);
        self.section.nodes.push(Node {
            key: Cow::Borrowed(""),
            key_at: 0,
            span: (0, 0),
            item: root,
            next: NIL,
        });
        self.stack.push(0);
    }

    fn fault(&mut self, span: Span, message: impl Into<String>, first: Option<u32>) {
        let fault = Fault { span: bytes(span), message: message.into(), first };
        // A hundred brackets that nobody closed end at one place: once is enough.
        let said = self.section.faults.last().is_some_and(|last| *last == fault);
        if !said && self.section.faults.len() < FAULT_LIMIT {
            self.section.faults.push(fault);
        }
    }

    fn container(&self, of: u32) -> Option<Children> {
        match self.section.nodes.get(of as usize).map(|n| &n.item) {
            Some(Item::Table(children) | Item::List(children)) => Some(*children),
            _ => None,
        }
    }

    /// The member of a table with this key.
    #[expect(clippy::ptr_arg, reason = "the index has keys of this type")]
    fn member(&self, of: u32, key: &Cow<'s, str>) -> Option<u32> {
        let children = self.container(of)?;
        if children.len >= INDEX_FROM {
            return self.index.get(&(of, key.clone())).copied();
        }
        let mut at = children.first;
        while let Some(node) = self.section.nodes.get(at as usize) {
            if node.key == *key {
                return Some(at);
            }
            at = node.next;
        }
        None
    }

    /// Puts a node at the end of a table or list.
    fn append(&mut self, to: u32, key: Cow<'s, str>, key_at: u32, span: Span, item: Item<'s>) -> u32 {
        let new = self.section.nodes.len() as u32;
        self.section.nodes.push(Node { key, key_at, span: bytes(span), item, next: NIL });
        let Some(mut children) = self.container(to) else { return new };
        if let Some(last) = self.section.nodes.get_mut(children.last as usize) {
            last.next = new;
        } else {
            children.first = new;
        }
        children.last = new;
        children.len += 1;
        if let Some(Item::Table(place) | Item::List(place)) =
            self.section.nodes.get_mut(to as usize).map(|n| &mut n.item)
        {
            *place = children;
        }
        self.remember(to, children, new);
        new
    }

    /// Keeps the index of a table that has become large.
    fn remember(&mut self, of: u32, children: Children, new: u32) {
        let is_table = matches!(self.section.nodes.get(of as usize).map(|n| &n.item), Some(Item::Table(_)));
        if !is_table || children.len < INDEX_FROM {
            return;
        }
        let mut at = if children.len == INDEX_FROM { children.first } else { new };
        while let Some(node) = self.section.nodes.get(at as usize) {
            self.index.insert((of, node.key.clone()), at);
            at = node.next;
        }
    }

    /// Goes down along keys from a table, making the tables that are not there yet.
    fn descend(&mut self, mut at: u32, keys: Vec<(Cow<'s, str>, Span)>) -> Option<u32> {
        for (key, span) in keys {
            at = match self.member(at, &key) {
                None => self.append(at, key, span.start() as u32, span, Item::Table(EMPTY)),
                Some(found) => match self.container(found) {
                    Some(children) if children.open => found,
                    _ => {
                        let first = self.section.nodes.get(found as usize).map(|n| n.key_at);
                        self.fault(span, format!("`{}` has a value already", echo(&key)), first);
                        return None;
                    }
                },
            };
        }
        Some(at)
    }

    /// Puts a value behind the keys that were read, or into the open list.
    fn value(&mut self, span: Span, item: Item<'s>) -> Option<u32> {
        if std::mem::take(&mut self.cut) {
            self.keys.clear();
            return None;
        }
        let top = *self.stack.last()?;
        let Some((key, key_span)) = self.keys.pop() else {
            return Some(self.append(top, Cow::Borrowed(""), span.start() as u32, span, item));
        };
        // The vector of keys is kept for the next key, which is nearly always a single one.
        let table = if self.keys.is_empty() {
            top
        } else {
            let keys = std::mem::take(&mut self.keys);
            self.descend(top, keys)?
        };
        if let Some(first) = self.member(table, &key) {
            let first = self.section.nodes.get(first as usize).map(|n| n.key_at);
            self.fault(key_span, format!("`{}` is given twice", echo(&key)), first);
            return None;
        }
        Some(self.append(table, key, key_span.start() as u32, span, item))
    }

    /// Opens a table or list that a value is; where its key was wrong its members go nowhere.
    fn open(&mut self, span: Span, item: Item<'s>, error: &mut dyn ErrorSink) -> bool {
        if self.stack.len() >= DEPTH_LIMIT {
            error.report_error(
                ParseError::new(format!("nested more than {DEPTH_LIMIT} deep")).with_unexpected(span),
            );
            self.keys.clear();
            return false;
        }
        let node = self.value(span, item).unwrap_or(NIL);
        self.stack.push(node);
        true
    }

    fn close(&mut self, span: Span, closed: impl Fn(Children) -> Item<'s>) {
        if self.stack.len() < 2 {
            return;
        }
        let Some(top) = self.stack.pop() else { return };
        let Some(children) = self.container(top) else { return };
        if let Some(node) = self.section.nodes.get_mut(top as usize) {
            node.span.1 = span.end() as u32;
            node.item = closed(Children { open: false, ..children });
        }
    }

    fn header_closed(&mut self, span: Span, array: bool) {
        let mut keys = std::mem::take(&mut self.keys);
        self.section.header = keys.len();
        self.section.array = array;
        self.stack.truncate(1);
        if std::mem::take(&mut self.cut) {
            // What follows belongs to nothing.
            self.stack.push(NIL);
            return;
        }
        let last = if array { keys.pop() } else { None };
        let Some(mut at) = self.descend(0, keys) else { return };
        if let Some((key, key_span)) = last {
            let list = self.append(at, key, key_span.start() as u32, key_span, Item::List(CLOSED));
            at = self.append(list, Cow::Borrowed(""), key_span.start() as u32, key_span, Item::Table(EMPTY));
        }
        if let Some(node) = self.section.nodes.get_mut(at as usize) {
            node.span.1 = span.end() as u32;
        }
        // The header's own table stands for the root from here on.
        self.stack.clear();
        self.stack.push(at);
    }

    fn scalar_item(
        &self,
        span: Span,
        encoding: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) -> Option<Item<'s>> {
        let text = self.source.input().get(span.start()..span.end())?;
        let raw = toml_parser::Raw::new_unchecked(text, encoding, span);
        let mut decoded = Cow::Borrowed("");
        Some(match raw.decode_scalar(&mut decoded, error) {
            ScalarKind::String => Item::Text(decoded),
            ScalarKind::Boolean(value) => Item::Bool(value),
            ScalarKind::DateTime => Item::Date(decoded),
            ScalarKind::Float => Item::Float(decoded),
            ScalarKind::Integer(radix) => Item::Int(i64::from_str_radix(&decoded, radix.value()).ok()),
        })
    }
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, _span: Span, _error: &mut dyn ErrorSink) {
        self.keys.clear();
        self.cut = false;
    }

    fn std_table_close(&mut self, span: Span, _error: &mut dyn ErrorSink) {
        self.header_closed(span, false);
    }

    fn array_table_open(&mut self, _span: Span, _error: &mut dyn ErrorSink) {
        self.keys.clear();
        self.cut = false;
    }

    fn array_table_close(&mut self, span: Span, _error: &mut dyn ErrorSink) {
        self.header_closed(span, true);
    }

    fn inline_table_open(&mut self, span: Span, error: &mut dyn ErrorSink) -> bool {
        self.open(span, Item::Table(EMPTY), error)
    }

    fn inline_table_close(&mut self, span: Span, _error: &mut dyn ErrorSink) {
        self.close(span, Item::Table);
    }

    fn array_open(&mut self, span: Span, error: &mut dyn ErrorSink) -> bool {
        self.open(span, Item::List(EMPTY), error)
    }

    fn array_close(&mut self, span: Span, _error: &mut dyn ErrorSink) {
        self.close(span, Item::List);
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if self.keys.len() >= DEPTH_LIMIT {
            if !self.cut {
                let message = format!("a key of more than {DEPTH_LIMIT} parts");
                error.report_error(ParseError::new(message).with_unexpected(span));
            }
            self.cut = true;
            return;
        }
        let Some(text) = self.source.input().get(span.start()..span.end()) else { return };
        let mut decoded = Cow::Borrowed("");
        toml_parser::Raw::new_unchecked(text, encoding, span).decode_key(&mut decoded, error);
        self.keys.push((decoded, span));
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if let Some(item) = self.scalar_item(span, encoding, error) {
            self.value(span, item);
        }
    }

    fn comment(&mut self, span: Span, error: &mut dyn ErrorSink) {
        if let Some(text) = self.source.input().get(span.start()..span.end()) {
            toml_parser::Raw::new_unchecked(text, None, span).decode_comment(error);
        }
    }

    fn newline(&mut self, span: Span, error: &mut dyn ErrorSink) {
        if let Some(text) = self.source.input().get(span.start()..span.end()) {
            toml_parser::Raw::new_unchecked(text, None, span).decode_newline(error);
        }
    }

    fn error(&mut self, _span: Span, _error: &mut dyn ErrorSink) {
        self.keys.clear();
    }
}

fn bytes(span: Span) -> (u32, u32) {
    (span.start() as u32, span.end() as u32)
}

/// The parser's error as a sentence.
fn describe(error: &ParseError) -> String {
    let mut message = error.description().to_owned();
    let expected: Vec<String> = error
        .expected()
        .unwrap_or_default()
        .iter()
        .filter_map(|e| match e {
            toml_parser::Expected::Literal(text) => Some(format!("`{}`", text.escape_debug())),
            toml_parser::Expected::Description(text) => Some((*text).to_owned()),
            _ => None,
        })
        .collect();
    if !expected.is_empty() {
        message.push_str("; expected ");
        message.push_str(&expected.join(", "));
    }
    message
}
