//! What the server itself keeps of a tenant: accounts, credentials, approvals, answers to repeat, the
//! outbox. One `redb` file in the tenant's folder, readable by its owner only; a change is durable when
//! [`Keeper::change`] returns. What happens to personal data is not here but in the journal.

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};
use std::ops::Bound;
use std::path::Path;

/// A shelf: values in JSON under a key.
#[derive(Clone, Copy, Debug)]
pub struct Shelf(&'static str);

/// People who sign in, by name.
pub const ACCOUNTS: Shelf = Shelf("accounts");
/// Keys, sessions and the first administrator's key, by id.
pub const CREDENTIALS: Shelf = Shelf("credentials");
/// What awaits, or had, a second person, by id.
pub const APPROVALS: Shelf = Shelf("approvals");
/// Answers to repeat, by credential and idempotency key.
pub const ANSWERS: Shelf = Shelf("answers");
/// Receivers of webhooks, by id.
pub const RECEIVERS: Shelf = Shelf("receivers");
/// Messages to be sent, by the time that they are due.
pub const OUTBOX: Shelf = Shelf("outbox");
/// Messages that could not be delivered, by id.
pub const DEAD: Shelf = Shelf("dead");
/// Single values: how far the outbox has been filled.
pub const MARKS: Shelf = Shelf("marks");

const SHELVES: [Shelf; 8] = [ACCOUNTS, CREDENTIALS, APPROVALS, ANSWERS, RECEIVERS, OUTBOX, DEAD, MARKS];

impl Shelf {
    const fn table(self) -> TableDefinition<'static, &'static str, &'static [u8]> {
        TableDefinition::new(self.0)
    }
}

/// The file cannot be read, written or understood.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The database says so.
    #[error("the server's own file: {0}")]
    Database(Box<redb::Error>),
    /// A file operation failed.
    #[error("the server's own file: {0}")]
    File(std::io::Error),
    /// A value is not what this version writes.
    #[error("the server's own file, shelf `{shelf}`: {source}; was it written by a newer version?")]
    Form {
        /// Where.
        shelf: &'static str,
        /// Why.
        source: serde_json::Error,
    },
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for KeeperError {
            fn from(error: redb::$error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        })*
    };
}
from_redb!(DatabaseError, TransactionError, TableError, StorageError, CommitError);

/// Some of a shelf, in the order of its keys.
#[derive(Debug)]
pub struct Page<T> {
    /// Keys and values.
    pub items: Vec<(String, T)>,
    /// After which key to go on, where there is more.
    pub next: Option<String>,
}

/// The file.
pub struct Keeper {
    database: Database,
}

impl Keeper {
    /// Opens the file, or makes it, readable by its owner only.
    ///
    /// # Errors
    /// Where it cannot be opened: another process has it, it is damaged, there is no such folder.
    pub fn open(path: &Path) -> Result<Self, KeeperError> {
        let mut how = std::fs::OpenOptions::new();
        how.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
        let database = Database::builder().create_file(how.open(path).map_err(KeeperError::File)?)?;
        let transaction = database.begin_write()?;
        for shelf in SHELVES {
            transaction.open_table(shelf.table())?;
        }
        transaction.commit()?;
        Ok(Self { database })
    }

    /// The value under a key.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn get<T: DeserializeOwned>(&self, shelf: Shelf, key: &str) -> Result<Option<T>, KeeperError> {
        let table = self.database.begin_read()?.open_table(shelf.table())?;
        table.get(key)?.map(|value| decode(shelf, value.value())).transpose()
    }

    /// At most `limit` values whose keys come after `after`.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn page<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<T>, KeeperError> {
        let table = self.database.begin_read()?.open_table(shelf.table())?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut page = Page { items: Vec::new(), next: None };
        for entry in table.range::<&str>((from, Bound::Unbounded))? {
            let (key, value) = entry?;
            if page.items.len() == limit {
                page.next = page.items.last().map(|(key, _): &(String, T)| key.clone());
                break;
            }
            page.items.push((key.value().to_owned(), decode(shelf, value.value())?));
        }
        Ok(page)
    }

    /// How many values a shelf holds.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn count(&self, shelf: Shelf) -> Result<u64, KeeperError> {
        use redb::ReadableTableMetadata;
        Ok(self.database.begin_read()?.open_table(shelf.table())?.len()?)
    }

    /// Makes a change as a whole: durable when this returns, nothing of it where `make` fails. Changes
    /// follow one another; what one reads, no other can have changed before it is done.
    ///
    /// # Errors
    /// Of `make`, or where the file cannot be written.
    pub fn change<R, E: From<KeeperError>>(
        &self,
        make: impl FnOnce(&Change<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        let transaction = self.database.begin_write().map_err(KeeperError::from)?;
        let result = make(&Change(&transaction))?;
        transaction.commit().map_err(KeeperError::from)?;
        Ok(result)
    }
}

/// A change being made.
pub struct Change<'a>(&'a WriteTransaction);

impl Change<'_> {
    /// The value under a key, as this change has left it.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn get<T: DeserializeOwned>(&self, shelf: Shelf, key: &str) -> Result<Option<T>, KeeperError> {
        let table = self.0.open_table(shelf.table())?;
        let value = table.get(key)?;
        value.map(|value| decode(shelf, value.value())).transpose()
    }

    /// Puts a value under a key, in place of any that is there.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn put<T: Serialize>(&self, shelf: Shelf, key: &str, value: &T) -> Result<(), KeeperError> {
        let bytes =
            serde_json::to_vec(value).map_err(|source| KeeperError::Form { shelf: shelf.0, source })?;
        self.0.open_table(shelf.table())?.insert(key, bytes.as_slice())?;
        Ok(())
    }

    /// Removes a key; whether it was there.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn remove(&self, shelf: Shelf, key: &str) -> Result<bool, KeeperError> {
        Ok(self.0.open_table(shelf.table())?.remove(key)?.is_some())
    }

    /// Keeps only what `keep` says.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn retain<T: DeserializeOwned>(
        &self,
        shelf: Shelf,
        mut keep: impl FnMut(&T) -> bool,
    ) -> Result<(), KeeperError> {
        let mut table = self.0.open_table(shelf.table())?;
        // What cannot be read is kept: it is another version's.
        table.retain(|_, bytes| serde_json::from_slice(bytes).map_or(true, |value| keep(&value)))?;
        Ok(())
    }
}

fn decode<T: DeserializeOwned>(shelf: Shelf, bytes: &[u8]) -> Result<T, KeeperError> {
    serde_json::from_slice(bytes).map_err(|source| KeeperError::Form { shelf: shelf.0, source })
}
