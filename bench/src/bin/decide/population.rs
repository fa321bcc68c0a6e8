//! A register's rules and a generated population: who was told, who consented, who withdrew. Everything
//! follows from a number, so that a person's events can be made again when they are needed.

use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_catalog::Catalog;
use hegui_decide::Since;
use hegui_decide::compile::Source;
use hegui_decide::conditions::Conditions;
use hegui_decide::directory::{Directory, Thing, Types};
use hegui_decide::event::{Change, Consent, Event, Form, Second};
use hegui_decide::question::{Question, Subject};
use hegui_decide::rules::{Offer, Rules};
use hegui_decide::state::State;
use hegui_logic::calendar::parse_date;
use hegui_logic::universe::Universe;
use hegui_register::{Limits, Register};
use std::path::Path;

/// The moment of the questions: 2026-07-01 in China.
pub const NOW: u32 = 1_782_864_000;
/// The indexes of the log that a person's events may take.
const EVENTS: u64 = 16;
/// The fewest and the most items that a person has a record of.
const ITEMS: (u64, u64) = (1, 4);

/// splitmix64's last step: a number that looks random for each number.
pub const fn mix(number: u64) -> u64 {
    let mixed =
        (number.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A register, compiled.
pub struct Ruled {
    pub register: Register,
    pub universe: Universe,
    pub directory: Directory,
    pub rules: Rules,
    pub offers: Vec<Offer>,
    /// What somebody can have a record of, and the types of data that it is about.
    pub items: Vec<(Thing, Types)>,
}

/// From which versions on notices and consents suffice.
pub fn since(_: &str) -> Since {
    Since { notice: 2, consent: 2 }
}

impl Ruled {
    /// The rules of the register in a folder.
    pub fn new(catalog: &Catalog, folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let register = Register::read_dir(folder, catalog, &Limits::default())?;
        let as_of = parse_date("2026-06-30").ok_or("no date")?;
        let (products, activities) = (vec![], vec![]);
        let object =
            Object { profile: "full".into(), products, activities, as_of, known_on: as_of, closing: false };
        let conditions = Conditions::embedded(catalog)?;
        let mut assessment = Assessment::new(catalog, &register, object)?;
        for (name, kind) in conditions.outcomes() {
            let universe = &assessment.assessed.universe;
            let column = assessment.evaluation.clause_column(catalog, universe, &name, kind);
            assessment.assessed.universe.outcomes.insert((name, kind), column);
        }
        let mut directory = Directory::default();
        let universe = assessment.assessed.universe.clone();
        drop(assessment);
        let source = Source {
            catalog,
            universe: &universe,
            version: 1,
            thing: &|kind, row| register.thing(&catalog.schema, kind, row),
            since: &since,
        };
        let rules = Rules::compile(&conditions, source, &mut directory)?;
        let offers: Vec<Offer> = rules.offers().filter(|offer| !offer.types.is_empty()).collect();
        let mut items: Vec<(Thing, Types)> = vec![];
        for offer in &offers {
            match items.iter_mut().find(|(item, _)| *item == offer.item) {
                Some((_, types)) => *types = types.with(offer.types),
                None => items.push((offer.item, offer.types)),
            }
        }
        Ok(Self { register, universe, directory, rules, offers, items })
    }

    /// The person of a number.
    pub fn subject(number: u64) -> Subject {
        Subject([mix(number), mix(number ^ 0x5555_5555_5555_5555)])
    }

    /// What happened to a person, with the indexes of the log.
    pub fn events_of(&self, number: u64) -> Vec<(u64, Event)> {
        let subject = Self::subject(number);
        let mut changes = vec![];
        for item in self.items_of(number) {
            let chance = mix(number ^ (u64::from(item.0.0) << 40));
            self.item_events(item, chance, &mut changes);
        }
        let chance = mix(number ^ (0xabcd << 40)) % 100;
        if chance < 90 {
            changes.push(Change::Aged { under_14: chance < 2 });
        }
        if chance == 99 {
            changes.push(Change::Restricted { restricted: true });
        }
        let indexes = number * EVENTS..;
        indexes.zip(changes).map(|(index, change)| (index, Event { subject, change })).collect()
    }

    fn items_of(&self, number: u64) -> impl Iterator<Item = (Thing, Types)> {
        let (least, most) = ITEMS;
        let count = least + mix(number ^ (7 << 50)) % (most - least + 1);
        let (all, first) = (self.items.len() as u64, mix(number ^ (9 << 50)));
        (0..count.min(all)).filter_map(move |n| self.items.get(((first + n * 5) % all) as usize).copied())
    }

    fn item_events(&self, (item, types): (Thing, Types), chance: u64, changes: &mut Vec<Change>) {
        let percent = |shift: u32, percent: u64| (chance >> shift) % 128 < percent * 128 / 100;
        changes.push(Change::Notified { item, version: if percent(0, 93) { 2 } else { 1 } });
        if percent(7, 92) {
            let consent = Consent {
                types,
                version: if percent(14, 95) { 2 } else { 1 },
                separate: percent(21, 85),
                form: if percent(28, 95) { Form::AffirmativeAct } else { Form::Implied },
                by_guardian: percent(35, 10),
                expires: percent(42, 30).then(|| Second(NOW - 40_000 + (chance >> 16) as u32 % 400_000)),
            };
            changes.push(Change::Consented { item, consent });
        }
        if percent(49, 5) {
            changes.push(Change::Withdrew { item });
        }
        if percent(56, 4) {
            changes.push(Change::OptedOut { item, out: true });
        }
    }

    /// The state in which there are so many records, and how many persons they are of.
    pub fn state(&self, records: usize) -> (State, u64) {
        let mut state = State::with_capacity(records);
        let mut persons = 0;
        while state.records() < records {
            for (index, event) in self.events_of(persons) {
                // Indexes here are far below the highest.
                let _applied = state.apply(index, &event);
            }
            persons += 1;
        }
        (state, persons)
    }

    /// Questions about persons in random order: mostly about items that they have records of.
    pub fn questions(&self, count: usize, persons: u64) -> Vec<(u64, Question)> {
        (0..count as u64)
            .filter_map(|number| {
                let chance = mix(number ^ (3 << 60));
                let person = mix(chance ^ 1) % persons;
                let own = self.items_of(person).nth((chance >> 8) as usize % 2);
                let about: Vec<&Offer> = match own {
                    Some((item, _)) if !chance.is_multiple_of(8) => {
                        self.offers.iter().filter(|offer| offer.item == item).collect()
                    }
                    _ => self.offers.iter().collect(),
                };
                let offer = about.get((chance >> 16) as usize % about.len().max(1))?;
                Some((person, question(offer, chance, person)))
            })
            .collect()
    }
}

fn question(offer: &Offer, chance: u64, person: u64) -> Question {
    let some = Types(offer.types.0 & mix(chance ^ 2));
    Question {
        principal: Thing::NONE,
        stage: offer.stage,
        types: if some.is_empty() { offer.types } else { some },
        activity: offer.activity,
        purpose: offer.purpose,
        recipient: offer.recipient,
        product: Thing::NONE,
        system: Thing::NONE,
        time_ms: i64::from(NOW) * 1000 + (chance % 1000) as i64,
        subject: Ruled::subject(person),
    }
}
