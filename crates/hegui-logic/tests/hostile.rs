//! Hostile expressions, as a user's catalog may hold: each is refused, quickly, on a small stack.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use hegui_logic::error::{Error, Problem};
use hegui_logic::plan::Plan;
use hegui_logic::schema::{Enum, EnumId, Field, FieldId, Kind, KindId, Relation, Schema, Source, Type};
use hegui_logic::single::Bound;
use hegui_logic::typing::compile;
use hegui_logic::universe::Universe;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const STACK: usize = 1 << 20;
const LIMIT: Duration = Duration::from_millis(1_000);

/// One kind that refers to itself in every way.
fn schema() -> Schema {
    let field =
        |name: &str, ty| Field { name: name.into(), ty, optional: true, range: (0, 1_000), inherits: false };
    Schema {
        kinds: vec![Kind {
            name: "a".into(),
            parent: None,
            fields: vec![
                field("b", Type::Thing(KindId(0))),
                field("f", Type::Bool),
                field("n", Type::Int),
                field("t", Type::Text),
                field("e", Type::Enum(EnumId(0))),
                field("s", Type::Set(EnumId(0))),
            ],
            relations: vec![Relation {
                name: "r".into(),
                to: KindId(0),
                source: Source::Inverse(FieldId(0)),
            }],
            names: vec![],
            declared: None,
        }],
        enums: vec![Enum { name: "a.e".into(), values: (0..128).map(|i| format!("v{i}")).collect() }],
    }
}

/// Compiles on a thread with a small stack, and evaluates what compiles.
fn read(source: &str) -> (Result<Plan, Error>, Duration) {
    let source = source.to_owned();
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let schema = schema();
            let start = time_used();
            let result = compile(&source, &schema, KindId(0), &|_, _| Ok(()));
            let took = time_used().saturating_sub(start);
            if let Ok(plan) = &result {
                let universe = Universe::new(&schema, &[1], 0);
                let _ = Bound::new(plan, &universe).truth(0);
                let _ = hegui_logic::columnar::evaluate(plan, &universe, &schema);
            }
            (result, took)
        })
        .unwrap()
        .join()
        .unwrap()
}

/// The time that this thread has run, so that other tests beside it do not count; where the system
/// does not tell, the time that has passed.
fn time_used() -> Duration {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = stat.and_then(|s| s.split(' ').next().and_then(|n| n.parse().ok()));
    nanos.map_or_else(|| BEGIN.elapsed(), Duration::from_nanos)
}

fn shown(source: &str) -> String {
    source.chars().take(60).collect()
}

#[track_caller]
fn refused(source: &str) -> Problem {
    let (result, took) = read(source);
    let Err(error) = result else { panic!("accepted: {}", shown(source)) };
    assert!(took < LIMIT, "{took:?} for {}", shown(source));
    let (from, to) = error.span;
    assert!(from <= to && to as usize <= source.len().max(1), "span {from}..{to} of {}", shown(source));
    error.problem
}

#[track_caller]
fn survives(source: &str) {
    let (_, took) = read(source);
    assert!(took < LIMIT, "{took:?} for {}", shown(source));
}

fn nested(open: &str, inner: &str, close: &str, times: usize) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

#[test]
fn long_and_deep_sources_are_refused() {
    for source in [
        format!("a{}.f", ".b".repeat(20_000)),
        nested("(", "true", ")", 10_000),
        nested("(", "true", ")", 1_000),
        nested("[", "", "]", 2_000),
        nested("{", "", "}", 2_000),
        nested("a.r.all(x, ", "true", ")", 10_000),
        nested("a.r.all(x, ", "true", ")", 200),
        nested("a.r.all(x, ", "x.f", ")", 9),
        format!("{}true", "!".repeat(4_000)),
        format!("{}1 == 1", "-".repeat(4_000)),
        format!("{}1 == 1", "- ".repeat(2_000)),
        "[".repeat(4_000),
        "(".repeat(4_000),
        "{".repeat(4_000),
        format!("a.n == {}", "9".repeat(4_000)),
        format!("a.n == 0x{}", "f".repeat(4_000)),
        format!("a.n == 1.{}", "9".repeat(4_000)),
        "a.n == 1e400".into(),
        "a.n == 1e-400".into(),
        format!("{}true", "true ? true : ".repeat(2_000)),
        format!("{}true{}", "true ? ".repeat(290), " : true".repeat(290)),
        format!("{}true", "a.f && ".repeat(10_000)),
        format!("{}1 == 1", "1 + ".repeat(1_000)),
        format!("{}1 == 1", "1 * ".repeat(1_000)),
        format!("true{}", "\n".repeat(5_000)),
    ] {
        refused(&source);
    }
}

/// Just below the caps: whatever is accepted neither overflows the stack nor takes long.
#[test]
fn what_the_caps_let_through_is_harmless() {
    for n in [10, 20, 40, 47, 48, 49, 60, 96, 100, 190, 250, 380, 400, 700] {
        survives(&nested("(", "true", ")", n));
        survives(&nested("!(", "true", ")", n));
        survives(&nested("(a.f && ", "true", ")", n));
        survives(&nested("[", "", "]", n));
        survives(&format!("a{}.f", ".b".repeat(n)));
        survives(&format!("{}true", "!".repeat(n)));
        survives(&format!("{}1 == 1", "-".repeat(n)));
        survives(&format!("{}1 == 1", "- ".repeat(n)));
        survives(&format!("{}true", "a.f ? a.f : ".repeat(n)));
        survives(&format!("{}true{}", "a.f ? ".repeat(n), " : a.f".repeat(n)));
        survives(&format!("{}a.f", "a.f && ".repeat(n)));
        survives(&format!("{}a.f", "a.f == ".repeat(n)));
        survives(&format!("{}a.f", "a.f in ".repeat(n)));
        survives(&format!("{}a.f", "a.f && !a.f || ".repeat(n)));
        survives(&format!("{}a.n == 1", "a.n + ".repeat(n)));
        survives(&format!("{}a.n == 1", "a.n - (".repeat(n)));
        survives(&nested("a.r.all(x, ", "true", ")", n));
        survives(&nested("a.n + (", "1", ")", n));
        survives(&format!("a.r{}.size() == 1", ".map(x, x.b)".repeat(n)));
        survives(&format!("size(a.r{}) == 1", ".filter(x, x.f)".repeat(n)));
        survives(&format!("a.r{}.all(x, x)", ".map(x, x)".repeat(n)));
        survives(&format!("a.e in [{}]", "\"v1\", ".repeat(n)));
    }
}

#[test]
fn small_sources_that_unfold_without_end_are_refused() {
    // Each step doubles what the one before made.
    let doubled = format!("a.r.map(x, x.f){}.all(x, x)", ".map(x, x && x)".repeat(60));
    assert!(matches!(refused(&doubled), Problem::TooLarge { .. }));
    let either = format!("a.r.map(x, x.f){}.all(x, x)", ".map(x, !x == x)".repeat(60));
    assert!(matches!(refused(&either), Problem::TooLarge { .. }));
    let sums = format!("a.r.map(x, x.n){}.all(x, x == 1)", ".map(x, x - x)".repeat(40));
    assert!(matches!(refused(&sums), Problem::TooLarge { .. } | Problem::Overflow));
    // Lists inside lists.
    let list = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]";
    let lists = (0..8).fold("a.f".to_owned(), |body, i| format!("{list}.all(x{i}, {body})"));
    assert!(matches!(refused(&lists), Problem::TooLarge { .. }));
    let sets = (0..8).fold("a.f".to_owned(), |body, i| format!("a.s.all(x{i}, {body} && a.f)"));
    assert!(matches!(refused(&sets), Problem::TooLarge { .. }));
    let sizes = format!(
        "[{}].all(y, [{}].all(z, size([{}]) == 1))",
        "1,".repeat(200),
        "1,".repeat(200),
        "1,".repeat(1_000)
    );
    assert!(matches!(refused(&sizes), Problem::TooLarge { .. }));
    // Filters inside filters: read once each.
    let mut inner = "true".to_owned();
    for i in 0..7 {
        inner = format!("a.r.filter(x{i}, {inner}){}.exists(q, true)", ".filter(y, true)".repeat(20));
    }
    survives(&inner);
    let items = format!("[{}].all(x, x in [{}])", "1,".repeat(800), "1,".repeat(800));
    assert!(matches!(refused(&items), Problem::TooLarge { .. }));
}

#[test]
fn hostile_patterns_are_refused_or_run_in_linear_time() {
    for pattern in [
        "(a{1000}){1000}",
        "(((a{100}){100}){100}){100}",
        "\\\\pL{1000}{1000}",
        "a**(",
        "(",
        "[",
        "\\\\1",
        "(?=a)",
    ] {
        let problem = refused(&format!("a.t.matches(\"{pattern}\")"));
        assert!(matches!(problem, Problem::Pattern { .. }), "{pattern}: {problem}");
    }
    let schema = schema();
    let plan = read(r#"a.t.matches("(a+)+$")"#).0.unwrap();
    let mut universe = Universe::new(&schema, &[1], 0);
    let symbol = universe.texts.intern(&format!("{}!", "a".repeat(20_000)));
    let value = hegui_logic::universe::Value::Number(symbol.into());
    universe.state(KindId(0), 0, FieldId(3), Some(value));
    let start = Instant::now();
    assert_eq!(Bound::new(&plan, &universe).truth(0).known(), Some(false));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn strange_texts_are_refused() {
    for source in [
        "",
        " ",
        "\0",
        "\u{feff}true",
        "true false",
        "a.",
        ".a",
        "a.f &&",
        "a..f",
        "'",
        "\"",
        "'''",
        "\"\"\"",
        "r'",
        "b'x'",
        "\"\\q\" == a.t",
        "\"\\u12\" == a.t",
        "\"\\ud800\" == a.t",
        "\"\\U00110000\" == a.t",
        "\"\\xZZ\" == a.t",
        "a.t == \"unfinished",
        "/* a.f */",
        "a.f; a.f",
        "个人信息",
        "a.个",
        "a.f ＆＆ a.f",
        "a.f \u{202e}&& a.f",
        "💣",
        "a[0]",
        "a.f ? a.f",
        "{}",
        "{'a': 1}",
        "a{f: true}",
        "1u == 1u",
        "null",
        "has(a)",
        "has(a.r)",
        "a.r.all(a.b, true)",
        "a.r.all(x)",
        "a.r.all()",
        "a.all",
        "@",
        "#",
        "`a`",
        "$x",
        "99999999999999999999 == 1",
        "-9223372036854775808 == a.n",
        "a.n == 9223372036854775807",
        "true ? 1 : 2",
        "met()",
        "met(a, a)",
        "met(\"x\")",
    ] {
        if source == "\u{feff}true" {
            survives(source);
        } else {
            refused(source);
        }
    }
}

/// What stands in quotes or comments does not count as nesting, and cannot hide nesting either.
#[test]
fn quotes_comments_and_raw_texts_do_not_fool_the_caps() {
    let deep = "(".repeat(1_500);
    let close = ")".repeat(1_500);
    for opening in [
        "r'\\' == a.t || ",
        "r\"\\\" == a.t || ",
        "'''\"''' == a.t || ",
        "\"\"\"'\"\"\" == a.t || ",
        "r'''\\''' == a.t || ",
        "// '\n",
        "// \"\n",
        "a.t == '\\'' || ",
        "a.t == \"\\\\\" || ",
        "R'\\' == a.t || ",
        "a.t == 'x\n || ",
        "\"\"\"\\\"\"\"\" == a.t || ",
        "b'\\'' == a.t || ",
        "rb'\\' == a.t || ",
        "br'\\' == a.t || ",
    ] {
        survives(&format!("{opening}{deep}true{close}"));
        survives(&format!("{opening}{deep}"));
        let problem = refused(&format!("{opening}{deep}true{close}"));
        assert!(matches!(problem, Problem::TooDeep { .. } | Problem::Syntax { .. }), "{opening}: {problem}");
    }
    // Brackets in texts are only text.
    let mut fine = String::from("a.t == \"");
    let _ = write!(fine, "{deep}\" && a.t != 'ab((((]]]]'");
    assert!(read(&fine).0.is_ok(), "{:?}", read(&fine).0);
}

/// A plan quotes the pieces of its source, also behind Chinese texts.
#[test]
fn spans_count_bytes() {
    let source = r#"a.t == "个人信息" && a.n >= 3 && a.t.contains("处理者") && a.f"#;
    let plan = read(source).0.unwrap();
    let quotes: Vec<&str> = hegui_logic::mutate::atoms(&plan).into_iter().map(|id| plan.quote(id)).collect();
    assert_eq!(quotes, [r#"a.t == "个人信息""#, "a.n >= 3", r#"a.t.contains("处理者")"#, "a.f"]);
    let error = read("a.t == \"个人信息\" && a.zzz").0.unwrap_err();
    assert_eq!(&"a.t == \"个人信息\" && a.zzz"[error.span.0 as usize..error.span.1 as usize], "a.zzz");
    let error = read("a.t == \"个人\n信息\" &&\n a.t == a.f").0.unwrap_err();
    assert!(error.span.1 as usize <= "a.t == \"个人\n信息\" &&\n a.t == a.f".len());
    let source = "// 说明\na.t == '个人' &&\n  a.e == \"v999\"";
    let error = read(source).0.unwrap_err();
    assert_eq!(&source[error.span.0 as usize..error.span.1 as usize], "\"v999\"");
}

/// What is wrong is said in an author's words, not the parser's.
#[test]
fn messages_speak_of_what_was_written() {
    for (source, said) in [
        (r#""a" == "b""#, "expected a fact on one side, found a quoted text on both"),
        (r#"["a"] == ["b"]"#, "expected a fact on one side, found a list on both"),
        ("true false", "`false` cannot follow here: the expression is complete before it"),
        ("a.f &&", "the expression ends before it is complete"),
        ("a.f ? true", "the expression ends before it is complete"),
    ] {
        assert_eq!(refused(source).to_string(), said, "{source}");
    }
    for deep in [
        format!("{}true{}", "a.f ? ".repeat(290), " : true".repeat(290)),
        format!("{}true", "a.f ? true : ".repeat(290)),
    ] {
        let problem = refused(&deep);
        assert!(matches!(problem, Problem::TooDeep { .. } | Problem::TooLarge { .. }), "{problem}");
    }
}
