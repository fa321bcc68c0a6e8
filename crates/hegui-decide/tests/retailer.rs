//! A whole register, assessed: what the rules made of it answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use hegui_assess::assessment::Assessment;
use hegui_assess::scope::Object;
use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_decide::Since;
use hegui_decide::answer::{Answer, Unregistered, Verdict};
use hegui_decide::compile::Source;
use hegui_decide::conditions::Conditions;
use hegui_decide::directory::{Directory, Thing, Types};
use hegui_decide::event::{Change, Consent, Event, Form, Second};
use hegui_decide::explain::{Explanation, Names, Stood};
use hegui_decide::question::{Question, Stage, Subject};
use hegui_decide::rules::Rules;
use hegui_decide::state::State;
use hegui_logic::calendar::parse_date;
use hegui_register::{Limits, Register};
use std::path::Path;
use std::sync::LazyLock;

static RETAILER: LazyLock<Retailer> = LazyLock::new(Retailer::new);

struct Retailer {
    catalog: Catalog,
    register: Register,
    directory: Directory,
    rules: Rules,
}

const SOMEBODY: Subject = Subject([17, 4]);
/// 2026-07-01 in China.
const NOW_MS: i64 = 1_782_864_000_000;

impl Retailer {
    fn new() -> Self {
        let catalog = hegui_law::catalog().unwrap();
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer");
        let register = Register::read_dir(Path::new(dir), &catalog, &Limits::default()).unwrap();
        let as_of = parse_date("2026-06-30").unwrap();
        let object = Object {
            profile: "full".to_owned(),
            as_of,
            known_on: as_of,
            products: vec![],
            activities: vec![],
            closing: false,
        };
        let conditions = Conditions::embedded(&catalog).unwrap();
        let mut assessment = Assessment::new(&catalog, &register, object).unwrap();
        for (name, kind) in conditions.outcomes() {
            let universe = &assessment.assessed.universe;
            let column = assessment.evaluation.clause_column(&catalog, universe, &name, kind);
            assessment.assessed.universe.outcomes.insert((name, kind), column);
        }
        let source = Source {
            catalog: &catalog,
            universe: &assessment.assessed.universe,
            version: 12,
            thing: &|kind, row| register.thing(&catalog.schema, kind, row),
            since: &|_| Since { notice: 2, consent: 2 },
        };
        let mut directory = Directory::default();
        let rules = Rules::compile(&conditions, source, &mut directory).unwrap();
        drop(assessment);
        Self { catalog, register, directory, rules }
    }

    fn thing(&self, name: &str) -> Thing {
        self.directory.find(name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn types(&self, codes: &[&str]) -> Types {
        codes.iter().fold(Types::NONE, |sum, code| sum.with(self.directory.find_type(code).unwrap()))
    }

    fn question(&self, stage: Stage, activity: &str, types: &[&str]) -> Question {
        Question {
            principal: Thing::NONE,
            stage,
            types: self.types(types),
            activity: self.thing(activity),
            purpose: Thing::NONE,
            recipient: Thing::NONE,
            product: Thing::NONE,
            system: Thing::NONE,
            time_ms: NOW_MS,
            subject: SOMEBODY,
        }
    }

    fn state(&self, changes: &[Change]) -> State {
        let mut state = State::new();
        for (index, change) in (0..).zip(changes) {
            state.apply(index, &Event { subject: SOMEBODY, change: *change }).unwrap();
        }
        state
    }

    fn ask(&self, changes: &[Change], question: &Question) -> (Answer, Explanation) {
        let answer = self.rules.decide(&self.state(changes), question);
        (answer, self.explain(&answer))
    }

    fn explain(&self, answer: &Answer) -> Explanation {
        let names = Names {
            directory: &self.directory,
            fact: &|key| self.register.path(&self.catalog.schema, key),
            lang: Lang::En,
        };
        self.rules.explain(answer, names)
    }
}

fn ids(explanation: &Explanation, stood: Stood) -> Vec<&str> {
    explanation.reasons.iter().filter(|r| r.stood == stood).map(|r| r.id.as_str()).collect()
}

fn consent(types: Types) -> Consent {
    Consent {
        types,
        version: 2,
        separate: false,
        form: Form::AffirmativeAct,
        by_guardian: false,
        expires: None,
    }
}

#[test]
fn consent_opens_and_withdrawal_closes() {
    let retailer = &RETAILER;
    let item = retailer.thing("activity.app-review");
    let question = retailer.question(Stage::Use, "activity.app-review", &["nickname"]);

    let (answer, explanation) = retailer.ask(&[], &question);
    assert_eq!(answer.verdict, Verdict::Deny, "{explanation:#?}");
    assert_eq!(ids(&explanation, Stood::Failed), ["notice", "consent", "consent-extent"]);
    let notice = &explanation.reasons[0];
    assert_eq!(notice.records, [("activity.app-review".to_owned(), vec!["notice"])]);
    assert!(notice.clauses.contains(&"pipl/17".to_owned()), "{notice:?}");

    let told = Change::Notified { item, version: 2 };
    let agreed = Change::Consented { item, consent: consent(Types::ALL) };
    let (answer, explanation) = retailer.ask(&[told, agreed], &question);
    assert_eq!(answer.verdict, Verdict::Permit, "{explanation:#?}");
    assert_eq!(explanation.records, [0, 1]);
    assert_eq!((explanation.register, explanation.log_index), (12, 2));
    assert_eq!(explanation.obligations[0].id, "log");

    let (answer, explanation) = retailer.ask(&[told, agreed, Change::Withdrew { item }], &question);
    assert_eq!(answer.verdict, Verdict::Deny, "{explanation:#?}");
    assert_eq!(ids(&explanation, Stood::Failed), ["consent-withdrawn"]);
    assert_eq!(explanation.records, [0, 1, 2]);
    assert!(explanation.reasons[0].change.contains("anew"));
}

#[test]
fn consent_to_an_older_version_or_past_its_term_is_none() {
    let retailer = &RETAILER;
    let item = retailer.thing("activity.app-review");
    let question = retailer.question(Stage::Use, "activity.app-review", &["nickname"]);
    let told = Change::Notified { item, version: 2 };
    let ask = |consent| retailer.ask(&[told, Change::Consented { item, consent }], &question);

    let older = Consent { version: 1, ..consent(Types::ALL) };
    let (answer, explanation) = ask(older);
    assert_eq!(
        (answer.verdict, &explanation.reasons[0].records[0].1[..]),
        (Verdict::NoBasis, &["current"][..])
    );

    let ends = |second: i64| Some(Second(u32::try_from(NOW_MS / 1000 + second).unwrap()));
    let (answer, explanation) = ask(Consent { expires: ends(0), ..consent(Types::ALL) });
    assert_eq!((answer.verdict, &explanation.reasons[0].records[0].1[..]), (Verdict::NoBasis, &["live"][..]));
    let (answer, explanation) = ask(Consent { expires: ends(1), ..consent(Types::ALL) });
    assert_eq!((answer.verdict, explanation.until), (Verdict::Permit, ends(1)));

    let (answer, explanation) = ask(consent(retailer.types(&["photos"])));
    assert_eq!(
        (answer.verdict, &explanation.reasons[0].records[0].1[..]),
        (Verdict::NoBasis, &["covers"][..])
    );
    let (answer, _) = ask(Consent { form: Form::TickedBeforehand, ..consent(Types::ALL) });
    assert_eq!(answer.verdict, Verdict::NoBasis, "a tick that was there is no consent");
}

#[test]
fn disclosure_wants_separate_consent_of_its_own() {
    let retailer = &RETAILER;
    let activity = retailer.thing("activity.app-review");
    let item = retailer.thing("disclosure.review-page");
    let question = retailer.question(Stage::Disclose, "activity.app-review", &["nickname"]);
    let told = [activity, item].map(|item| Change::Notified { item, version: 2 });
    let general = Change::Consented { item: activity, consent: consent(Types::ALL) };
    let (answer, explanation) = retailer.ask(&[told[0], told[1], general], &question);
    assert_eq!(answer.verdict, Verdict::Deny, "{explanation:#?}");
    assert!(ids(&explanation, Stood::Failed).contains(&"disclose-consent"));
    let own = Change::Consented { item, consent: Consent { separate: true, ..consent(Types::ALL) } };
    let (_, explanation) = retailer.ask(&[told[0], told[1], general, own], &question);
    assert!(ids(&explanation, Stood::Held).contains(&"disclose-consent"), "{explanation:#?}");
}

#[test]
fn what_the_register_does_not_hold_has_no_basis() {
    let retailer = &RETAILER;
    let of = |question: Question| {
        let answer = retailer.rules.decide(&State::new(), &question);
        assert_eq!(answer.verdict, Verdict::NoBasis);
        answer.unregistered
    };
    let question = retailer.question(Stage::Use, "activity.app-review", &["nickname"]);
    let health = retailer.types(&["phone"]);
    assert_eq!(of(Question { types: health, ..question }), Some(Unregistered::Types(health)));
    assert_eq!(of(Question { types: Types::NONE, ..question }), Some(Unregistered::NoTypes));
    assert_eq!(of(Question { activity: Thing(u32::MAX), ..question }), Some(Unregistered::Activity));
    let marketing = retailer.thing("purpose.advertising");
    assert_eq!(of(Question { purpose: marketing, ..question }), Some(Unregistered::Item));
    let mini = retailer.thing("product.mini");
    assert_eq!(of(Question { product: mini, ..question }), Some(Unregistered::Product));
    let courier = retailer.thing("party.courier-east");
    assert_eq!(
        of(Question { stage: Stage::Provide, recipient: courier, ..question }),
        Some(Unregistered::Item)
    );
}

#[test]
fn contract_needs_no_consent_yet_a_notice() {
    let retailer = &RETAILER;
    let activity = retailer.thing("activity.app-delivery");
    let item = retailer.thing("provision.delivery-courier");
    let recipient = retailer.thing("party.courier-east");
    let question =
        Question { recipient, ..retailer.question(Stage::Provide, "activity.app-delivery", &["address"]) };
    let told = [activity, item].map(|item| Change::Notified { item, version: 2 });
    let (_, explanation) = retailer.ask(&told, &question);
    let named = |stood| ids(&explanation, stood);
    assert!(!named(Stood::Failed).iter().any(|id| id.contains("consent")), "{explanation:#?}");
    assert!(named(Stood::Held).contains(&"provide-notice"));
}

#[test]
fn an_export_is_held_to_the_provision_that_it_is_part_of() {
    let retailer = &RETAILER;
    let activity = retailer.thing("activity.app-analytics");
    let export = retailer.thing("export.analytics-singapore");
    let provision = retailer.thing("provision.analytics");
    let recipient = retailer.thing("party.analytics-overseas");
    let question =
        Question { recipient, ..retailer.question(Stage::Export, "activity.app-analytics", &["browsing"]) };
    let consent = Consent { separate: true, ..consent(Types::ALL) };
    let agreed = |item| [Change::Notified { item, version: 2 }, Change::Consented { item, consent }];
    let mut life = [agreed(activity), agreed(export)].concat();

    // Consent to the export alone is none to the provision.
    let (answer, explanation) = retailer.ask(&life, &question);
    assert_eq!(answer.verdict, Verdict::Deny);
    assert!(ids(&explanation, Stood::Held).contains(&"export-consent"), "{explanation:#?}");
    let failed = ids(&explanation, Stood::Failed);
    assert!(failed.contains(&"provide-consent") && failed.contains(&"provide-notice"), "{failed:?}");

    life.extend(agreed(provision));
    let (_, explanation) = retailer.ask(&life, &question);
    assert!(ids(&explanation, Stood::Held).contains(&"provide-consent"), "{explanation:#?}");

    // What the person says to the provision stops the export.
    life.push(Change::OptedOut { item: provision, out: true });
    let (answer, explanation) = retailer.ask(&life, &question);
    assert_eq!(answer.verdict, Verdict::Deny);
    let reason = explanation.reasons.iter().find(|reason| reason.id == "provide-opt-out").unwrap();
    assert_eq!(reason.stood, Stood::Failed);
    assert_eq!(reason.records, [("provision.analytics".to_owned(), vec!["not_opted_out"])]);
    assert!(explanation.records.contains(&6), "the opt-out is cited");
}

#[test]
fn a_refusal_counts_unless_choice_is_known_to_be_barred() {
    let retailer = &RETAILER;
    let item = retailer.thing("activity.app-review");
    let question = retailer.question(Stage::Use, "activity.app-review", &["nickname"]);
    let told = Change::Notified { item, version: 2 };
    let agreed = Change::Consented { item, consent: consent(Types::ALL) };
    let objects = Change::Objected { item, objects: true };
    let (answer, explanation) = retailer.ask(&[told, agreed, objects], &question);
    assert_eq!((answer.verdict, ids(&explanation, Stood::Open)), (Verdict::NoBasis, vec!["refusal"]));
    let reason = &explanation.reasons[0];
    assert!(reason.missing.iter().any(|fact| fact.ends_with("choice_barred")), "{reason:?}");
    assert!(explanation.records.contains(&2), "the refusal is cited");
}

#[test]
fn a_guardian_consents_for_a_child_separately_and_explicitly() {
    let retailer = &RETAILER;
    let item = retailer.thing("activity.app-review");
    let question = retailer.question(Stage::Use, "activity.app-review", &["nickname"]);
    let told = Change::Notified { item, version: 2 };
    let child = Change::Aged { under_14: true };
    let ask = |consent| retailer.ask(&[told, child, Change::Consented { item, consent }], &question);
    let plain = consent(Types::ALL);
    for lacking in [
        plain,
        Consent { by_guardian: true, ..plain },
        Consent { by_guardian: true, separate: true, form: Form::Implied, ..plain },
    ] {
        let (answer, explanation) = ask(lacking);
        assert_eq!(
            (answer.verdict, ids(&explanation, Stood::Failed)),
            (Verdict::Deny, vec!["child-guardian"])
        );
        assert!(explanation.reasons[0].certainty.contains("children's rules"), "{explanation:#?}");
    }
    let (answer, _) = ask(Consent { by_guardian: true, separate: true, ..plain });
    assert_eq!(answer.verdict, Verdict::Permit);
}

#[test]
fn legitimate_interests_alone_are_no_basis() {
    let retailer = &RETAILER;
    let item = retailer.thing("activity.app-fraud");
    let question = retailer.question(Stage::Use, "activity.app-fraud", &["device_id"]);
    let (answer, explanation) = retailer.ask(&[Change::Notified { item, version: 2 }], &question);
    assert_eq!(answer.verdict, Verdict::NoBasis, "{explanation:#?}");
    assert!(ids(&explanation, Stood::Failed).contains(&"basis"));
}
