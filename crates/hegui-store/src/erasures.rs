//! The list of what was erased: opaque identifiers whose keys and payloads must not come back.
//!
//! It is kept with the keys, apart from the data, so that it is newer than any backup of the data that is
//! restored beside it. It only grows. An erasure is an event in the log first, then it stands in this list,
//! then the key is destroyed: whoever opens after a crash in between finds it in the log or here.
//!
//! The file is a row of 28 bytes an erasure, little-endian: the identifier (16), the event's sequence (8), a
//! CRC-32C of the row's number and these (4).

use crate::disk::{Disk, DiskFile, read_whole};
use crate::keys::Id;
use crate::log::LogError;
use std::io::ErrorKind;
use std::sync::Arc;

const NAME: &str = "erasures";
const ROW: usize = 28;

/// One erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Erased {
    /// Whose keys and payloads are gone.
    pub id: Id,
    /// The event in the log that says so.
    pub at: u64,
}

/// The list, open to be added to.
pub struct Erasures {
    file: Arc<dyn DiskFile>,
    list: Vec<Erased>,
}

fn row(number: usize, erased: &Erased) -> [u8; ROW] {
    let crc = crc32c::crc32c(&(number as u64).to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(crc, &erased.id), &erased.at.to_le_bytes());
    let mut row = [0; ROW];
    let bytes = erased
        .id
        .iter()
        .chain(&erased.at.to_le_bytes())
        .chain(&crc.to_le_bytes())
        .copied()
        .collect::<Vec<_>>();
    row.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    row
}

fn parse(number: usize, bytes: &[u8; ROW]) -> Option<Erased> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let erased = Erased { id: *id, at: u64::from_le_bytes(*rest.first_chunk::<8>()?) };
    (row(number, &erased) == *bytes).then_some(erased)
}

impl Erasures {
    /// Opens the list in the folder of the keys, or begins one. A row at the end that was being written when
    /// the machine stopped is cut off.
    ///
    /// # Errors
    /// When a row before the last is damaged, or the disk fails.
    pub fn open(disk: &dyn Disk) -> Result<Self, LogError> {
        let opening = || LogError::failed("opening the list of erasures");
        let file = match disk.open(NAME) {
            Err(error) if error.kind() == ErrorKind::NotFound => disk.create(NAME),
            opened => opened,
        }
        .map_err(opening())?;
        disk.sync_folder().map_err(opening())?;
        let bytes = read_whole(&*file).map_err(opening())?;
        let (rows, rest) = bytes.as_chunks::<ROW>();
        let mut list = Vec::with_capacity(rows.len());
        for (number, bytes) in rows.iter().enumerate() {
            match parse(number, bytes) {
                Some(erased) => list.push(erased),
                None if number + 1 == rows.len() && rest.is_empty() => break,
                None => {
                    let (file, at, what) =
                        (NAME.to_owned(), (number * ROW) as u64, "a row is not what was written");
                    return Err(LogError::Damaged { file, at, what: what.to_owned() });
                }
            }
        }
        file.set_length((list.len() * ROW) as u64).map_err(opening())?;
        file.sync_data().map_err(opening())?;
        Ok(Self { file, list })
    }

    /// Adds an erasure; it is durable when this returns.
    ///
    /// # Errors
    /// When the disk fails: the erasure must then be tried again on a list opened anew.
    pub fn add(&mut self, erased: Erased) -> Result<(), LogError> {
        let (at, row) = ((self.list.len() * ROW) as u64, row(self.list.len(), &erased));
        let written = self.file.write_at(at, &row).and_then(|()| self.file.sync_data());
        written.map_err(LogError::failed("writing the list of erasures"))?;
        self.list.push(erased);
        Ok(())
    }

    /// All erasures, in their order.
    #[must_use]
    pub fn list(&self) -> &[Erased] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::{Dice, SimulatedDisk};

    #[test]
    fn what_was_added_survives_any_crash() {
        for seed in 0..300 {
            let (mut dice, mut disk, mut all) = (Dice(seed), SimulatedDisk::default(), vec![]);
            for _ in 0..4 {
                disk.crash_after(dice.below(20) as u64);
                if let Ok(mut list) = Erasures::open(&disk) {
                    assert!(
                        list.list().starts_with(&all) && list.list().len() <= all.len() + 1,
                        "seed {seed}"
                    );
                    all = list.list().to_vec();
                    for at in 0..9 {
                        let erased = Erased { id: [at as u8; 16], at: dice.roll() };
                        match list.add(erased) {
                            Ok(()) => all.push(erased),
                            Err(_) => break,
                        }
                    }
                }
                disk = disk.reboot(dice.roll());
            }
            let list = Erasures::open(&disk).unwrap();
            assert!(list.list().starts_with(&all), "seed {seed}");
        }
    }

    #[test]
    fn a_flipped_bit_before_the_last_row_is_refused_and_named() {
        let disk = SimulatedDisk::default();
        let mut list = Erasures::open(&disk).unwrap();
        (0..3).for_each(|at| list.add(Erased { id: [at as u8; 16], at }).unwrap());
        disk.flip(NAME, 30 * 8);
        let error = Erasures::open(&disk).err().unwrap().to_string();
        assert!(error.contains("`erasures` is damaged at byte 28"), "{error}");
    }
}
