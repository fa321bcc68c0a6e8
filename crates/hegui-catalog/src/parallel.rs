//! The same work on each of many items, on all of the machine's processors.

use crate::document::Sink;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a function makes of each item, in the order of the items. It is given the item's place too.
pub fn each<T: Sync, R: Send>(items: &[T], make: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    each_with(items, || (), |(), place, item| make(place, item))
}

/// As [`each`], with something that each processor makes once for itself.
pub fn each_with<T: Sync, R: Send, S>(
    items: &[T],
    begin: impl Fn() -> S + Sync,
    make: impl Fn(&S, usize, &T) -> R + Sync,
) -> Vec<R> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let (own, mut made) = (begin(), vec![]);
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            match items.get(place) {
                Some(item) => made.push((place, make(&own, place, item))),
                None => return made,
            }
        }
    };
    let mut made = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut made = work();
        for other in others {
            match other.join() {
                Ok(more) => made.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        made
    });
    made.sort_unstable_by_key(|(place, _)| *place);
    made.into_iter().map(|(_, made)| made).collect()
}

/// As [`each`], with a sink for what is wrong with each item; all of it is noted in `sink`.
pub fn each_noting<T: Sync, R: Send>(
    items: &[T],
    sink: &Sink,
    make: impl Fn(usize, &T, &Sink) -> R + Sync,
) -> Vec<R> {
    let made = each(items, |place, item| {
        let own = Sink::default();
        let made = make(place, item, &own);
        (made, own.into_inner())
    });
    let note = |(made, problems)| {
        sink.borrow_mut().extend(problems);
        made
    };
    made.into_iter().map(note).collect()
}
