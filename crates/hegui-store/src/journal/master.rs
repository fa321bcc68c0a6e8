//! Where the master key comes from: it wraps all other keys and never lies in the folder that it protects.

use super::JournalError;
use super::random::random;
use hegui_ledger::seal::MasterKey;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize as _, Zeroizing};

/// The variable of the environment that may hold the key.
pub const VARIABLE: &str = "HEGUI_MASTER_KEY";

/// Where the master key comes from. It is 32 bytes, written as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file that nobody but its owner may read (mode 600 or 400).
    File(PathBuf),
    /// The variable [`VARIABLE`].
    Environment,
}

impl MasterKeySource {
    /// Reads the key.
    ///
    /// # Errors
    /// When there is none, others may read the file, or it is in another form.
    pub fn read(&self) -> Result<MasterKey, JournalError> {
        match self {
            Self::Environment => {
                let text = std::env::var(VARIABLE).map(Zeroizing::new);
                let text = text.map_err(|_| JournalError::Master(format!("`{VARIABLE}` is not set")))?;
                parse(&text).ok_or_else(|| form(&format!("`{VARIABLE}`")))
            }
            Self::File(path) => {
                let shown = format!("`{}`", path.display());
                let failed = |error| JournalError::Master(format!("{shown} cannot be read: {error}"));
                let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    let why = format!("others may use {shown} (mode {mode:o}): run `chmod 600` on it");
                    return Err(JournalError::Master(why));
                }
                let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
                parse(&text).ok_or_else(|| form(&shown))
            }
        }
    }

    /// Makes a new key in a file that is not there yet, with mode 600; it is durable when this returns.
    ///
    /// # Errors
    /// When there is such a file, or the system refuses.
    pub fn create(path: &Path) -> Result<Self, JournalError> {
        let failed = |error| JournalError::Master(format!("`{}` cannot be made: {error}", path.display()));
        let key = Zeroizing::new(random::<32>()?);
        let mut text = Zeroizing::new(String::with_capacity(65));
        key.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
        text.push('\n');
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Self::File(path.to_owned()))
    }
}

fn form(what: &str) -> JournalError {
    JournalError::Master(format!("{what} is not in the form of one: 64 hexadecimal digits"))
}

fn parse(text: &str) -> Option<MasterKey> {
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    let master = MasterKey::new(key);
    key.zeroize();
    Some(master)
}
