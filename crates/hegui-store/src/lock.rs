//! One process has the folder.
//!
//! The lock is the operating system's on the file `lock`, so it goes when its process goes, however that
//! ends; the file itself stays and means nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Why the folder could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("`{}` is in use by {who}: stop it first, or choose another folder", .folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// Who has it, as it wrote itself down.
        who: String,
    },
    /// The lock could not be tried.
    #[error("`{}` could not be locked: {error}", .folder.display())]
    Failed {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// The folder is this process's until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes a folder that is there.
    ///
    /// # Errors
    /// When another process has it, or the system refuses.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let failed = |error| LockError::Failed { folder: folder.to_owned(), error };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(folder.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut who = String::new();
                let _ = (&file).take(64).read_to_string(&mut who);
                let who = if who.is_empty() { "another process".to_owned() } else { who };
                return Err(LockError::Taken { folder: folder.to_owned(), who });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).map_err(failed)?;
        write!(file, "process {}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Folder;

    #[test]
    fn a_second_one_is_told_who_has_the_folder() {
        let folder = Folder::new("lock");
        let lock = Lock::take(&folder.0).unwrap();
        let error = Lock::take(&folder.0).unwrap_err().to_string();
        assert!(error.contains(&format!("is in use by process {}", std::process::id())), "{error}");
        drop(lock);
        Lock::take(&folder.0).unwrap();
    }
}
