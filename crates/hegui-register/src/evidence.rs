//! Evidence that stands in files below the register's folder: whether each is still the one whose hash
//! the register names.
//!
//! Evidence may be kept elsewhere; of a file that is not there nothing is said.

use crate::problem::{Problem, Problems};
use crate::read::Register;
use crate::store::Evidence;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Largest piece of evidence that is hashed, in bytes.
const LIMIT: u64 = 4 << 30;

impl Register {
    /// How many files of evidence stand below the folder, and are those that the register names.
    ///
    /// # Errors
    /// Every file whose SHA-256 is another than the register's, or that cannot be read.
    pub fn check_evidence(&self, dir: &Path) -> Result<usize, Problems> {
        let mut problems = Problems::default();
        let mut checked = 0;
        for piece in self.evidence() {
            match check(dir, piece) {
                Ok(true) => checked += 1,
                Ok(false) => {}
                Err(problem) => problems.push(problem),
            }
        }
        problems.into_result(checked)
    }
}

/// Whether there is a file to check, and it is as it should be.
fn check(dir: &Path, piece: &Evidence) -> Result<bool, Problem> {
    let (Some(file), Some(named)) = (&piece.file, &piece.sha256) else { return Ok(false) };
    let Ok(path) = dir.join(file).canonicalize() else { return Ok(false) };
    // What lies outside the folder is not ours to open.
    if !dir.canonicalize().is_ok_and(|dir| path.starts_with(dir)) || !path.is_file() {
        return Ok(false);
    }
    let problem = |message: String, remedy: &str| Problem::new(piece.place.clone(), file, message, remedy);
    let found = hash(&path).map_err(|error| {
        problem(
            format!("the file of evidence `{}` cannot be read: {error}", piece.id),
            "a file that can be read",
        )
    })?;
    if found.eq_ignore_ascii_case(named) {
        return Ok(true);
    }
    let message = format!("the file of evidence `{}` is not the one whose hash stands here", piece.id);
    Err(problem(message, &format!("the file as it was, or sha256 = \"{found}\" if the new one is meant")))
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?.take(LIMIT + 1);
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    let mut bytes = 0u64;
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(block.get(..read).unwrap_or_default());
    }
    if bytes > LIMIT {
        return Err(io::Error::other("it is larger than 4 GiB"));
    }
    Ok(hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}
