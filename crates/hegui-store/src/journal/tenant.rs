//! Who a ledger is: its origin, and the secrets that are its own, wrapped by the master key.
//!
//! ```text
//! hegui tenant 1
//! origin example.cn/ledger
//! key HEX           the ledger's own key, wrapped (`hegui_ledger::seal::KeyEntry`)
//! secrets HEX       the signing key's 32 random bytes and the subject-id key's, sealed under it
//! check HEX         CRC-32C of the lines above
//! ```
//! The origin is bound to both: under another origin they do not open.

use super::JournalError;
use super::random::random;
use crate::disk::{Disk, read_whole, replace};
use hegui_ledger::event::{Class, Id, SubjectId, SubjectIdKey};
use hegui_ledger::note::Signer;
use hegui_ledger::seal::{DataKey, KeyEntry, MasterKey, Part};
use hegui_ledger::tree::leaf_hash;
use std::io::ErrorKind;
use std::path::PathBuf;
use zeroize::Zeroizing;

pub(crate) const NAME: &str = "tenant";
const HEAD: &str = "hegui tenant 1";

/// The secrets of a ledger.
pub(crate) struct Tenant {
    pub(crate) origin: Id,
    pub(crate) signer: Signer,
    pub(crate) subjects: SubjectIdKey,
    /// Seals what belongs to no subject, and is never destroyed.
    pub(crate) own: DataKey,
    /// Whom the own key counts as where it seals events: the same under any origin.
    pub(crate) itself: SubjectId,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.1.is_empty().then(|| digits.0.iter().map(byte).collect())?
}

/// Whom a ledger's own key counts as in the tenant's file, which is so bound to the origin.
fn bound_to(origin: &str) -> SubjectId {
    SubjectId(leaf_hash(format!("hegui-tenant/1\n{origin}").as_bytes()))
}

fn wrong(why: &str) -> JournalError {
    JournalError::Tenant { file: PathBuf::from("keys").join(NAME), why: why.to_owned() }
}

impl Tenant {
    /// Reads the tenant's file, or makes one for this origin.
    ///
    /// # Errors
    /// When the file is damaged, of another origin or under another master key, or the origin is none.
    pub(crate) fn open(disk: &dyn Disk, origin: &str, master: &MasterKey) -> Result<Self, JournalError> {
        match disk.open(NAME) {
            Ok(file) => {
                let text = read_whole(&*file).map_err(JournalError::system("reading the tenant's file"))?;
                let found = Self::parse(&String::from_utf8(text).unwrap_or_default(), master)?;
                if found.origin.as_str() != origin {
                    let why = format!("the folder is of the ledger `{}`, not of `{origin}`", found.origin);
                    return Err(wrong(&why));
                }
                Ok(found)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secrets = Zeroizing::new(random::<64>()?);
                Self::make(disk, origin, master, &DataKey::new(random()?), &secrets)
            }
            Err(error) => Err(JournalError::system("opening the tenant's file")(error)),
        }
    }

    /// The origin that a tenant's file names, whatever its keys.
    pub(crate) fn origin_of(disk: &dyn Disk) -> Option<String> {
        let text = String::from_utf8(read_whole(&*disk.open(NAME).ok()?).ok()?).ok()?;
        text.lines().nth(1)?.strip_prefix("origin ").map(str::to_owned)
    }

    /// The same ledger under another origin, with a signing key of its own.
    pub(crate) fn renamed(disk: &dyn Disk, origin: &str, master: &MasterKey) -> Result<Self, JournalError> {
        let file = disk.open(NAME).map_err(JournalError::system("opening the tenant's file"))?;
        let text = read_whole(&*file).map_err(JournalError::system("reading the tenant's file"))?;
        let (own, mut secrets) = secrets(&String::from_utf8(text).unwrap_or_default(), master)?;
        let (signing, _) = secrets.split_at_mut(32);
        signing.copy_from_slice(&random::<32>()?);
        Self::make(disk, origin, master, &own, &secrets)
    }

    fn make(
        disk: &dyn Disk,
        origin: &str,
        master: &MasterKey,
        own: &DataKey,
        secrets: &[u8; 64],
    ) -> Result<Self, JournalError> {
        let (itself, never) = (bound_to(origin), |_| wrong("its keys cannot be sealed"));
        Id::new(origin).ok_or_else(|| wrong("an origin has 1 to 255 bytes and no control characters"))?;
        let entry = master.wrap(own, itself, Class::Service, 0, random()?).map_err(never)?;
        let sealed = own.seal(Part::Payload, &itself, &Class::Service, secrets, random()?).map_err(never)?;
        let mut text =
            format!("{HEAD}\norigin {origin}\nkey {}\nsecrets {}\n", hex(&entry.encode()), hex(&sealed));
        text.push_str(&format!("check {:08x}\n", crc32c::crc32c(text.as_bytes())));
        let tenant = Self::parse(&text, master)?;
        replace(disk, NAME, text.as_bytes(), true)
            .map_err(JournalError::system("writing the tenant's file"))?;
        Ok(tenant)
    }

    fn parse(text: &str, master: &MasterKey) -> Result<Self, JournalError> {
        let (own, secrets) = secrets(text, master)?;
        let origin = text.lines().nth(1).and_then(|line| line.strip_prefix("origin ")).and_then(Id::new);
        let origin = origin.ok_or_else(|| wrong("it names no origin"))?;
        let (signing, subjects) = secrets.split_at(32);
        let key = |bytes: &[u8]| bytes.try_into().map_err(|_| wrong("a secret is cut off"));
        let signer =
            Signer::new(origin.as_str(), key(signing)?).map_err(|error| wrong(&error.to_string()))?;
        let itself = SubjectId(leaf_hash(b"hegui-own/1\n"));
        Ok(Self { origin, signer, subjects: SubjectIdKey::new(key(subjects)?), own, itself })
    }
}

/// The own key and what is sealed under it.
fn secrets(text: &str, master: &MasterKey) -> Result<(DataKey, Zeroizing<[u8; 64]>), JournalError> {
    let form = || wrong("it is not what was written; take it from a backup of the keys");
    let (body, check) = text.rsplit_once("check ").ok_or_else(form)?;
    if check.trim_end() != format!("{:08x}", crc32c::crc32c(body.as_bytes())) {
        return Err(form());
    }
    let mut lines = body.lines();
    lines.next().filter(|line| *line == HEAD).ok_or_else(form)?;
    let mut line = |name: &str| lines.next().and_then(|line| line.strip_prefix(name));
    let origin = line("origin ").ok_or_else(form)?;
    let entry = line("key ").and_then(unhex).and_then(|bytes| KeyEntry::decode(&bytes).ok());
    let (entry, sealed) = (entry.ok_or_else(form)?, line("secrets ").and_then(unhex).ok_or_else(form)?);
    let opens = |_| wrong("it does not open: the master key is another, or the file was forged");
    if entry.subject != bound_to(origin) {
        return Err(opens(()));
    }
    let own = master.unwrap(&entry).map_err(|_| opens(()))?;
    let plain = own.open(Part::Payload, &entry.subject, &Class::Service, &sealed).map_err(|_| opens(()))?;
    let secrets = plain.as_slice().try_into().map_err(|_| form())?;
    Ok((own, Zeroizing::new(secrets)))
}
