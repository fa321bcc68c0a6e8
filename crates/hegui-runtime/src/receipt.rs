//! A receipt for a consent, for the person who gave it, in the form of ISO/IEC TS 27560:2023.
//!
//! The record has that specification's parts and names: a header, what is processed and on which notice,
//! who is responsible, and the events from giving to withdrawal. It is built from events of the log and
//! the register, never written by hand, and says at which indexes of the log they stand, so that proofs of
//! inclusion can go with it. The text is signed as a note ([`hegui_ledger::note`]).

use crate::ground::Ground;
use crate::happening::{Consented, Happened, Happening};
use hegui_decide::event::Form;
use hegui_decide::question::Stage;
use hegui_ledger::event::SubjectId;
use hegui_ledger::note::{NoteError, Signer};
use hegui_logic::universe::Value;
use serde::Serialize;

/// The form of the receipt; a later one has another.
pub const SCHEMA: &str = "hegui-consent-receipt/1 (ISO/IEC TS 27560:2023)";

/// A receipt. Times are milliseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The form.
    pub schema_version: &'static str,
    /// What it is called: the ledger, and the index of the consent in it.
    pub record_id: String,
    /// The person, by the keyed id that the ledger has.
    pub pii_principal_id: String,
    /// What is processed.
    pub pii_processing: Processing,
    /// Who is responsible.
    pub party_identification: Vec<Party>,
    /// What happened, in the log's order.
    pub event: Vec<Event>,
}

/// What is processed, and on which notice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Processing {
    /// The notice shown with it.
    pub privacy_notice: Notice,
    /// The item of the register.
    pub service: String,
    /// The stage of processing.
    pub processing_method: Stage,
    /// For which purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// On what it rests.
    pub lawful_basis: &'static str,
    /// Which types of data.
    pub pii_information: Vec<PiiType>,
    /// Who else receives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_third_parties: Option<String>,
    /// For how long it is kept, in days, as the register has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_period_days: Option<i64>,
    /// How consent is withdrawn: mechanisms of the register for the activity.
    pub withdrawal_method: Vec<String>,
    /// Under whose law.
    pub jurisdiction: &'static str,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notice {
    /// Which.
    pub notice_id: String,
    /// In which version.
    pub version: u16,
    /// SHA-256 of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// In which language it was last shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A type of data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PiiType {
    /// Its code in the dictionary.
    pub pii_type: String,
}

/// A party.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Party {
    /// Its id in the register.
    pub party_id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_name: Option<String>,
    /// Its role.
    pub party_role: &'static str,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// When.
    pub event_time_ms: i64,
    /// `notice_shown`, `explicit`, `implied`, `written`, `withdrawn`.
    pub event_type: &'static str,
    /// `given` or `withdrawn`; for a notice `shown`.
    pub event_state: &'static str,
    /// Who acted: the person or a guardian.
    pub entity: &'static str,
    /// Whether it was separate consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separate: Option<bool>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<i64>,
    /// SHA-256 of the document signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<String>,
    /// Its index in the log.
    pub log_index: u64,
}

impl Receipt {
    /// The receipt for the last consent that a person gave to an item, from the person's events and those
    /// of the notices' publication, in the log's order. `origin` names the ledger. `None` where no consent
    /// was given: a tick that was there beforehand is none.
    #[must_use]
    pub fn of<'e>(
        ground: &Ground,
        events: impl IntoIterator<Item = (u64, &'e Happened)>,
        (subject, item): (SubjectId, &str),
        origin: &str,
    ) -> Option<Self> {
        let mut given: Option<(u64, &Consented)> = None;
        let mut notices = Notices::default();
        let mut event = vec![];
        for (index, happened) in events {
            if let Happening::Published(what) = &happened.what {
                notices.published.push((&what.text, what.version, &what.sha256));
            }
            if happened.subject != Some(subject) {
                continue;
            }
            match &happened.what {
                Happening::Shown(what) => {
                    let mark = mark(index, happened.time_ms, ("notice_shown", "shown"));
                    notices.shown.push((&what.text, what.version, &what.language, mark));
                }
                Happening::Consented(what) if what.item == item && what.form != Form::TickedBeforehand => {
                    given = Some((index, what));
                    event.push(consent(index, happened.time_ms, what));
                }
                Happening::Withdrew(what) if what.item == item => {
                    event.push(mark(index, happened.time_ms, ("withdrawn", "withdrawn")));
                }
                _ => {}
            }
        }
        let (index, consented) = given?;
        let wanted = |text: &str, version| text == consented.text && version == consented.version;
        let shown = notices.shown.iter().filter(|(text, version, ..)| wanted(text, *version));
        let language = shown.clone().next_back().map(|(_, _, language, _)| (*language).clone());
        event.extend(shown.map(|(.., mark)| mark.clone()));
        event.sort_by_key(|event| event.log_index);
        let published = notices.published.iter().find(|(text, version, _)| wanted(text, *version));
        let privacy_notice = Notice {
            notice_id: consented.text.clone(),
            version: consented.version,
            sha256: published.map(|(.., sha256)| (*sha256).clone()),
            language,
        };
        Some(Self {
            schema_version: SCHEMA,
            record_id: format!("{origin}#{index}"),
            pii_principal_id: subject.0.iter().map(|byte| format!("{byte:02x}")).collect(),
            pii_processing: processing(ground, consented, privacy_notice),
            party_identification: parties(ground, consented),
            event,
        })
    }

    /// The text that is signed: JSON, then the end of a line.
    ///
    /// # Errors
    /// Never in practice: there is nothing in it that JSON cannot say.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The receipt as a signed note.
    ///
    /// # Errors
    /// When the text cannot be signed as a note.
    pub fn sign(&self, signer: &Signer) -> Result<String, NoteError> {
        signer.sign(&self.text().unwrap_or_default())
    }
}

/// What is known of notices while the events are gone through.
#[derive(Default)]
struct Notices<'e> {
    published: Vec<(&'e str, u16, &'e String)>,
    shown: Vec<(&'e str, u16, &'e String, Event)>,
}

fn mark(
    log_index: u64,
    event_time_ms: i64,
    (event_type, event_state): (&'static str, &'static str),
) -> Event {
    Event {
        event_time_ms,
        event_type,
        event_state,
        entity: "pii_principal",
        separate: None,
        valid_until_ms: None,
        document_sha256: None,
        log_index,
    }
}

fn consent(index: u64, time_ms: i64, what: &Consented) -> Event {
    let form = match what.form {
        Form::Written => "written",
        Form::Declaration | Form::AffirmativeAct => "explicit",
        Form::Implied | Form::TickedBeforehand => "implied",
    };
    Event {
        entity: if what.by_guardian { "guardian" } else { "pii_principal" },
        separate: Some(what.separate),
        valid_until_ms: what.expires_ms,
        document_sha256: what.document_sha256.clone(),
        ..mark(index, time_ms, (form, "given"))
    }
}

fn processing(ground: &Ground, consented: &Consented, privacy_notice: Notice) -> Processing {
    let activity = ground.item(&consented.item).map_or(String::new(), |item| item.activity.clone());
    let retention = ground.value("activity", &activity, "retention_days");
    let schema = &ground.catalog.schema;
    let mechanisms = ground.thing("activity", &activity).and_then(|(kind, row)| {
        let relation = schema.kind(kind).relation_named("opt_outs")?;
        let to = schema.kind(kind).relation(relation).to;
        let rows = ground.universe.members(kind, row, relation).0;
        Some(rows.iter().map(|row| ground.register.thing(schema, to, *row)).collect())
    });
    let types = consented.types.iter();
    Processing {
        privacy_notice,
        service: consented.item.clone(),
        processing_method: consented.stage,
        purpose: consented
            .purpose
            .clone()
            .or_else(|| ground.purpose(&consented.item))
            .or_else(|| ground.purpose(&activity)),
        lawful_basis: "consent",
        pii_information: types.map(|code| PiiType { pii_type: code.clone() }).collect(),
        recipient_third_parties: consented.recipient.clone(),
        retention_period_days: match retention {
            Some(Value::Number(days)) if days >= 0 => Some(days),
            _ => None,
        },
        withdrawal_method: mechanisms.unwrap_or_default(),
        jurisdiction: "CN",
    }
}

fn parties(ground: &Ground, consented: &Consented) -> Vec<Party> {
    let schema = &ground.catalog.schema;
    let organisation = schema.kind_named("organisation").filter(|kind| ground.register.count(*kind) > 0);
    let handler = organisation.map(|kind| ground.register.thing(schema, kind, 0));
    let named = |kind: &str, name: &str| match ground.value(kind, name, "name") {
        Some(Value::Number(symbol)) => {
            let symbol = u32::try_from(symbol).ok();
            symbol.and_then(|symbol| ground.universe.texts.get(symbol)).map(str::to_owned)
        }
        _ => None,
    };
    let handler = handler.map(|name| Party {
        party_name: named("organisation", &name),
        party_id: name,
        party_role: "pii_controller",
    });
    let recipient = consented.recipient.as_ref().map(|name| Party {
        party_name: named("party", name),
        party_id: name.clone(),
        party_role: "recipient",
    });
    handler.into_iter().chain(recipient).collect()
}
