//! The keys of subjects: made, found, and destroyed.
//!
//! An event is sealed under the newest key of its subject and class. Whoever seals holds the gate open from
//! asking for keys until the log has given the event its place; whoever erases closes it, gives the erasure its
//! place, and from then on the keys are *dying*: not used to seal any more. So all that was sealed under a key
//! stands before the erasure that destroys it, and who comes back later gets a new key.

#[cfg(test)]
use super::Bug;
use super::cache::Cache;
use super::keyfile::{KeyFile, Stored};
use super::random::random;
use super::{JournalError, KeyId, Options};
use crate::disk::Disk;
use crate::erasures::{Erased, Erasures};
use crate::log::{LogError, locked};
use hegui_ledger::event::{Class, SubjectId};
use hegui_ledger::seal::{DataKey, MasterKey};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A key that is unwrapped.
pub(crate) struct Live {
    pub(crate) id: KeyId,
    pub(crate) subject: SubjectId,
    pub(crate) class: Class,
    pub(crate) key: DataKey,
}

/// What became of a key.
pub(crate) enum Found {
    Live(Arc<Live>),
    /// Destroyed by the event at this index.
    Gone(u64),
    Unknown,
}

#[derive(Default)]
struct Gone {
    erased: HashMap<KeyId, u64>,
    dying: HashSet<KeyId>,
}

pub(crate) struct Ring {
    master: MasterKey,
    pub(crate) file: KeyFile,
    list: Mutex<Erasures>,
    gone: RwLock<Gone>,
    gate: RwLock<()>,
    by_class: Cache<(SubjectId, Class), Arc<Live>>,
    by_id: Cache<KeyId, Arc<Live>>,
    #[cfg(test)]
    bug: Option<Bug>,
}

#[cfg(not(test))]
impl Ring {
    fn syncs_keys(&self) -> bool {
        true
    }
    fn lets_die(&self) -> bool {
        true
    }
    fn lists_first(&self) -> bool {
        true
    }
    fn overwrites(&self) -> bool {
        true
    }
}

#[cfg(test)]
impl Ring {
    fn syncs_keys(&self) -> bool {
        self.bug != Some(Bug::KeysNotSynced)
    }
    fn lets_die(&self) -> bool {
        self.bug != Some(Bug::KeysNotDying)
    }
    fn lists_first(&self) -> bool {
        self.bug != Some(Bug::BytesFirst)
    }
    fn overwrites(&self) -> bool {
        self.bug != Some(Bug::BytesStay)
    }
}

impl Ring {
    /// Opens the file of keys and the list of erasures, on the disk of the keys.
    pub(crate) fn open(disk: &dyn Disk, master: MasterKey, options: &Options) -> Result<Self, LogError> {
        let list = Erasures::open(disk)?;
        let erased: HashMap<KeyId, u64> = list.list().iter().map(|erased| (erased.id, erased.at)).collect();
        let file = KeyFile::open(disk, &erased)?;
        let gone = RwLock::new(Gone { erased, dying: HashSet::new() });
        let (by_class, by_id) = (Cache::new(options.cached_keys), Cache::new(options.cached_keys));
        let (list, gate) = (Mutex::new(list), RwLock::default());
        #[cfg(test)]
        let bug = options.bug;
        Ok(Self {
            master,
            file,
            list,
            gone,
            gate,
            by_class,
            by_id,
            #[cfg(test)]
            bug,
        })
    }

    fn gone(&self) -> RwLockReadGuard<'_, Gone> {
        self.gone.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn gone_mut(&self) -> RwLockWriteGuard<'_, Gone> {
        self.gone.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes durable what events of the next block need.
    pub(crate) fn sync(&self) -> Result<(), LogError> {
        self.file.sync(self.syncs_keys())
    }

    /// Held while events are sealed and given their places.
    pub(crate) fn sealing(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while an erasure is given its place.
    pub(crate) fn erasing(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn unwrap(&self, stored: &Stored) -> Result<Arc<Live>, JournalError> {
        let key = self.master.unwrap(&stored.entry).map_err(|_| JournalError::Key { at: stored.at })?;
        let (subject, class) = (stored.entry.subject, stored.entry.class.clone());
        Ok(Arc::new(Live { id: stored.id, subject, class, key }))
    }

    /// The key to seal with: the newest of this subject and class, or a new one, used from `since` on.
    pub(crate) fn key_for(
        &self,
        subject: SubjectId,
        class: &Class,
        since: u64,
    ) -> Result<Arc<Live>, JournalError> {
        let name = (subject, class.clone());
        let mut shard = self.by_class.shard(&name).ok_or(LogError::Closed)?;
        if let Some(live) = shard.get(&name) {
            return Ok(live);
        }
        let newest = self.live_keys(&subject)?.into_iter().rfind(|stored| stored.entry.class == *class);
        let live = match newest {
            Some(stored) => self.unwrap(&stored)?,
            None => {
                let (id, key) = (random()?, DataKey::new(random()?));
                let entry = self.master.wrap(&key, subject, class.clone(), since, random()?);
                let entry = entry.map_err(|_| JournalError::Draft("its key cannot be wrapped"))?;
                self.file.add(id, &entry);
                Arc::new(Live { id, subject, class: class.clone(), key })
            }
        };
        shard.put(name, Arc::clone(&live));
        Ok(live)
    }

    /// The keys of a subject that are neither destroyed nor dying, oldest first.
    pub(crate) fn live_keys(&self, subject: &SubjectId) -> Result<Vec<Stored>, LogError> {
        let mut keys = self.file.of(subject)?;
        let gone = self.gone();
        keys.retain(|stored| !gone.erased.contains_key(&stored.id) && !gone.dying.contains(&stored.id));
        Ok(keys)
    }

    /// The key of an id, to open with.
    pub(crate) fn key_of(&self, id: &KeyId) -> Result<Found, JournalError> {
        let mut shard = self.by_id.shard(id).ok_or(LogError::Closed)?;
        // Looked at under the shard's lock: who destroys a key marks it first and empties the shard then, so
        // that no destroyed key stays in it.
        if let Some(at) = self.gone().erased.get(id) {
            return Ok(Found::Gone(*at));
        }
        if let Some(live) = shard.get(id) {
            return Ok(Found::Live(live));
        }
        let Some(stored) = self.file.get(id)? else { return Ok(Found::Unknown) };
        let live = self.unwrap(&stored)?;
        shard.put(*id, Arc::clone(&live));
        Ok(Found::Live(live))
    }

    /// No more sealing with these, or again where the erasure was refused.
    pub(crate) fn set_dying(&self, keys: &[Stored], dying: bool) {
        if !self.lets_die() {
            return;
        }
        let mut gone = self.gone_mut();
        for key in keys {
            if dying {
                gone.dying.insert(key.id)
            } else {
                gone.dying.remove(&key.id)
            };
        }
        drop(gone);
        keys.iter().for_each(|key| self.by_class.forget(&(key.entry.subject, key.entry.class.clone())));
    }

    /// Destroys keys for good: they stand in the list, durably, before their bytes go. To be repeated after a
    /// crash.
    pub(crate) fn destroy(&self, erased: &[Erased]) -> Result<(), JournalError> {
        let ids: Vec<KeyId> = erased.iter().map(|erased| erased.id).collect();
        if !self.lists_first() {
            self.file.destroy(&ids)?;
        }
        let new: Vec<Erased> =
            erased.iter().filter(|erased| !self.gone().erased.contains_key(&erased.id)).copied().collect();
        let mut list = locked(&self.list);
        if !new.is_empty() {
            list.add(&new)?;
            self.gone_mut().erased.extend(new.iter().map(|erased| (erased.id, erased.at)));
        }
        drop(list);
        for id in &ids {
            if let Some(stored) = self.file.get(id)? {
                self.by_class.forget(&(stored.entry.subject, stored.entry.class.clone()));
            }
            self.by_id.forget(id);
        }
        if self.overwrites() {
            self.file.destroy(&ids)?;
        }
        let mut gone = self.gone_mut();
        gone.dying.retain(|id| !ids.contains(id));
        Ok(())
    }

    /// All erasures, in their order.
    pub(crate) fn erasures(&self) -> Vec<Erased> {
        locked(&self.list).list().to_vec()
    }
}
