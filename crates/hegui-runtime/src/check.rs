//! Whether something may be recorded.
//!
//! Refused is what would make a false record (a version nobody published, a consent to what was never
//! shown) and what the law does not let stand (a guardian's consent missing, deletion under legal hold).
//! What has been done is recorded, however unlawful it was.

use crate::books::{Books, subject};
use crate::ground::{Ground, Item};
use crate::happening::{
    Consented, Happened, Happening, LIST, LoggingSwitched, Power, Published, Shown, Whom,
};
use crate::refusal::{Reason, Refusal, Why};
use crate::template::lacking;
use hegui_decide::event::Form;
use hegui_decide::question::Stage;
use hegui_logic::error::nearest;

/// How far a clock may be ahead, in milliseconds.
pub const AHEAD_MS: i64 = 60_000;
/// Longest text in an event, in bytes: what the ledger's own names allow.
const TEXT: usize = 255;

/// What an event is checked against.
struct Checker<'a> {
    books: &'a Books,
    ground: &'a Ground,
    time_ms: i64,
}

type Checked = Result<(), Refusal>;

impl Books {
    /// Checks an event against the books and the register, before it is recorded. `now_ms` is the time,
    /// in milliseconds since 1970 (UTC).
    ///
    /// # Errors
    /// The first thing that is in the way, with its clause and what to do.
    pub fn check(&self, ground: &Ground, event: &Happened, now_ms: i64) -> Result<(), Refusal> {
        let checker = Checker { books: self, ground, time_ms: event.time_ms };
        let entry = event.what.entry();
        if event.time_ms > now_ms.saturating_add(AHEAD_MS) {
            return checker.refuse(Reason::Time, "time", []);
        }
        match (entry.whom, event.subject) {
            (Whom::Person, None) => return checker.refuse(Reason::Person, "subject", []),
            (Whom::Nobody, Some(_)) => return checker.refuse(Reason::NoPerson, "subject", []),
            _ => {}
        }
        checker.whom(event)?;
        checker.what(event)
    }
}

impl Checker<'_> {
    fn refuse<const N: usize>(&self, reason: Reason, field: &'static str, lacking: [&str; N]) -> Checked {
        Err(self.refusal(reason, field, lacking.map(str::to_owned).to_vec()))
    }

    fn refusal(&self, reason: Reason, field: &'static str, lacking: Vec<String>) -> Refusal {
        self.ground.refusal(reason, field, lacking)
    }

    /// Whether anything may be said of the person.
    fn whom(&self, event: &Happened) -> Checked {
        let person = event.subject.and_then(|id| self.books.persons.get(&subject(id)));
        let erased = person.is_some_and(|person| person.erased);
        match &event.what {
            Happening::Readmitted(_) if !erased => self.refuse(Reason::NotErased, "subject", []),
            // What makes a person's data be processed anew; the record of what happened goes on.
            Happening::Consented(_) | Happening::Shown(_) | Happening::RetentionSet(_) if erased => {
                self.refuse(Reason::Erased, "subject", [])
            }
            _ => Ok(()),
        }
    }

    fn what(&self, event: &Happened) -> Checked {
        match &event.what {
            Happening::Published(what) => self.published(what),
            Happening::Shown(what) => self.shown(what),
            Happening::NoticeOmitted(what) => {
                self.text("reason", &what.reason)?;
                self.text_thing(&what.text)?;
                self.code("ground", ("notice", "exemptions_proved"), &what.ground, "5.6.4.6")?;
                match what.reason.trim().is_empty() {
                    true => self.refuse(Reason::Unreasoned, "reason", []),
                    false => Ok(()),
                }
            }
            Happening::ConsentAsked(what) => {
                self.item(&what.item)?;
                self.thing("place", "consent", &what.place)
            }
            Happening::Consented(what) => self.consented(event, what),
            Happening::Refused(what) => {
                self.item(&what.item)?;
                self.thing("place", "consent", &what.place)
            }
            Happening::Withdrew(what) => self.item(&what.item).map(drop),
            Happening::OptedOut(what) => self.item(&what.item).map(drop),
            Happening::Objected(what) => self.item(&what.item).map(drop),
            Happening::AgeEstablished(what) => self.text("how", &what.how),
            Happening::WithdrawalActed(what) => {
                self.list("recipients_told", &what.recipients_told)?;
                let pending = self.books.pending.get(&what.withdrawal);
                match pending.filter(|pending| Some(pending.subject) == event.subject.map(subject)) {
                    Some(_) => Ok(()),
                    None => self.refuse(Reason::Withdrawal, "withdrawal", [&what.withdrawal.to_string()]),
                }
            }
            Happening::Processed(what) => {
                self.list("types", &what.types)?;
                let texts = [Some(&what.activity), Some(&what.system), Some(&what.operator)];
                let more = [what.purpose.as_ref(), what.source.as_ref(), what.recipient.as_ref()];
                texts.into_iter().chain(more).flatten().try_for_each(|text| self.text("", text))
            }
            Happening::LoggingSwitched(what) => self.logging(what),
            Happening::Covered(what) => self.text("by", &what.by),
            Happening::RequestReceived(what) => {
                self.text("request", &what.request)?;
                self.code("asks", ("request", "type"), &what.asks, "5.8.2")?;
                self.thing("product", "product", &what.product)?;
                if let Some(opt_out) = &what.opt_out {
                    self.thing("opt_out", "opt_out", opt_out)?;
                }
                match self.books.requests.contains_key(&what.request) {
                    true => self.refuse(Reason::RequestTwice, "request", [&what.request]),
                    false => self.named("request", "request", &what.request),
                }
            }
            Happening::RequestAnswered(what) => {
                let request = self.books.requests.get(&what.request);
                match request.filter(|request| request.answered.is_none()) {
                    Some(_) => Ok(()),
                    None => self.refuse(Reason::Request, "request", []),
                }
            }
            Happening::IncidentDetected(what) => {
                self.code("sort", ("incident", "type"), &what.sort, "5.6.3.2")?;
                match self.books.incidents.contains_key(&what.incident) {
                    true => self.refuse(Reason::IncidentTwice, "incident", [&what.incident]),
                    false => self.named("incident", "incident", &what.incident),
                }
            }
            Happening::IncidentNotified(what) => match self.books.incidents.contains_key(&what.incident) {
                true => Ok(()),
                false => self.refuse(Reason::Incident, "incident", []),
            },
            Happening::RetentionSet(what) => self.thing("activity", "activity", &what.activity),
            Happening::DeletionTasked(what) => {
                self.list("types", &what.types)?;
                self.thing("activity", "activity", &what.activity)?;
                self.thing("system", "system", &what.system)?;
                if let Some(termination) = &what.termination {
                    self.thing("termination", "termination", termination)?;
                }
                match self.books.holds.contains_key(&what.activity) {
                    true => self.refuse(Reason::Hold, "activity", [&what.activity]),
                    false => Ok(()),
                }
            }
            Happening::DeletionProved(what) => {
                self.code("operation", ("termination", "operations"), &what.operation, "7.3.3.1")?;
                self.hash("proof_sha256", &what.proof_sha256)?;
                let task = self.books.tasks.get(&what.task);
                match task.filter(|task| task.proved.is_none()) {
                    Some(_) => Ok(()),
                    None => self.refuse(Reason::Task, "task", [&what.task.to_string()]),
                }
            }
            Happening::LegalHold(what) => {
                self.thing("activity", "activity", &what.activity)?;
                self.text("basis", &what.basis)
            }
            Happening::Erased(_) | Happening::Decided(_) => self.refuse(Reason::Own, "type", []),
            Happening::Readmitted(_) | Happening::Restricted(_) => Ok(()),
        }
    }

    fn published(&self, what: &Published) -> Checked {
        for list in [&what.languages, &what.about, &what.contents, &what.products, &what.changes] {
            self.list("", list)?;
        }
        self.text_thing(&what.text)?;
        self.hash("sha256", &what.sha256)?;
        what.about.iter().try_for_each(|item| self.item(item).map(drop))?;
        what.products.iter().try_for_each(|product| self.thing("products", "product", product))?;
        for change in &what.changes {
            self.code("changes", ("document", "change_kinds"), change, "5.5.3")?;
        }
        let editions = self.books.texts.get(&what.text).map(|text| &text.editions);
        if let Some((last, _)) = editions.and_then(|editions| editions.last_key_value())
            && what.version <= *last
        {
            return self.refuse(Reason::Version, "version", [&last.to_string()]);
        }
        if what.effective_ms < self.time_ms {
            return self.refuse(Reason::Effective, "effective_ms", []);
        }
        let (kind, _) = what.text.split_once('.').unwrap_or_default();
        let fact = if kind == "incident" { "notice_contents" } else { "contents" };
        for element in &what.contents {
            self.code("contents", (kind, fact), element, "5.6.4.3")?;
        }
        let lacking = lacking(self.ground, &what.text, &what.contents).unwrap_or_default();
        match lacking.first() {
            None => Ok(()),
            Some(first) => {
                let all = lacking.iter().flat_map(|lacking| &lacking.elements);
                let refusal = self.refusal(Reason::Contents, "contents", all.cloned().collect());
                let (clause, remedy) = (first.requirement.clone(), first.remedy.clone());
                Err(Why { clause, remedy, ..(*refusal).clone() }.into())
            }
        }
    }

    fn shown(&self, what: &Shown) -> Checked {
        self.text("language", &what.language)?;
        if self.books.edition(&what.text, what.version).is_none() {
            return self.refuse(Reason::Unpublished, "version", [&what.text, &what.version.to_string()]);
        }
        match what.text.split_once('.') {
            Some(("document", _)) => self.code("how", ("document", "notice_delivery"), &what.how, "5.6.2"),
            Some(("incident", _)) => self.code("how", ("incident", "notice_ways"), &what.how, "5.6.3.4"),
            _ => self.code("how", ("notice", "delivery"), &what.how, "5.6.4.5"),
        }
    }

    fn consented(&self, event: &Happened, what: &Consented) -> Checked {
        self.list("types", &what.types)?;
        let item = self.item(&what.item)?;
        self.thing("place", "consent", &what.place)?;
        if !item.stages.contains(&what.stage) {
            return self.refuse(Reason::Stage, "stage", []);
        }
        let unlisted = what.types.iter().filter(|code| !item.types.contains(*code));
        let unlisted: Vec<String> = unlisted.cloned().collect();
        if !unlisted.is_empty() || what.types.is_empty() {
            return Err(self.refusal(Reason::Types, "types", unlisted));
        }
        self.recipient(what)?;
        // A tick that was there is recorded as what it is, and has no effect: nothing more is asked of it.
        if what.form == Form::TickedBeforehand {
            return Ok(());
        }
        let person = event.subject.and_then(|id| self.books.persons.get(&subject(id)));
        let text = self.books.directory.find(&what.text);
        let shown =
            person.zip(text).is_some_and(|(person, text)| person.shown.contains(&(text, what.version)));
        let about = self.books.edition(&what.text, what.version).map(|edition| &edition.about);
        if !shown || !about.is_some_and(|about| about.contains(&what.item)) {
            return self.refuse(Reason::NeverShown, "version", [&what.text, &what.version.to_string()]);
        }
        if what.form == Form::Written && what.document_sha256.is_none() {
            return self.refuse(Reason::Document, "document_sha256", []);
        }
        if let Some(hash) = &what.document_sha256 {
            self.hash("document_sha256", hash)?;
        }
        if person.is_some_and(|person| person.under_14 == Some(true)) && !what.by_guardian {
            return self.refuse(Reason::Guardian, "by_guardian", []);
        }
        match what.expires_ms.is_some_and(|expires| expires <= event.time_ms) {
            true => self.refuse(Reason::Term, "expires_ms", []),
            false => Ok(()),
        }
    }

    /// Consent to whose receiving it, where the item has a recipient: it is the register's.
    fn recipient(&self, what: &Consented) -> Checked {
        let receives = matches!(what.stage, Stage::Provide | Stage::Transfer | Stage::Export);
        let Some((kind, _)) = what.item.split_once('.') else { return Ok(()) };
        let registered = self.ground.value(kind, &what.item, "recipient");
        let given = what.recipient.as_deref().map(|name| self.ground.thing("party", name));
        match (receives, registered, given) {
            (true, Some(hegui_logic::universe::Value::Thing(row)), Some(Some((_, named))))
                if row == named =>
            {
                Ok(())
            }
            (false, _, None) => Ok(()),
            _ => self.refuse(Reason::Recipient, "recipient", []),
        }
    }

    fn logging(&self, what: &LoggingSwitched) -> Checked {
        self.thing("system", "system", &what.system)?;
        self.text("by", &what.by)?;
        let another = what.approved_by.as_ref().is_some_and(|approver| *approver != what.by);
        match what.to != Power::On && !another {
            true => self.refuse(Reason::TwoPersons, "approved_by", []),
            false => Ok(()),
        }
    }

    fn item(&self, name: &str) -> Result<&Item, Refusal> {
        self.ground.item(name).ok_or_else(|| {
            let near = nearest(name, self.ground.items());
            self.refusal(Reason::Item, "item", near.into_iter().collect())
        })
    }

    fn thing(&self, field: &'static str, kind: &str, name: &str) -> Checked {
        match self.ground.thing(kind, name) {
            Some(_) => Ok(()),
            None => self.refuse(Reason::Thing, field, [kind]),
        }
    }

    /// A policy, a notice or an incident.
    fn text_thing(&self, name: &str) -> Checked {
        let found =
            ["document", "notice", "incident"].iter().any(|kind| self.ground.thing(kind, name).is_some());
        if found { Ok(()) } else { self.refuse(Reason::Thing, "text", ["document", "notice", "incident"]) }
    }

    /// A name for a thing of this kind that the register need not have yet.
    fn named(&self, field: &'static str, kind: &str, name: &str) -> Checked {
        let id = name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        match !id.is_empty() && id.len() <= TEXT && id.chars().all(good) {
            true => Ok(()),
            false => self.refuse(Reason::Thing, field, [kind]),
        }
    }

    fn code(&self, field: &'static str, (kind, fact): (&str, &str), code: &str, clause: &str) -> Checked {
        let codes = self.ground.codes(kind, fact);
        if codes.iter().any(|known| known == code) {
            return Ok(());
        }
        let near = nearest(code, codes.iter().map(String::as_str));
        let lacking = [format!("{kind}.{fact}")].into_iter().chain(near).collect();
        let why = (*self.refusal(Reason::Code, field, lacking)).clone();
        Err(Why { clause: clause.to_owned(), ..why }.into())
    }

    fn hash(&self, field: &'static str, hash: &str) -> Checked {
        match hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            true => Ok(()),
            false => self.refuse(Reason::Hash, field, []),
        }
    }

    fn list(&self, field: &'static str, list: &[String]) -> Checked {
        match list.len() > LIST || list.iter().any(|text| text.len() > TEXT) {
            true => self.refuse(Reason::Long, field, []),
            false => Ok(()),
        }
    }

    fn text(&self, field: &'static str, text: &str) -> Checked {
        match text.len() > TEXT {
            true => self.refuse(Reason::Long, field, []),
            false => Ok(()),
        }
    }
}
