//! Questions answered, and what is recorded of the answers.

use super::{Live, Platform, PlatformError};
use crate::authzen::{Misasked, Request, Response};
use crate::happening::{Decided, Happened};
use hegui_catalog::model::Lang;
use hegui_decide::explain::Names;
use hegui_ledger::event::SubjectId;

impl Platform {
    /// Answers a question in AuthZEN's form. What is recorded of it is durable when this returns.
    ///
    /// # Errors
    /// When it is not in form, demands more of the log than there is, or the log fails.
    pub fn evaluate(&self, request: &Request, now_ms: i64, lang: Lang) -> Result<Response, PlatformError> {
        let one = self.evaluate_all(std::slice::from_ref(request), now_ms, lang)?.pop();
        Ok(one.ok_or(PlatformError::Stopped)??)
    }

    /// Answers many questions, in their order.
    ///
    /// # Errors
    /// When the log fails, or an answer is beyond what it can hold. A question that is not in form is an
    /// error of its own.
    pub fn evaluate_all(
        &self,
        requests: &[Request],
        now_ms: i64,
        lang: Lang,
    ) -> Result<Vec<Result<Response, Misasked>>, PlatformError> {
        let mut responses = Vec::with_capacity(requests.len());
        let mut beyond = Ok(());
        let ticket = {
            let mut live = self.live();
            live.ready(now_ms)?;
            let mut drafts = vec![];
            for request in requests {
                let answered = self.answer(&live, request, now_ms, lang);
                if let Ok((response, decided, whom)) = &answered
                    && self.is_recorded(&mut live, response)
                {
                    let what = decided.clone().into();
                    let event = Happened { time_ms: now_ms, subject: Some(*whom), what };
                    beyond = self.take(&mut live, &event, now_ms).map(|(_, draft)| drafts.push(draft));
                    if beyond.is_err() {
                        break;
                    }
                }
                responses.push(answered.map(|(response, ..)| response));
            }
            self.submit(&mut live, &drafts)?
        };
        self.settle(ticket)?;
        beyond.map(|()| responses)
    }

    fn answer(
        &self,
        live: &Live,
        request: &Request,
        now_ms: i64,
        lang: Lang,
    ) -> Result<(Response, Decided, SubjectId), Misasked> {
        let asked = request.question(&live.books, &|identifier| self.subject(identifier), now_ms)?;
        let fact = |key: &_| live.ground.register.path(&live.ground.catalog.schema, key);
        let names = Names { directory: &live.books.directory, fact: &fact, lang };
        let response = request.answer(&live.books, &live.rules, &asked, names);
        let decided = request.decided(&asked, &response);
        Ok((response, decided, asked.subject))
    }

    /// Permits always are; of the others one in so many.
    fn is_recorded(&self, live: &mut Live, response: &Response) -> bool {
        if response.context.outcome == "permit" {
            return true;
        }
        let one_in = self.keeping.denials_one_in;
        let recorded = one_in != 0 && live.denials.is_multiple_of(one_in);
        live.denials = live.denials.wrapping_add(1);
        recorded
    }
}
