//! The operating system's files, of a Unix.

use super::{Disk, DiskFile};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// More files than this are made durable by one sync of their whole file system (`syncfs`).
#[cfg(target_os = "linux")]
const ONE_BY_ONE: usize = 12;

/// A folder of the operating system.
#[derive(Clone, Debug)]
pub struct RealDisk {
    folder: PathBuf,
}

impl RealDisk {
    /// The disk of a folder that is there.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        if !folder.is_dir() {
            let message = format!("`{}` is no folder", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The disk of a folder that is made where it is missing, with those above it, for this user alone. That
    /// it is there is then durable: else a crash could take it away with all that was synced in it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(folder: &Path) -> io::Result<Self> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.exists()).collect();
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        for path in missing.iter().filter_map(|path| path.parent()) {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            File::open(path)?.sync_all()?;
        }
        Self::new(folder)
    }
}

impl Disk for RealDisk {
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        if let Some((folder, _)) = name.rsplit_once('/') {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(self.folder.join(folder))?;
        }
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(self.folder.join(name))?;
        Ok(Arc::new(RealFile::new(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(self.folder.join(name))?;
        Ok(Arc::new(RealFile::new(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        std::fs::remove_file(&path)?;
        if let Some(folder) = path.parent().filter(|_| name.contains('/')) {
            // The system refuses where other files are in it.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = vec![];
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn sync_files(&self, names: &[String]) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if names.len() > ONE_BY_ONE {
            return Ok(rustix::fs::syncfs(File::open(&self.folder)?)?);
        }
        let mut folders = BTreeSet::from([self.folder.clone()]);
        for path in names.iter().map(|name| self.folder.join(name)) {
            File::open(&path)?.sync_data()?;
            let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.folder));
            folders.extend(above.map(Path::to_owned));
        }
        folders.iter().try_for_each(|folder| File::open(folder)?.sync_all())
    }
}

struct RealFile {
    file: File,
    /// Its length was set since the last sync: `fdatasync` need not keep that a file became shorter.
    cut: AtomicBool,
}

impl RealFile {
    fn new(file: File) -> Self {
        Self { file, cut: AtomicBool::new(false) }
    }
}

impl DiskFile for RealFile {
    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        FileExt::write_all_at(&self.file, bytes, at)
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while let Some(rest) = into.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match FileExt::read_at(&self.file, rest, at + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.cut.store(true, Ordering::Release);
        self.file.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.cut.swap(false, Ordering::AcqRel) { self.file.sync_all() } else { self.file.sync_data() }
    }
}
