//! A paper that is too long for one file, in several.
//!
//! A volume ends before a heading of level 1 or 2 where one is near, else between blocks or rows; never
//! after a heading. The next repeats the headings that are open and takes up their count. Every volume has the cover and says which
//! it is; a link into another volume becomes its text and the number of that volume.

use hegui_catalog::model::Lang;
use hegui_report::paper::{Block, Paper, Span, Table};
use std::collections::BTreeMap;

/// A volume: a paper of its own, and the count of headings, level by level, at which it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Volume {
    pub(crate) paper: Paper,
    pub(crate) counted: [usize; 4],
}

/// About how many lines a page holds, in the measure of [`weight`].
const PAGE: usize = 40;

/// A paper in volumes of about so many pages.
pub(crate) fn volumes(paper: &Paper, pages: usize) -> Vec<Volume> {
    let most = pages.max(1) * PAGE;
    let parts = split(paper.blocks.iter().flat_map(|block| pieces(block, most)).collect(), most);
    let of = parts.len();
    if of == 1 {
        return vec![Volume { paper: paper.clone(), counted: [0; 4] }];
    }
    let places = places(&parts);
    let mut counted = [0; 4];
    let mut open: Vec<(u8, String)> = vec![];
    let mut volumes = vec![];
    for (number, blocks) in (1..).zip(parts) {
        let begins = counted;
        let repeated = repeated(&open, blocks.first(), paper.lang);
        for block in &blocks {
            count(block, &mut counted);
            if let Block::Heading { level, text, .. } = block {
                open.retain(|(above, _)| above < level);
                open.push((*level, text.clone()));
            }
        }
        let mut volume = Paper { blocks: [repeated, blocks].concat(), ..head(paper, number, of) };
        volume.blocks.iter_mut().for_each(|block| unlink(block, number, &places, paper.lang));
        volumes.push(Volume { paper: volume, counted: begins });
    }
    volumes
}

/// All of a paper but what it says.
fn head(paper: &Paper, number: usize, of: usize) -> Paper {
    let which = match paper.lang {
        Lang::Zh => format!("第 {number} 册（共 {of} 册）"),
        Lang::En => format!("volume {number} of {of}"),
    };
    let named = |text: &str| if text.is_empty() { which.clone() } else { format!("{text} · {which}") };
    Paper {
        lang: paper.lang,
        title: paper.title.clone(),
        subtitle: named(&paper.subtitle),
        cover: paper.cover.clone(),
        running: named(&paper.running),
        author: paper.author.clone(),
        date: paper.date.clone(),
        watermark: paper.watermark.clone(),
        contents: paper.contents,
        blocks: vec![],
    }
}

/// The headings below which a volume begins, once more.
fn repeated(open: &[(u8, String)], first: Option<&Block>, lang: Lang) -> Vec<Block> {
    let below = match first {
        Some(Block::Heading { level, .. }) => *level,
        _ => u8::MAX,
    };
    let above = open.iter().filter(|(level, _)| *level < below);
    above
        .map(|(level, text)| Block::Heading {
            level: *level,
            text: match lang {
                Lang::Zh => format!("{text}（续）"),
                Lang::En => format!("{text} (continued)"),
            },
            anchor: None,
            numbered: false,
        })
        .collect()
}

/// A block as one or, if it is a long table, as several that say the same.
fn pieces(block: &Block, most: usize) -> Vec<Block> {
    let Block::Table(table) = block else { return vec![block.clone()] };
    let mut pieces = vec![];
    let mut rest = table.rows.as_slice();
    while !rest.is_empty() || pieces.is_empty() {
        let mut weight = 0;
        let fits = rest.iter().take_while(|row| {
            weight += row_weight(row, table.columns.len());
            weight <= most / 2
        });
        let (rows, more) = rest.split_at(fits.count().max(1).min(rest.len()));
        rest = more;
        pieces.push(Block::Table(Table {
            caption: table.caption.clone(),
            columns: table.columns.clone(),
            rows: rows.to_vec(),
        }));
    }
    pieces
}

/// Blocks in parts, none heavier than `most` unless it is one block.
fn split(blocks: Vec<Block>, most: usize) -> Vec<Vec<Block>> {
    let mut parts = vec![];
    let mut part: Vec<Block> = vec![];
    let mut heavy = 0;
    for block in blocks {
        let more = weight(&block);
        if heavy + more > most && !part.is_empty() {
            let next = part.split_off(end(&part));
            if !part.is_empty() {
                parts.push(std::mem::replace(&mut part, next));
            } else {
                part = next;
            }
            heavy = part.iter().map(weight).sum();
        }
        heavy += more;
        part.push(block);
    }
    parts.push(part);
    parts
}

/// Where a full part ends: before the last chapter or section that begins in its second half, else at its
/// end, but for headings that nothing would follow.
fn end(part: &[Block]) -> usize {
    let opens = |block: &Block| matches!(block, Block::Heading { level: 1 | 2, .. });
    let heading = |block: &Block| matches!(block, Block::Heading { .. } | Block::NewPage);
    let last = part.iter().rposition(|block| !heading(block)).map_or(0, |place| place + 1);
    let half = part.len() / 2;
    let section = part.iter().take(last).rposition(opens).filter(|place| *place > half);
    // Headings that stand directly before it belong to it.
    let section =
        section.map(|place| part.iter().take(place).rposition(|b| !heading(b)).map_or(0, |p| p + 1));
    section.unwrap_or(last)
}

/// About how many lines a block takes.
fn weight(block: &Block) -> usize {
    match block {
        Block::Heading { .. } => 2,
        Block::Table(table) => {
            2 + table.rows.iter().map(|row| row_weight(row, table.columns.len())).sum::<usize>()
        }
        Block::NewPage => PAGE / 2,
        Block::Signatures(lines) => 2 * lines.len(),
        Block::Paragraph { .. } | Block::List { .. } => {
            1 + block.spans().iter().map(|span| span.text().len()).sum::<usize>() / 120
        }
    }
}

fn row_weight(row: &hegui_report::paper::Row, columns: usize) -> usize {
    let length = |spans: &Vec<Span>| spans.iter().map(|span| span.text().len()).sum::<usize>();
    let cells = row.cells.iter();
    cells.map(|cell| cell.iter().map(|spans| 1 + length(spans) * columns / 120).sum()).max().unwrap_or(1)
}

/// In which volume an anchor stands.
fn places(parts: &[Vec<Block>]) -> BTreeMap<String, usize> {
    let anchors = |(number, blocks): (usize, &Vec<Block>)| {
        let names = blocks.iter().flat_map(Block::anchors);
        names.map(|name| (name.to_owned(), number)).collect::<Vec<_>>()
    };
    let mut places = BTreeMap::new();
    for (name, number) in (1..).zip(parts).flat_map(anchors) {
        places.entry(name).or_insert(number);
    }
    places
}

/// Links into other volumes become text.
fn unlink(block: &mut Block, here: usize, places: &BTreeMap<String, usize>, lang: Lang) {
    for span in block.spans_mut() {
        let Span::Link { text, to } = span else { continue };
        let Some(there) = places.get(to).filter(|there| **there != here) else { continue };
        *span = Span::Text(match lang {
            Lang::Zh => format!("{text}（第 {there} 册）"),
            Lang::En => format!("{text} (volume {there})"),
        });
    }
}

/// Counts a heading as the template does.
fn count(block: &Block, counted: &mut [usize; 4]) {
    let Block::Heading { level, numbered: true, .. } = block else { return };
    let level = usize::from(level.saturating_sub(1).min(3));
    if let Some((own, below)) = counted.get_mut(level..).and_then(<[usize]>::split_first_mut) {
        *own += 1;
        below.fill(0);
    }
}
