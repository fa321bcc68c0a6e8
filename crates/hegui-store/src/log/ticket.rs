//! Waiting until an event is durable: by blocking a thread, or as a future.

use super::error::LogError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of a batch.
#[derive(Default)]
pub(crate) struct Fate {
    state: Mutex<State>,
    known: Condvar,
}

#[derive(Default)]
struct State {
    outcome: Option<Result<(), LogError>>,
    wakers: Vec<Waker>,
}

impl Fate {
    /// Tells everybody who waits. What was said first stands, so that all hear the same.
    pub(crate) fn set(&self, outcome: Result<(), LogError>) {
        let mut state = locked(&self.state);
        state.outcome.get_or_insert(outcome);
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.known.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// An event that was taken and waits for the disk. To be awaited, or waited for by a thread.
#[must_use = "an event is durable only when its ticket says so"]
pub struct Ticket {
    sequence: u64,
    fate: Arc<Fate>,
}

impl Ticket {
    pub(crate) fn new(sequence: u64, fate: Arc<Fate>) -> Self {
        Self { sequence, fate }
    }

    /// Blocks until the event is durable; its sequence.
    ///
    /// # Errors
    /// When its batch was refused or the disk failed.
    pub fn wait(self) -> Result<u64, LogError> {
        let state = locked(&self.fate.state);
        let state = self.fate.known.wait_while(state, |state| state.outcome.is_none());
        match &state.unwrap_or_else(PoisonError::into_inner).outcome {
            Some(Err(error)) => Err(error.clone()),
            _ => Ok(self.sequence),
        }
    }
}

impl Future for Ticket {
    type Output = Result<u64, LogError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = locked(&self.fate.state);
        match &state.outcome {
            Some(outcome) => Poll::Ready(outcome.clone().map(|()| self.sequence)),
            None => {
                let waker = context.waker();
                if !state.wakers.iter().any(|other| other.will_wake(waker)) {
                    state.wakers.push(waker.clone());
                }
                Poll::Pending
            }
        }
    }
}
