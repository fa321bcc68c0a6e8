//! Any bytes as a table of conditions, and as each expression of one: an error, or rules whose answers put
//! every condition into one set at most and are explained.
#![no_main]

use hegui_catalog::Catalog;
use hegui_catalog::model::Lang;
use hegui_decide::Since;
use hegui_decide::compile::Source;
use hegui_decide::conditions::Conditions;
use hegui_decide::directory::{Directory, Thing};
use hegui_decide::explain::Names;
use hegui_decide::question::{Question, Subject};
use hegui_decide::rules::Rules;
use hegui_decide::state::State;
use hegui_register::{Assessed, Register};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

#[path = "../../crates/hegui-register/tests/register/small_catalog.rs"]
mod small;

static CATALOG: LazyLock<Catalog> = LazyLock::new(small::catalog);
static WORLD: LazyLock<Assessed> = LazyLock::new(|| {
    let files = vec![("r.toml".to_owned(), include_str!("small_register.toml").to_owned())];
    match Register::read_files(files, &CATALOG) {
        Ok(register) => register.universe(&CATALOG, 1_793_491_200, 1_793_491_200),
        Err(problems) => panic!("{problems}"),
    }
});

/// An entry of each sort, with `%` for an expression.
const TABLE: &str = "[named]\nshared = '''%'''\n
[[condition]]\nid = \"needs\"\ntext = { zh = '', en = '' }\nchange = { zh = '', en = '' }\nclauses = []
stages = [\"use\", \"provide\"]\nscope = [\"activity\", \"provision\"]\nwhen = '''{shared}'''\ntypes = '''%'''
needs = [\"notice\"]\nunmet = \"deny\"\n
[[condition]]\nid = \"check\"\ntext = { zh = '', en = '' }\nchange = { zh = '', en = '' }\nclauses = []
stages = [\"use\"]\nscope = \"activity\"\ncheck = '''%'''\nunmet = \"no_basis\"\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for table in [text.to_owned(), TABLE.replace('%', text)] {
        if let Ok(conditions) = Conditions::read(&table, &CATALOG) {
            answered(&conditions);
        }
    }
});

fn answered(conditions: &Conditions) {
    let thing = |kind, row| format!("{}.{row}", CATALOG.schema.kind(kind).name);
    let since = |_: &str| Since::default();
    let source = Source { catalog: &CATALOG, universe: &WORLD.universe, version: 1, thing: &thing, since: &since };
    let mut directory = Directory::default();
    let rules = Rules::compile(conditions, source, &mut directory).unwrap_or_else(|full| panic!("{full}"));
    let names = Names { directory: &directory, fact: &|_| String::new(), lang: Lang::En };
    for offer in rules.offers() {
        let question = Question {
            principal: Thing::NONE,
            stage: offer.stage,
            types: offer.types,
            activity: offer.activity,
            purpose: offer.purpose,
            recipient: offer.recipient,
            product: Thing::NONE,
            system: Thing::NONE,
            time_ms: 0,
            subject: Subject::default(),
        };
        let answer = rules.decide(&State::new(), &question);
        let sets = [answer.held, answer.failed, answer.open];
        assert!(!sets[0].meets(sets[1].with(sets[2])) && !sets[1].meets(sets[2]), "{answer:?}");
        let reasons = rules.explain(&answer, names).reasons.len();
        assert_eq!(reasons, sets.iter().map(|set| set.places().count()).sum::<usize>());
    }
}
