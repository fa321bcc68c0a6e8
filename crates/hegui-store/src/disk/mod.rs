//! The few operations on files that the store needs, so that what it makes of them can be tried on a disk
//! that loses what was not synced.
//!
//! One [`Disk`] is one folder; names may hold `/` for folders in it, which come and go with their files. What is promised is what POSIX promises and no more: bytes that were
//! written survive a crash only after [`DiskFile::sync_data`], names only after [`Disk::sync_folder`].
//! [`RealDisk`] is the operating system's; the tests' `SimulatedDisk` keeps at a crash what was synced and,
//! of the rest, whatever its seed chooses.

mod real;
#[cfg(test)]
pub(crate) mod simulated;

pub use real::RealDisk;

use std::io;
use std::sync::Arc;

/// One folder of files.
pub trait Disk: Send + Sync {
    /// Makes a new, empty file.
    ///
    /// # Errors
    /// When there is one of that name, or the system refuses.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that is there, to read and to write.
    ///
    /// # Errors
    /// `NotFound` when there is none; what the system says otherwise.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name, in the place of what had it.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Takes a name away. Who has the file open can still read it.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// The names that hold no `/`, sorted.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes the names durable: creations, renamings and removals until now survive a crash.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self) -> io::Result<()>;

    /// Makes files durable, their bytes and their names, with the folders that they are in. For many files
    /// written since the last time, where one by one would take a wait for the disk each.
    ///
    /// # Errors
    /// What the system says; nobody knows then which of them are durable.
    fn sync_files(&self, names: &[String]) -> io::Result<()>;
}

/// An open file. Safe to share: positions are arguments.
pub trait DiskFile: Send + Sync {
    /// Writes all of the bytes at a position, and makes the file longer where need be.
    ///
    /// # Errors
    /// When not all could be written; a part of them may have been.
    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Reads until the bytes are full or the file ends; says how many were read.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;

    /// The file's length in bytes.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self) -> io::Result<u64>;

    /// Cuts the file to a length, or makes it longer with zeros.
    ///
    /// # Errors
    /// What the system says.
    fn set_length(&self, length: u64) -> io::Result<()>;

    /// Makes bytes and length durable (`fdatasync`). After an error nobody knows what is on disk: the
    /// kernel may have dropped the pages and will not say so a second time.
    ///
    /// # Errors
    /// What the system says.
    fn sync_data(&self) -> io::Result<()>;
}

/// Opens a file, or makes it.
///
/// # Errors
/// What the disk says.
pub(crate) fn open_or_create(disk: &dyn Disk, name: &str) -> io::Result<Arc<dyn DiskFile>> {
    match disk.open(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => disk.create(name),
        opened => opened,
    }
}

/// Reads a whole file.
///
/// # Errors
/// What the disk says.
pub(crate) fn read_whole(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let length = usize::try_from(file.length()?).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    let mut bytes = vec![0; length];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Puts a whole file in the place of another, so that after a crash there is the old one or the new one:
/// written under a name of its own, synced, renamed, and the folder synced.
///
/// # Errors
/// What the disk says; the old file is then still there.
pub(crate) fn replace(disk: &dyn Disk, name: &str, bytes: &[u8], sync_folder: bool) -> io::Result<()> {
    let new = format!("{name}.new");
    match disk.remove(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.create(&new)?;
    file.write_at(0, bytes)?;
    file.sync_data()?;
    disk.rename(&new, name)?;
    if sync_folder { disk.sync_folder() } else { Ok(()) }
}
