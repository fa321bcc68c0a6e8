//! Reading on several threads: a register's files in parts, each read by itself and put in its place.
//!
//! Lexing and decoding are nearly all of the work, and no file needs another for them. So each thread
//! reads parts (runs of files) into builders of their own, and this thread absorbs these in the order of
//! the files. A part is absorbed only where it says nothing that could depend on what stands before it:
//! without any problem, and with none of its things declared already. Any other part is read here once
//! more, file by file, as on one thread. Hence rows, symbols, problems and their order are those of one
//! thread, whatever the files say; only the time that wrong files take may be twice as long.
//!
//! A thread waits with each part until it is taken: not more than one read part a thread is in memory.

use crate::builder::Builder;
use crate::reader::read_file;
use hegui_catalog::model::Catalog;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{available_parallelism, scope};

/// Bytes that are worth a thread.
const THREAD_BYTES: usize = 1 << 20;
/// So many threads at most: absorbing is one thread's work, and every one holds a part.
const THREAD_LIMIT: usize = 16;
/// A thread has at least so many parts, where files are small, so that none is idle for long.
const PARTS_A_THREAD: usize = 8;

/// How many threads files of this size are worth on this machine.
pub(crate) fn threads_for(files: &[(String, String)]) -> usize {
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let machine = available_parallelism().map_or(1, usize::from);
    (bytes / THREAD_BYTES).min(machine).clamp(1, THREAD_LIMIT)
}

/// Files that stand one behind the other.
struct Part {
    /// The number of the first.
    first: usize,
    texts: Vec<String>,
}

impl Part {
    /// Whether no problems would be listed of one of the files: then some of it is passed over.
    fn is_told(&self, builder: &Builder<'_>) -> bool {
        (self.first..).take(self.texts.len()).any(|file| builder.is_told(file))
    }

    fn read(&self, builder: &mut Builder<'_>) {
        for (at, text) in self.texts.iter().enumerate() {
            read_file(builder, self.first + at, text);
        }
    }
}

/// Reads the texts of the builder's files, from the first on.
pub(crate) fn read(builder: &mut Builder<'_>, texts: Vec<String>, threads: usize) {
    let parts = parts_of(texts, threads);
    if threads <= 1 || parts.len() <= 1 {
        for part in parts {
            part.read(builder);
        }
        return;
    }
    let mut shares: Vec<Vec<Part>> = (0..threads.min(parts.len())).map(|_| Vec::new()).collect();
    for (at, part) in parts.into_iter().enumerate() {
        let share = at % shares.len();
        if let Some(share) = shares.get_mut(share) {
            share.push(part);
        }
    }
    read_shares(builder, shares);
}

/// Reads parts that were dealt out in turn: a thread a share, taken back in the same turn.
fn read_shares(builder: &mut Builder<'_>, shares: Vec<Vec<Part>>) {
    let (catalog, files): (&Catalog, _) = (builder.catalog, Arc::clone(&builder.files));
    scope(|scope| {
        let mut workers = Vec::with_capacity(shares.len());
        for share in shares {
            let files = Arc::clone(&files);
            let (give, take) = sync_channel(0);
            let worker = scope.spawn(move || {
                for part in share {
                    let mut read = Builder::new(catalog, Arc::clone(&files));
                    part.read(&mut read);
                    if give.send((part, read)).is_err() {
                        return;
                    }
                }
            });
            workers.push((take, worker));
        }
        // The first that has no more to give is the last one's successor, unless it panicked.
        'all: loop {
            for (take, _) in &workers {
                let Ok((part, read)) = take.recv() else { break 'all };
                if part.is_told(builder) || !builder.absorb(read) {
                    part.read(builder);
                }
            }
        }
        for (take, worker) in workers {
            drop(take);
            if let Err(panic) = worker.join() {
                resume_unwind(panic);
            }
        }
    });
}

/// Cuts a register into parts; a large file is one by itself.
fn parts_of(texts: Vec<String>, threads: usize) -> Vec<Part> {
    let bytes: usize = texts.iter().map(String::len).sum();
    let enough = (bytes / threads.max(1) / PARTS_A_THREAD).min(THREAD_BYTES);
    let mut parts: Vec<Part> = Vec::new();
    let mut room = 0;
    for (at, text) in texts.into_iter().enumerate() {
        let size = text.len().max(1);
        match parts.last_mut() {
            Some(part) if room >= size => {
                room -= size;
                part.texts.push(text);
            }
            _ => {
                room = enough.saturating_sub(size);
                parts.push(Part { first: at, texts: vec![text] });
            }
        }
    }
    parts
}
