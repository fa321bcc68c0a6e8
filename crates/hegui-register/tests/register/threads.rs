//! On however many threads a register is read, it is the same register, with the same problems.

use crate::small::{BASE, CATALOG};
use hegui_register::{Problems, Register, generate};
use proptest::prelude::*;

type Files = Vec<(String, String)>;

/// Reads files on one thread and on several; what that gives, which must be equal.
#[track_caller]
fn read_on_all(files: Files) -> Result<Register, Problems> {
    let one = Register::read_files_on(1, files.clone(), &CATALOG);
    for threads in [2, 4] {
        let several = Register::read_files_on(threads, files.clone(), &CATALOG);
        match (&one, &several) {
            (Ok(one), Ok(several)) => {
                assert!(one.to_snapshot(&CATALOG) == several.to_snapshot(&CATALOG), "{threads} threads");
            }
            (Err(one), Err(several)) => assert_eq!(one.to_string(), several.to_string()),
            _ => {}
        }
        assert!(one == several, "{threads} threads");
    }
    one
}

fn numbered(texts: impl IntoIterator<Item = String>) -> Files {
    texts.into_iter().enumerate().map(|(at, text)| (format!("{at:04}.toml"), text)).collect()
}

/// A generated register, each so many of its sections in a file of their own.
fn generated(sections: usize) -> Files {
    let mut found: Vec<String> = Vec::new();
    for (_, text) in generate(&CATALOG, 400, 7) {
        for piece in text.split_inclusive("\n\n") {
            match found.last_mut() {
                // An empty line does not end a section.
                Some(last) if !piece.starts_with('[') => last.push_str(piece),
                _ => found.push(piece.to_owned()),
            }
        }
    }
    numbered(found.chunks(sections).map(<[String]>::concat))
}

#[test]
fn a_right_register_is_the_same() {
    for things in [1, 3, 50] {
        let files = generated(things);
        assert!(files.len() > 10, "{}", files.len());
        if let Err(problems) = read_on_all(files) {
            panic!("{problems}");
        }
    }
}

#[test]
fn what_is_wrong_somewhere_is_the_same() {
    for wrong in [
        "[activity.act-0]\n",
        "[activity.act-0.declared.policy]\npurpose = \"delivery\"\n",
        "[activity.x]\nproduct = \"product-9\"\nrol = 1\n",
        "[activity.x\n",
        "[[ruling]]\nfact = \"activity.act-0.role\"\nvalue = \"handler\"\n",
    ] {
        for at in [0, 7, 400] {
            let mut files = generated(2);
            let at = at.min(files.len() - 1);
            files[at].1.push_str(&format!("\n{wrong}"));
            let told = read_on_all(files);
            // Nothing else is said of the first activity's declaration, so that it may stand anywhere.
            assert!(told.is_err() || wrong.contains("declared"), "{wrong} in file {at}");
        }
    }
}

#[test]
fn more_that_is_wrong_than_is_listed_is_the_same() {
    let wrong = |at: usize| {
        format!("[party.p{at}]\n{}", (0..at % 7).map(|n| format!("k{n} = 1\n")).collect::<String>())
    };
    let ruling = "[[ruling]]\nfact = \"party.none.name\"\nvalue = \"a\"\nby = \"a\"\nrole = \"assessor\"\non = 2026-01-01\nreasons = \"…\"\n";
    // When so much is told, rulings are passed over: also in parts that are right by themselves.
    let texts = (0..150).map(wrong).chain((0..150).map(|_| ruling.to_owned()));
    let problems = read_on_all(numbered(texts.chain([BASE.to_owned()]))).unwrap_err();
    assert!(problems.more > 0, "{problems}");
}

#[test]
fn more_missing_members_than_are_listed_are_the_same() {
    let list = |names: Vec<String>| {
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[provision.p-{}]\nactivity = \"order\"\ndata = [{}]\n", names[0], quoted.join(", "))
    };
    let names: Vec<String> = (0..150).map(|n| format!("d{n}")).collect();
    let reversed = names.iter().rev().cloned().collect();
    assert!(read_on_all(numbered([BASE.to_owned(), list(names), list(reversed)])).is_err());
}

#[test]
fn files_of_one_name_are_the_same() {
    let keys: String = (0..150).map(|n| format!("k{n} = 1\n")).collect();
    let texts = [BASE.to_owned(), format!("[party.a]\n{keys}"), "[party.b]\nname = 1\n".to_owned()];
    let files = texts.into_iter().chain((0..20).map(|n| format!("[party.c{n}]\n")));
    assert!(read_on_all(files.map(|text| ("a.toml".to_owned(), text)).collect()).is_err());
}

/// Pieces of files: right ones, wrong ones, and such as are right or wrong by what stands elsewhere.
const PIECES: [&str; 27] = [
    "[activity.@]\nproduct = \"app\"\nrole = \"handler\"\n",
    "[activity.@]\n",
    "[activity.@]\nproduct = \"app\"\nnote = \"@ #\"\nfollows = \"#\"\ntypes = [\"phone\"]\ncomplete = [\"provisions\", \"data\"]\n",
    "[activity.@]\nproduct = \"app\"\nnote = \"none\"\nfollows = \"none\"\nprovisions = \"none\"\n",
    "[activity.@.declared.policy]\npurpose = \"marketing\"\n",
    "[activity.@.declared.policy.purpose]\nvalue = \"marketing\"\nby = \"#\"\n",
    "[activity.@.role]\nvalue = \"handler\"\nby = \"甲\"\nevidence = [\"E-#\", \"E-@\"]\n",
    "[[activity.@.note]]\nvalue = \"#\"\non = 2025-01-01\n[[activity.@.note]]\nvalue = \"@\"\non = 2026-01-01\n",
    "[provision.@]\nactivity = \"#\"\nrecipient = \"courier\"\ndata = [\"#\", \"@\"]\n",
    "[provision.@]\nactivity = \"#\"\ndata = { value = [\"@\", \"#\", \"@\"], reasons = \"#\" }\n",
    "[provision.@]\nactivity = \"#\"\ndata = \"none\"\n",
    "[datum.@]\nactivity = \"#\"\nsensitive = true\n",
    "[datum.@]\nactivity = \"order\"\nsensitive = { value = true, by = \"@\", until = 2026-01-01 }\n",
    "[party.@]\nname = \"#\"\n",
    "[product.@]\nname = \"@\"\ncomplete = [\"activity.provisions\"]\n",
    "[document.@]\nversion = 1.5\n",
    "[provenance]\nsource = \"interview\"\nby = \"#\"\n",
    "[provenance]\nsource = \"sample\"\n",
    "[evidence.E-@]\ntitle = \"#\"\n",
    "[[ruling]]\nfact = \"activity.@.note\"\nvalue = \"#\"\nby = \"a\"\nrole = \"assessor\"\non = 2026-01-01\nreasons = \"…\"\n",
    "[[ruling]]\nfact = \"provision.@.data\"\nvalue = [\"#\", \"@\"]\nby = \"a\"\nrole = \"assessor\"\non = 2026-01-01\nreasons = \"…\"\n",
    "[[ruling]]\nfact = \"activity.@.follows\"\nvalue = \"#\"\nby = \"a\"\nrole = \"assessor\"\non = 2026-01-01\nreasons = \"…\"\n",
    "[activity.order.fair]\nvalue = true\nby = \"#\"\nreasons = \"@\"\n",
    "[activity.@]\nrol = 1\n",
    "[activity.@]\nmonitored = \"#\"\n",
    "[activity.@\n",
    "[[ruling]]\nfact = \"x\"\n",
];

/// How many of [`PIECES`], from the first on, are no mistake by themselves.
const RIGHT: usize = 23;

fn files(pieces: usize) -> impl Strategy<Value = Files> {
    let piece = (0..pieces, 0..60u8, 0..60u8).prop_map(|(piece, this, other)| {
        PIECES[piece].replace('@', &format!("t{this}")).replace('#', &format!("t{other}"))
    });
    let file = prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat());
    prop::collection::vec(file, 1..25).prop_map(|mut texts| {
        texts.insert(texts.len() / 2, BASE.to_owned());
        numbered(texts)
    })
}

/// Files in which every thing is declared once, so that most registers are right.
fn right_files() -> impl Strategy<Value = Files> {
    let share = prop::collection::vec((0..6usize, 0..40u8), 40);
    (share, any::<bool>()).prop_map(|(share, last)| {
        let texts = share.iter().enumerate().map(|(at, (piece, other))| {
            let declared = format!("[datum.t{at}]\nactivity = \"t{other}\"\n[party.t{at}]\n");
            let ruling = if *piece == 5 { "" } else { "role = \"handler\"\n" };
            let activity = format!("[activity.t{at}]\nproduct = \"app\"\n{ruling}");
            let follows =
                if usize::from(*other) < at { format!("follows = \"t{other}\"\n") } else { String::new() };
            let more = PIECES[[8, 9, 10, 18, 16, 5][*piece]];
            let more = more.replace('@', &format!("t{at}")).replace('#', &format!("t{other}"));
            format!("{activity}{follows}{declared}{more}")
        });
        let mut texts: Vec<String> = texts.collect();
        texts.insert(if last { texts.len() } else { 0 }, BASE.to_owned());
        numbered(texts)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn right_files_of_any_content_are_the_same(files in right_files()) {
        let read = read_on_all(files);
        prop_assert!(read.is_ok(), "{}", read.unwrap_err());
    }

    #[test]
    fn files_that_fit_each_other_or_not_are_the_same(files in files(RIGHT)) {
        let _ = read_on_all(files);
    }

    #[test]
    fn wrong_files_are_the_same(files in files(PIECES.len())) {
        let _ = read_on_all(files);
    }
}
