//! Which runs make the index, and how far of the log they reach. One file, replaced as a whole; it is
//! written after the runs that it names, never before.

use super::IndexError;
use super::run::About;
use crate::disk::{self, Disk};
use crate::log::Identity;
use std::io::ErrorKind;

/// The file's name.
pub(crate) const NAME: &str = "index.manifest";
const MAGIC: [u8; 8] = *b"HEGUIIX1";

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The log that is indexed.
    pub(crate) identity: Identity,
    /// All events before this one are in the runs: the watermark.
    pub(crate) saved: u64,
    /// The number of the next run.
    pub(crate) next: u64,
    pub(crate) runs: Vec<About>,
}

impl Manifest {
    fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.identity);
        out.extend_from_slice(&self.saved.to_le_bytes());
        out.extend_from_slice(&self.next.to_le_bytes());
        for run in &self.runs {
            out.extend_from_slice(&run.number.to_le_bytes());
            out.extend_from_slice(&run.count.to_le_bytes());
            out.extend_from_slice(&run.level.to_le_bytes());
            out.extend_from_slice(&run.crc.to_le_bytes());
        }
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (bytes, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(bytes) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (identity, rest) = bytes.strip_prefix(&MAGIC)?.split_first_chunk::<16>()?;
        let (saved, rest) = rest.split_first_chunk::<8>()?;
        let (next, rest) = rest.split_first_chunk::<8>()?;
        let (runs, []) = rest.as_chunks::<24>() else { return None };
        let run = |bytes: &[u8; 24]| {
            let (number, rest) = bytes.split_first_chunk::<8>()?;
            let (count, rest) = rest.split_first_chunk::<8>()?;
            let (level, crc) = rest.split_first_chunk::<4>()?;
            Some(About {
                number: u64::from_le_bytes(*number),
                count: u64::from_le_bytes(*count),
                level: u32::from_le_bytes(*level),
                crc: u32::from_le_bytes(*crc.first_chunk::<4>()?),
            })
        };
        Some(Self {
            identity: *identity,
            saved: u64::from_le_bytes(*saved),
            next: u64::from_le_bytes(*next),
            runs: runs.iter().map(run).collect::<Option<_>>()?,
        })
    }

    /// Reads it; none when there is none.
    ///
    /// # Errors
    /// When it is damaged, or the disk fails.
    pub(crate) fn read(disk: &dyn Disk) -> Result<Option<Self>, IndexError> {
        let file = match disk.open(NAME) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let damaged = || IndexError::Damaged { file: NAME.to_owned(), at: 0 };
        Self::decode(&disk::read_whole(&*file)?).map(Some).ok_or_else(damaged)
    }

    /// Puts it in the old one's place. With it the names of the runs become durable.
    pub(crate) fn write(&self, disk: &dyn Disk, sync_folder: bool) -> Result<(), IndexError> {
        // The runs' names first: a manifest must not be there without them.
        if sync_folder {
            disk.sync_folder()?;
        }
        Ok(disk::replace(disk, NAME, &self.encode(), sync_folder)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(identity: [u8; 16], saved: u64, next: u64, runs: Vec<(u64, u64, u32, u32)>) {
            let about = |(number, count, level, crc)| About { number, level, count, crc };
            let manifest = Manifest { identity, saved, next, runs: runs.into_iter().map(about).collect() };
            prop_assert_eq!(Manifest::decode(&manifest.encode()), Some(manifest));
        }

        #[test]
        fn nothing_else_is_read(bytes: Vec<u8>, at: usize, bit in 0..8) {
            prop_assert_eq!(Manifest::decode(&bytes), None);
            let mut bytes = Manifest { saved: 7, ..Manifest::default() }.encode();
            let at = at % bytes.len();
            bytes[at] ^= 1_u8 << bit;
            prop_assert_eq!(Manifest::decode(&bytes), None);
        }
    }
}
