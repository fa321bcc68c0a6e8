//! kill -9 of a process that records and erases, on the real disk. The test starts itself as the process.
//!
//! `HEGUI_STORE_KILLS=50` for as many rounds as the design asks for.

use super::*;
use crate::disk::simulated::Dice;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

const FOLDER: &str = "HEGUI_JOURNAL_CHILD";
const ROUND: &str = "HEGUI_JOURNAL_ROUND";

fn open(folder: &Path) -> Journal {
    let master = MasterKeySource::File(folder.join("master"));
    let options = Options { segment_bytes: 1 << 20, ..Options::default() };
    Journal::open(&folder.join("data"), ORIGIN, &master, &options).unwrap()
}

/// What is killed: records for ever, erases now and then, and prints what was acknowledged.
#[test]
fn child() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let journal = open(Path::new(&folder));
    let round: u64 = round.parse().unwrap();
    // One write of one line: it is whole or not there.
    let say = |line: String| std::io::stderr().write_all(line.as_bytes()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4_u64 {
            let (journal, say) = (&journal, &say);
            scope.spawn(move || {
                for number in (round << 40 | writer << 32)..u64::MAX {
                    // Some come back, most are new.
                    let subject = if number % 4 == 0 { format!("w{writer}") } else { format!("n{number}") };
                    let drafts =
                        [draft(journal, &subject, number), draft(journal, &subject, number + (1 << 31))];
                    let range = journal.append(&drafts).unwrap();
                    say(format!("= {} {subject} {number}\n", range.start));
                    say(format!("= {} {subject} {}\n", range.start + 1, number + (1 << 31)));
                    if number % 16 == 7 {
                        let at = journal.erase(journal.subject_id(&subject), "", NOW).unwrap().at.unwrap();
                        say(format!("! {at} {subject} 0\n"));
                    }
                }
            });
        }
    });
}

/// Lets it run for so long, kills it, and gives what it had acknowledged: mark, place, subject, number.
fn killed(folder: &Path, round: u64, after: Duration) -> Vec<(char, u64, String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::tests::kill::child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stderr.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reading.join().unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ');
        let mark = words.next()?.chars().next().filter(|mark| "=!".contains(*mark))?;
        Some((mark, words.next()?.parse().ok()?, words.next()?.to_owned(), words.next()?.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn a_kill_at_any_moment_loses_nothing_revives_nothing_and_the_tree_verifies() {
    let rounds = std::env::var("HEGUI_STORE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let place = Place::new("kill");
    let folder = &place.folder.0;
    drop(open(folder));
    let mut dice = Dice(u64::from(std::process::id()));
    let (mut recorded, mut erased, mut kept) = (BTreeMap::new(), BTreeMap::new(), vec![]);
    for round in 0..rounds {
        let after = Duration::from_millis(100 + dice.below(400) as u64);
        for (mark, at, subject, number) in killed(folder, round, after) {
            match mark {
                '=' => drop(recorded.insert(at, (subject, number))),
                _ => drop(erased.insert(subject, at)),
            }
        }
        let journal = open(folder);
        let tiles = journal.published_folder();
        let kept_now: Vec<&str> = kept.iter().map(String::as_str).collect();
        let report = verified(&journal.verifier(), &kept_now, |name| std::fs::read(tiles.join(name)));
        assert!(report.holds(), "round {round}: {report:?}");
        let (mut found, mut gone) = (0, 0);
        for (at, reading) in (0..).zip(journal.events(0)) {
            let reading = reading.unwrap_or_else(|error| panic!("round {round}: {error}"));
            let expected = recorded.get(&at);
            found += u64::from(expected.is_some());
            match reading {
                Reading::Opened(opened) if opened.event().kind < Kind::FIRST => assert_eq!(expected, None),
                Reading::Opened(opened) => {
                    let whole = recognise(&opened.payload).expect("half an event");
                    assert!(expected.is_none_or(|expected| *expected == whole));
                    assert!(erased.get(&whole.0).is_none_or(|by| *by < at), "round {round}: {at} is back");
                }
                Reading::Erased { by, .. } => {
                    gone += 1;
                    assert!(by > at);
                }
                Reading::Expired { .. } => panic!("nothing expires here"),
            }
        }
        assert_eq!(found, recorded.len() as u64, "round {round}: acknowledged events are lost");
        verify_all(&journal, &kept_now);
        kept.push(journal.checkpoint());
        assert!(gone >= erased.len());
    }
    eprintln!("{rounds} kills, {} acknowledged, {} erased", recorded.len(), erased.len());
    assert!(recorded.len() > 2 * rounds as usize, "hardly anything was acknowledged");
}
