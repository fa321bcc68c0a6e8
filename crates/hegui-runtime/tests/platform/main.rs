//! The platform on a real folder: recorded, decided, erased, opened again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_ledger::event::SubjectId;
use hegui_register::{Limits, Register, files_of};
use hegui_runtime::authzen::{Misasked, Request, Response};
use hegui_runtime::happening::{Happened, Happening};
use hegui_runtime::keeping::Keeping;
use hegui_runtime::platform::{Platform, PlatformError, Setup};
use hegui_runtime::refusal::Reason;
use hegui_store::journal::{By, MasterKeySource, Options};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

/// 2026-07-01, 10 o'clock in China.
const NOW_MS: i64 = 1_782_871_200_000;
const DAY_MS: i64 = 86_400_000;

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(hegui_law::catalog().unwrap()));
static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/retailer"));
    files_of(&dir, &Limits::default()).unwrap()
});
static REGISTER: LazyLock<Register> =
    LazyLock::new(|| Register::read_files(FILES.clone(), &CATALOG).unwrap());

struct Tenant {
    folder: PathBuf,
    key: PathBuf,
}

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(&self.key);
    }
}

impl Tenant {
    fn new(name: &str) -> Self {
        let at = std::env::temp_dir();
        let name = format!("hegui-platform-{}-{name}", std::process::id());
        let tenant = Self { folder: at.join(&name), key: at.join(format!("{name}.key")) };
        MasterKeySource::create(&tenant.key).unwrap();
        tenant
    }

    fn open_at(&self, version: u64, now_ms: i64) -> Result<Platform, PlatformError> {
        let keeping = Keeping {
            proof_basis: "pipl/69".to_owned(),
            proof_years: 5,
            log_basis: "csl/21".to_owned(),
            log_months: 12,
            denials_one_in: 2,
        };
        let setup = Setup { origin: "example.cn/ledger".to_owned(), keeping, journal: Options::default() };
        let master = MasterKeySource::File(self.key.clone());
        let ground = (Arc::clone(&CATALOG), REGISTER.clone(), version);
        Platform::open(&self.folder, &master, setup, ground, now_ms)
    }

    fn open(&self) -> Platform {
        self.open_at(12, NOW_MS).unwrap()
    }
}

fn event(subject: Option<SubjectId>, json: &Value) -> Happened {
    let what = Happening::read(json.to_string().as_bytes()).unwrap();
    Happened { time_ms: NOW_MS - 1000, subject, what }
}

fn notice() -> Value {
    json!({
        "type": "published", "text": "notice.review", "version": 1, "sha256": "ab".repeat(32),
        "languages": ["zh-CN"], "about": ["activity.app-review"], "effective_ms": NOW_MS - 1000,
        "contents": [
            "fact_of_processing", "purpose", "method", "types", "impact", "refusal_effect", "opt_out_way",
            "rights_and_protection", "handler_identity", "retention_period", "consequences",
        ],
    })
}

fn shown() -> Value {
    json!({ "type": "shown", "text": "notice.review", "version": 1, "how": "popup", "language": "zh-CN" })
}

fn consented() -> Value {
    json!({
        "type": "consented", "item": "activity.app-review", "stage": "use", "place": "consent.review",
        "types": ["nickname"], "text": "notice.review", "version": 1, "separate": true,
        "form": "affirmative_act",
    })
}

fn withdrew() -> Value {
    json!({ "type": "withdrew", "item": "activity.app-review" })
}

fn request(person: &str) -> Request {
    let request = json!({
        "subject": { "type": "service", "id": "reviews" },
        "action": { "name": "use" },
        "resource": {
            "type": "dataset", "id": "reviews",
            "properties": { "data_subject": person, "data_types": ["nickname"] },
        },
        "context": { "activity": "activity.app-review", "enforces": ["log"] },
    });
    Request::read(request.to_string().as_bytes()).unwrap()
}

fn ask(platform: &Platform, person: &str) -> Response {
    platform.evaluate(&request(person), NOW_MS, Lang::En).unwrap()
}

/// Notice and consent of a person; the index of the consent.
fn agree(platform: &Platform, person: &str) -> u64 {
    let id = Some(platform.subject(person));
    platform.record(event(id, &shown()), NOW_MS).unwrap();
    platform.record(event(id, &consented()), NOW_MS).unwrap()
}

#[test]
fn what_was_recorded_is_there_when_it_is_opened_again() {
    let tenant = Tenant::new("again");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    assert!(!ask(&platform, "user-1").decision);
    let consent = agree(&platform, "user-1");
    assert!(ask(&platform, "user-1").decision);
    assert!(!ask(&platform, "user-2").decision);
    let size = platform.journal().size();
    drop(platform);

    let platform = tenant.open();
    assert_eq!((platform.journal().size(), platform.look(|books, _| books.next_index())), (size, size));
    assert!(ask(&platform, "user-1").decision);
    platform.snapshot().unwrap();
    platform.record(event(Some(platform.subject("user-1")), &withdrew()), NOW_MS).unwrap();
    drop(platform);

    // From the snapshot, and the withdrawal after it.
    let platform = tenant.open();
    assert_eq!(platform.ignored_snapshot(), None);
    assert!(!ask(&platform, "user-1").decision);
    let id = platform.subject("user-1");
    let receipt = platform.receipt(id, "activity.app-review").unwrap().unwrap();
    let events: Vec<(&str, u64)> = receipt.event.iter().map(|e| (e.event_state, e.log_index)).collect();
    assert_eq!(events, [("shown", consent - 1), ("given", consent), ("withdrawn", size + 1)]);
    let signed = platform.signed_receipt(id, "activity.app-review").unwrap().unwrap();
    let verifier = [hegui_ledger::note::Verifier::parse(&platform.journal().verifier()).unwrap()];
    let (text, _) = hegui_ledger::note::Note::parse(&signed).unwrap().open(&verifier).unwrap();
    assert_eq!(text, receipt.text().unwrap());
    let forged = platform.journal().sign("example.cn/ledger\n1\nAAAA\n");
    assert!(forged.is_err(), "no checkpoint is signed this way");
    assert!(platform.journal().wait_published(consent, std::time::Duration::from_secs(10)).unwrap());
    assert_eq!(platform.journal().prove(consent).unwrap().index, consent);
}

#[test]
fn a_permit_is_always_recorded_and_can_be_replayed() {
    let tenant = Tenant::new("replay");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    agree(&platform, "user-1");
    let before = platform.journal().size();
    let permitted = ask(&platform, "user-1");
    assert_eq!(platform.journal().size(), before + 1);
    platform.record(event(Some(platform.subject("user-1")), &withdrew()), NOW_MS).unwrap();
    assert!(!ask(&platform, "user-1").decision);
    let (decided, replayed) = platform.replay(before, Lang::En).unwrap();
    assert_eq!((decided.outcome.as_str(), replayed.context.outcome), ("permit", "permit"));
    assert_eq!(replayed.context.reasons, permitted.context.reasons);
    assert_eq!(replayed.context.records, permitted.context.records);
    assert_eq!(replayed.context.log_index, permitted.context.log_index);
    assert!(matches!(platform.replay(0, Lang::En), Err(PlatformError::NoDecision(0))));
    drop(platform);
    let other = tenant.open_at(13, NOW_MS).unwrap();
    let refused = other.replay(before, Lang::En);
    assert!(matches!(refused, Err(PlatformError::OtherRegister { made: 12, now: 13 })), "{refused:?}");
}

#[test]
fn denials_are_sampled_as_configured() {
    let tenant = Tenant::new("denials");
    let platform = tenant.open();
    for _ in 0..10 {
        assert!(!ask(&platform, "user-1").decision);
    }
    assert_eq!(platform.journal().size(), 5);
}

#[test]
fn erasing_ends_permits_and_destroys_service_data_also_after_opening_again() {
    let tenant = Tenant::new("erase");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    let id = platform.subject("user-1");
    let age = json!({ "type": "age_established", "under_14": false, "how": "自述" });
    let age = platform.record(event(Some(id), &age), NOW_MS).unwrap();
    let consent = agree(&platform, "user-1");
    assert!(ask(&platform, "user-1").decision);
    let erasure = platform.erase(id, "request.r1", NOW_MS).unwrap();
    assert_eq!(erasure.kept.iter().map(|kept| kept.basis.as_str()).collect::<Vec<_>>(), ["pipl/69"]);
    assert_eq!(platform.event(age).unwrap(), None, "service data is gone");
    assert!(platform.event(consent).unwrap().is_some(), "evidence stays");
    assert!(!ask(&platform, "user-1").decision);
    let refused = platform.record(event(Some(id), &shown()), NOW_MS);
    assert!(matches!(refused, Err(PlatformError::Refused(r)) if r.reason == Reason::Erased));
    // Somebody of whom there is nothing but evidence.
    agree(&platform, "user-2");
    platform.erase(platform.subject("user-2"), "request.r2", NOW_MS).unwrap();
    assert!(!ask(&platform, "user-2").decision);
    drop(platform);
    let platform = tenant.open();
    assert!(!ask(&platform, "user-1").decision && !ask(&platform, "user-2").decision);
    platform.record(event(Some(id), &json!({ "type": "readmitted" })), NOW_MS).unwrap();
    agree(&platform, "user-1");
    assert!(ask(&platform, "user-1").decision);
}

#[test]
fn what_is_refused_leaves_the_others_be() {
    let tenant = Tenant::new("many");
    let platform = tenant.open();
    let id = Some(platform.subject("user-1"));
    let events = [(None, notice()), (id, consented()), (id, shown()), (id, consented())];
    let events = events.iter().map(|(subject, json)| event(*subject, json)).collect();
    let outcomes = platform.record_all(events, NOW_MS).unwrap();
    let indexes: Vec<Option<u64>> = outcomes.iter().map(|outcome| outcome.as_ref().ok().copied()).collect();
    assert_eq!(indexes, [Some(0), None, Some(1), Some(2)]);
    assert_eq!(outcomes[1].as_ref().unwrap_err().reason, Reason::NeverShown);
    let found = platform.find(By::Activity("activity.app-review"), 0, 10).unwrap();
    assert_eq!(found.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [2]);
    let late = Request {
        context: hegui_runtime::authzen::Context { at_least: Some(3), ..request("user-1").context },
        ..request("user-1")
    };
    let behind = platform.evaluate(&late, NOW_MS, Lang::En);
    assert!(
        matches!(behind, Err(PlatformError::Misasked(Misasked::Behind { has: 3, wants: 3 }))),
        "{behind:?}"
    );
}

#[test]
fn a_version_takes_effect_when_its_time_comes_and_not_before() {
    let tenant = Tenant::new("effect");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    agree(&platform, "user-1");
    let mut later = notice();
    later["version"] = json!(2);
    later["material"] = json!(true);
    later["effective_ms"] = json!(NOW_MS + 2 * DAY_MS);
    platform.record(event(None, &later), NOW_MS).unwrap();
    let at = |now_ms| platform.evaluate(&request("user-1"), now_ms, Lang::En).unwrap().decision;
    assert!(at(NOW_MS));
    assert!(at(NOW_MS + 2 * DAY_MS - 1));
    assert!(!at(NOW_MS + 2 * DAY_MS));
}

#[test]
fn many_threads_write_and_none_is_lost() {
    let tenant = Tenant::new("threads");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let platform = &platform;
            scope.spawn(move || {
                for person in 0..25 {
                    let person = format!("user-{thread}-{person}");
                    agree(platform, &person);
                    assert!(ask(platform, &person).decision);
                }
            });
        }
    });
    assert_eq!(platform.journal().size(), 1 + 4 * 25 * 3);
    drop(platform);
    let platform = tenant.open();
    assert!(ask(&platform, "user-3-24").decision);
}

#[test]
fn facts_follow_and_lie_beside_the_register_s() {
    let tenant = Tenant::new("facts");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    let id = Some(platform.subject("user-1"));
    platform.record(event(id, &shown()), NOW_MS).unwrap();
    let mut bundled = consented();
    bundled["separate"] = json!(false);
    let index = platform.record(event(id, &bundled), NOW_MS).unwrap();
    let files = platform.laid_over(&FILES, NOW_MS).unwrap();
    let (_, consents) = files.iter().find(|(name, _)| name == "consents.toml").unwrap();
    assert!(consents.contains(&format!("example.cn/ledger#{index}")), "the entry is the evidence");
    let register = Register::read_files(files, &CATALOG).unwrap();
    let key = register.key(&CATALOG.schema, "consent.review.separate").unwrap();
    let on = NOW_MS / 1000 + DAY_MS;
    assert_eq!(register.universe(&CATALOG, on, on).show(&key), None, "the register said the contrary");
}

#[test]
fn a_name_that_no_index_holds_stops_nothing() {
    let tenant = Tenant::new("names");
    let platform = tenant.open();
    for activity in ["", "line\nbreak"] {
        for _ in 0..2 {
            let mut asked = request("user-1");
            asked.context.activity = activity.to_owned();
            let refused = platform.evaluate(&asked, NOW_MS, Lang::En).unwrap_err();
            assert!(refused.to_string().contains("context.activity"), "{refused}");
        }
        let processed = json!({
            "type": "processed", "activity": activity, "stage": "use", "system": "x", "operator": "y", "success": true,
        });
        platform.record(event(None, &processed), NOW_MS).unwrap();
    }
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    agree(&platform, "user-1");
    assert!(ask(&platform, "user-1").decision);
}

#[test]
fn one_event_beyond_measure_takes_nothing_from_those_before_it() {
    let tenant = Tenant::new("beyond");
    let platform = tenant.open();
    let mut long = notice();
    long["version"] = json!(2);
    let mut long = event(None, &long);
    if let Happening::Published(what) = &mut long.what {
        what.languages = vec!["x".repeat(255); 256];
    }
    let told = platform.record_all(vec![event(None, &notice()), long], NOW_MS);
    assert!(matches!(told, Err(PlatformError::Misread(_))), "{told:?}");
    assert_eq!((platform.journal().size(), platform.look(|books, _| books.next_index())), (1, 1));
    agree(&platform, "user-1");
    assert!(ask(&platform, "user-1").decision);
}

#[test]
fn what_forbids_does_not_end_before_what_it_forbids() {
    let tenant = Tenant::new("ends");
    let platform = tenant.open();
    platform.record(event(None, &notice()), NOW_MS).unwrap();
    agree(&platform, "user-1");
    // Recorded now, though it happened six years ago, by whatever clock.
    let late = Happened {
        time_ms: NOW_MS - 6 * 366 * DAY_MS,
        ..event(Some(platform.subject("user-1")), &withdrew())
    };
    let withdrawal = platform.record(late, NOW_MS).unwrap();
    let objected = json!({ "type": "objected", "item": "activity.app-review", "objects": true });
    let objection = platform.record(event(Some(platform.subject("user-2")), &objected), NOW_MS).unwrap();
    platform.expire(NOW_MS + 2 * DAY_MS).unwrap();
    assert!(platform.event(withdrawal).unwrap().is_some());
    let later = NOW_MS + 7 * 366 * DAY_MS;
    platform.expire(later).unwrap();
    assert!(platform.event(withdrawal).unwrap().is_none(), "with the consent that it takes back");
    assert!(platform.event(objection).unwrap().is_some());
    drop(platform);
    let platform = tenant.open_at(12, later).unwrap();
    assert!(!platform.evaluate(&request("user-1"), later, Lang::En).unwrap().decision);
}

#[test]
fn who_is_under_legal_hold_is_not_erased() {
    let tenant = Tenant::new("hold");
    let platform = tenant.open();
    let id = platform.subject("user-1");
    let hold = |held: bool| json!({ "type": "legal_hold", "activity": "activity.app-order", "held": held, "basis": "x" });
    platform.record(event(Some(id), &hold(true)), NOW_MS).unwrap();
    let refused = platform.erase(id, "request.r1", NOW_MS);
    assert!(matches!(refused, Err(PlatformError::Refused(r)) if r.reason == Reason::Hold));
    platform.record(event(Some(id), &hold(false)), NOW_MS).unwrap();
    platform.erase(id, "request.r1", NOW_MS).unwrap();
}
