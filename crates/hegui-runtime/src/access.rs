//! The log of processing: what is asked of it, what in it calls for a person's look, and what it comes to
//! (5.11.5).
//!
//! Rules are data (`alerts.toml`). A rule looks at one entry, the register and the books; only *bulk* needs
//! more, and [`Watch`] counts for it, an hour at a time.

use crate::books::{Books, subject};
use crate::ground::{Ground, GroundError};
use crate::happening::{Happened, Happening, Processed};
use hegui_catalog::model::Text;
use hegui_decide::question::Stage;
use hegui_decide::table::exists;
use hegui_logic::universe::Value;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const TABLE: &str = "alerts.toml";
const HOUR_MS: i64 = 3_600_000;
/// China Standard Time is ahead of UTC by so much.
const CHINA_MS: i64 = 8 * HOUR_MS;
/// Most operators that are counted in an hour.
const OPERATORS: usize = 65_536;

/// What is asked of the log, besides subject, activity, recipient and time, by which it is indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// At which stage.
    pub stage: Option<Stage>,
    /// In which system.
    pub system: Option<String>,
    /// By whom.
    pub operator: Option<String>,
    /// With which type of data.
    pub data_type: Option<String>,
    /// Whether it succeeded.
    pub success: Option<bool>,
}

impl Query {
    /// Whether an entry is asked for.
    #[must_use]
    pub fn fits(&self, entry: &Processed) -> bool {
        self.stage.is_none_or(|stage| stage == entry.stage)
            && self.system.as_ref().is_none_or(|system| *system == entry.system)
            && self.operator.as_ref().is_none_or(|operator| *operator == entry.operator)
            && self.data_type.as_ref().is_none_or(|code| entry.types.contains(code))
            && self.success.is_none_or(|success| success == entry.success)
    }
}

/// What a rule looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    Unregistered,
    OutOfPurpose,
    OutOfHours,
    Bulk,
    Undecided,
    Restrained,
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    clause: String,
    when: When,
    text: Text,
    #[serde(default)]
    stages: Vec<Stage>,
    #[serde(default)]
    from: u8,
    #[serde(default)]
    to: u8,
    #[serde(default)]
    persons: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// The rules.
#[derive(Clone, Debug)]
pub struct Alerts(Vec<Rule>);

/// Something that calls for a person's look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// The rule.
    pub rule: String,
    /// What it rests on.
    pub clause: String,
    /// What it is.
    pub text: Text,
    /// The entry's index in the log.
    pub index: u64,
    /// Its time, in milliseconds since 1970 (UTC).
    pub time_ms: i64,
}

/// What operators touched within the present hour. Made anew from the log where it is lost.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    hour: i64,
    persons: HashMap<String, (u64, bool)>,
}

impl Watch {
    /// Whether an operator has come to touch more than so many within the hour: said once.
    fn bulk(&mut self, operator: &str, touched: u64, time_ms: i64, most: u64) -> bool {
        let hour = time_ms.div_euclid(HOUR_MS);
        if hour != self.hour {
            (self.hour, self.persons) = (hour, HashMap::new());
        }
        if !self.persons.contains_key(operator) && self.persons.len() >= OPERATORS {
            return touched > most;
        }
        let (sum, said) = self.persons.entry(operator.to_owned()).or_default();
        *sum = sum.saturating_add(touched);
        let now = *sum > most && !*said;
        *said |= now;
        now
    }
}

impl Alerts {
    /// The rules of this crate.
    ///
    /// # Errors
    /// When they do not fit the catalog.
    pub fn embedded(ground: &Ground) -> Result<Self, GroundError> {
        Self::read(include_str!("alerts.toml"), ground)
    }

    /// Reads rules in the form that the head of `alerts.toml` describes.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(source: &str, ground: &Ground) -> Result<Self, GroundError> {
        let fail = |message: String| GroundError::Table { table: TABLE, message };
        let File { rule } = toml::from_str(source).map_err(|e| fail(e.to_string()))?;
        let mut seen = BTreeSet::new();
        for Rule { id, clause, when, from, to, persons, .. } in &rule {
            let wrong = match when {
                _ if !seen.insert(id) => "stands there twice",
                _ if !exists(&ground.catalog, clause) => "cites a clause that the catalog does not have",
                When::OutOfHours if *from > 24 || *to > 24 || from == to => "has no hours from 0 to 24",
                When::Bulk if *persons == 0 => "says no number of `persons`",
                _ => continue,
            };
            return Err(fail(format!("`{id}` {wrong}")));
        }
        Ok(Self(rule))
    }

    /// What calls for a look in an entry of the log. The books are those that have taken it in.
    pub fn judge(
        &self,
        (books, ground): (&Books, &Ground),
        watch: &mut Watch,
        index: u64,
        event: &Happened,
    ) -> Vec<Alert> {
        let Happening::Processed(entry) = &event.what else { return vec![] };
        let time_ms = event.time_ms;
        let touched = entry.persons.unwrap_or(1);
        let mut alerts = vec![];
        for rule in self.0.iter().filter(|rule| rule.stages.is_empty() || rule.stages.contains(&entry.stage))
        {
            let hour = (time_ms + CHINA_MS).rem_euclid(24 * HOUR_MS) / HOUR_MS;
            let (from, to) = (i64::from(rule.from), i64::from(rule.to));
            let within = if from < to { (from..to).contains(&hour) } else { hour >= from || hour < to };
            let calls = match rule.when {
                When::Unregistered => !registered(ground, entry),
                When::OutOfPurpose => registered(ground, entry) && out_of_purpose(ground, entry),
                When::OutOfHours => !within,
                When::Bulk => watch.bulk(&entry.operator, touched, time_ms, rule.persons),
                When::Undecided => entry.decision.is_none(),
                When::Restrained => event.subject.map(subject).is_some_and(|subject| {
                    let mut pending = books.pending.values();
                    pending.any(|p| p.subject == subject && p.item == entry.activity && p.time_ms < time_ms)
                }),
            };
            if calls {
                let (rule, clause, text) = (rule.id.clone(), rule.clause.clone(), rule.text.clone());
                alerts.push(Alert { rule, clause, text, index, time_ms });
            }
        }
        alerts
    }
}

/// The items of the activity at the entry's stage.
fn at_stage<'g>(ground: &'g Ground, entry: &Processed) -> Vec<&'g str> {
    let fits = |name: &&str| {
        ground
            .item(name)
            .is_some_and(|item| item.activity == entry.activity && item.stages.contains(&entry.stage))
    };
    ground.items().filter(fits).collect()
}

fn registered(ground: &Ground, entry: &Processed) -> bool {
    !at_stage(ground, entry).is_empty()
}

fn out_of_purpose(ground: &Ground, entry: &Processed) -> bool {
    let items = at_stage(ground, entry);
    let listed = |code: &String| {
        items.iter().filter_map(|name| ground.item(name)).any(|item| item.types.contains(code))
    };
    let own = entry
        .purpose
        .as_ref()
        .is_none_or(|purpose| items.iter().any(|name| ground.purpose(name).as_ref() == Some(purpose)));
    !own || !entry.types.iter().all(listed)
}

impl Ground {
    /// The purpose that the register gives a thing, as `purpose.advertising`.
    #[must_use]
    pub fn purpose(&self, name: &str) -> Option<String> {
        let (kind, _) = name.split_once('.')?;
        let Value::Number(place) = self.value(kind, name, "purpose")? else { return None };
        let code = self.codes(kind, "purpose").get(usize::try_from(place).ok()?)?;
        Some(format!("purpose.{code}"))
    }
}

/// What the log comes to over a time: how often, by activity and stage, recipient, operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Entries.
    pub entries: u64,
    /// Of these, that did not succeed.
    pub failed: u64,
    /// By activity and stage.
    pub activities: BTreeMap<String, BTreeMap<Stage, u64>>,
    /// By recipient.
    pub recipients: BTreeMap<String, u64>,
    /// By operator.
    pub operators: BTreeMap<String, u64>,
    /// By system.
    pub systems: BTreeMap<String, u64>,
}

impl Summary {
    /// Counts entries of the log.
    #[must_use]
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Processed>) -> Self {
        let mut summary = Self::default();
        for entry in entries {
            summary.entries += 1;
            summary.failed += u64::from(!entry.success);
            *summary.activities.entry(entry.activity.clone()).or_default().entry(entry.stage).or_default() +=
                1;
            if let Some(recipient) = &entry.recipient {
                *summary.recipients.entry(recipient.clone()).or_default() += 1;
            }
            *summary.operators.entry(entry.operator.clone()).or_default() += 1;
            *summary.systems.entry(entry.system.clone()).or_default() += 1;
        }
        summary
    }
}
