//! Past decisions, as they were answered then.

use crate::answer::Answer;
use crate::event::{Beyond, Event};
use crate::question::Question;
use crate::rules::Rules;
use crate::state::State;

impl Rules {
    /// The answer to a question as of an index of the log: entries from it on had not happened. The
    /// rules are those of the register's version that the answer given then names; the events are the
    /// log's in its order, or only those of the question's subject: what others did changes no answer.
    ///
    /// # Errors
    /// When an index is too high for a state.
    pub fn replay<'e>(
        &self,
        events: impl IntoIterator<Item = (u64, &'e Event)>,
        as_of: u64,
        question: &Question,
    ) -> Result<Answer, Beyond> {
        let mut state = State::new();
        for (index, event) in events {
            if index < as_of && event.subject == question.subject {
                state.apply(index, event)?;
            }
        }
        Ok(Answer { log_index: as_of, ..self.decide(&state, question) })
    }
}
