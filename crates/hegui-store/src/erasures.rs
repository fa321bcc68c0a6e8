//! The list of what was erased: opaque identifiers whose keys and payloads must not come back.
//!
//! It is kept with the keys, apart from the data, so that it is newer than any backup of the data that is
//! restored beside it. It only grows. An erasure is an event in the log first, then it stands in this list,
//! then the key is destroyed: whoever opens after a crash in between finds it in the log or here.
//!
//! The file is a row of 32 bytes an erasure, little-endian: the identifier (16), the event's sequence (8), how
//! many rows were durable when it was written (4), a CRC-32C of the row's number and these (4). So a good row
//! proves which of those before it were durable once: a bad one among them is damage, any other was being
//! written.

use crate::disk::{Disk, DiskFile, open_or_create, read_whole};
use crate::keys::Id;
use crate::log::LogError;
use std::sync::Arc;

const NAME: &str = "erasures";
const ROW: usize = 32;

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

fn row(number: usize, durable: u32, erased: &Erased) -> [u8; ROW] {
    let (at, durable) = (erased.at.to_le_bytes(), durable.to_le_bytes());
    let crc = crc32c::crc32c(&(number as u64).to_le_bytes());
    let crc =
        [&erased.id, at.as_slice(), &durable].iter().fold(crc, |crc, part| crc32c::crc32c_append(crc, part));
    let mut row = [0; ROW];
    let bytes = erased.id.iter().chain(&at).chain(&durable).copied().chain(crc.to_le_bytes());
    row.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    row
}

fn parse(number: usize, bytes: &[u8; ROW]) -> Option<(u32, Erased)> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let (at, rest) = rest.split_first_chunk::<8>()?;
    let durable = u32::from_le_bytes(*rest.first_chunk()?);
    let erased = Erased { id: *id, at: u64::from_le_bytes(*at) };
    (row(number, durable, &erased) == *bytes).then_some((durable, erased))
}

impl Erasures {
    /// Opens the list in the folder of the keys, or begins one. A row at the end that was being written when
    /// the machine stopped is cut off.
    ///
    /// # Errors
    /// When a row before the last is damaged, or the disk fails.
    pub fn open(disk: &dyn Disk) -> Result<Self, LogError> {
        let opening = || LogError::failed("opening the list of erasures");
        let file = open_or_create(disk, NAME).map_err(opening())?;
        disk.sync_folder().map_err(opening())?;
        let bytes = read_whole(&*file).map_err(opening())?;
        let rows = bytes.as_chunks::<ROW>().0.iter().enumerate().map(|(number, bytes)| parse(number, bytes));
        let rows: Vec<_> = rows.collect();
        let durable = rows.iter().flatten().map(|(durable, _)| *durable as usize).max().unwrap_or(0);
        let list: Vec<Erased> = rows.iter().map_while(|row| row.map(|(_, erased)| erased)).collect();
        if list.len() < durable {
            let what = "a row is not what was written".to_owned();
            return Err(LogError::Damaged { file: NAME.to_owned(), at: (list.len() * ROW) as u64, what });
        }
        file.set_length((list.len() * ROW) as u64).map_err(opening())?;
        file.sync_data().map_err(opening())?;
        Ok(Self { file, list })
    }

    /// Adds erasures; they are durable when this returns.
    ///
    /// # Errors
    /// When the disk fails: they must then be tried again on a list opened anew.
    pub fn add(&mut self, erased: &[Erased]) -> Result<(), LogError> {
        let durable = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let rows = (self.list.len()..).zip(erased).flat_map(|(number, erased)| row(number, durable, erased));
        let (at, rows) = ((self.list.len() * ROW) as u64, rows.collect::<Vec<u8>>());
        let written = self.file.write_at(at, &rows).and_then(|()| self.file.sync_data());
        written.map_err(LogError::failed("writing the list of erasures"))?;
        self.list.extend_from_slice(erased);
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
                        list.list().starts_with(&all) && list.list().len() <= all.len() + 9,
                        "seed {seed}"
                    );
                    all = list.list().to_vec();
                    for at in 0..9 {
                        let erased = (0..=dice.below(9)).map(|_| Erased { id: [at; 16], at: dice.roll() });
                        let erased: Vec<Erased> = erased.collect();
                        match list.add(&erased) {
                            Ok(()) => all.extend(erased),
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
        (0..3).for_each(|at| list.add(&[Erased { id: [at as u8; 16], at }]).unwrap());
        disk.flip(NAME, 34 * 8);
        let error = Erasures::open(&disk).err().unwrap().to_string();
        assert!(error.contains("`erasures` is damaged at byte 32"), "{error}");
    }
}
