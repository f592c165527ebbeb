//! Where the bytes of a database live.
//!
//! The rest of the store only knows names of databases; this is the one place that knows about paths. Tests put a
//! backend here that loses, tears and reorders what was not synced, or that runs out of space. A reserve of disk space
//! is kept here as well: it is given up when the disk is full, so that deleting (which needs new pages first) still
//! works.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError};

use crate::error::StoreError;

/// Bytes of the first page, which holds the header alone.
const FIRST_PAGE: usize = 4096;

/// Bytes of the magic number at its beginning.
const MAGIC_NUMBER: usize = 9;

/// Opens, lists and removes databases by name.
pub trait BackendFactory: fmt::Debug + Send + Sync {
    /// Opens the database `name` with the given settings, creating it if it is not there.
    fn open(&self, name: &str, builder: &Builder) -> Result<Database, DatabaseError>;

    /// The names of the databases that exist, in no particular order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Removes a database that is not open.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// A failure to open the database `name`, in our words.
    fn explain(&self, _name: &str, error: &io::Error) -> StoreError {
        StoreError::from_io(error)
    }

    /// Gives up the reserve of space; true if there was one.
    fn release_reserve(&self) -> io::Result<bool> {
        Ok(false)
    }

    /// Sets the reserve of space aside again, if it is not there.
    fn restore_reserve(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Databases as files of one directory: what every installation uses.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
    reserve_bytes: usize,
}

impl Directory {
    /// The reserve that an installation keeps: room for some thousand changed pages.
    pub const RESERVE_BYTES: usize = 4 << 20;

    /// Uses the directory, which is created (for its owner alone) if it is not there.
    pub fn new(path: &Path, reserve_bytes: usize) -> io::Result<Self> {
        create_private_directory(path)?;
        Ok(Self { path: path.to_path_buf(), reserve_bytes })
    }

    fn reserve(&self) -> PathBuf {
        self.path.join("reserve")
    }

    /// Makes a file's creation or removal itself durable.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl BackendFactory for Directory {
    fn open(&self, name: &str, builder: &Builder) -> Result<Database, DatabaseError> {
        let path = self.path.join(name);
        if path.exists() {
            empty_if_unfinished(&path)?;
        } else {
            create_private_file(&path)?;
            self.sync()?;
        }
        builder.create(path)
    }

    fn explain(&self, name: &str, error: &io::Error) -> StoreError {
        StoreError::in_place(&self.path.join(name), error)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.path)?;
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let names: io::Result<Vec<String>> = names.collect();
        let is_database = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "redb");
        Ok(names?.into_iter().filter(is_database).collect())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))?;
        self.sync()
    }

    fn release_reserve(&self) -> io::Result<bool> {
        match fs::remove_file(self.reserve()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn restore_reserve(&self) -> io::Result<()> {
        let wanted = self.reserve_bytes as u64;
        if wanted == 0 || fs::metadata(self.reserve()).is_ok_and(|found| found.len() == wanted) {
            return Ok(());
        }
        // Real zeros: a file with holes would reserve nothing.
        let written = File::create(self.reserve()).and_then(|mut file| file.write_all(&vec![0; self.reserve_bytes]));
        if written.is_err() {
            // Half a reserve would only make the disk fuller.
            drop(fs::remove_file(self.reserve()));
        }
        written
    }
}

/// Whether these bytes are a database whose creation was cut off. The engine writes its magic number last and nothing behind the first
/// page before that; it refuses such a file for ever, although there is nothing in it to lose.
pub(crate) fn is_unfinished(file: impl Read) -> io::Result<bool> {
    let mut file = BufReader::with_capacity(FIRST_PAGE, file);
    let mut first = Vec::with_capacity(FIRST_PAGE);
    (&mut file).take(FIRST_PAGE as u64).read_to_end(&mut first)?;
    if first.is_empty() || first.iter().take(MAGIC_NUMBER).any(|byte| *byte != 0) {
        return Ok(false);
    }
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() || bytes.iter().any(|byte| *byte != 0) {
            return Ok(bytes.is_empty());
        }
        let seen = bytes.len();
        file.consume(seen);
    }
}

fn empty_if_unfinished(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    // Who has the lock may be creating it at this moment; opening it says that it is open already.
    if !is_unfinished(&file)? || file.try_lock().is_err() {
        return Ok(());
    }
    file.rewind()?;
    let emptied = is_unfinished(&file).and_then(|unfinished| {
        if unfinished {
            tracing::warn!(file = %path.display(), "its creation was cut off: it is created again");
            file.set_len(0)?;
            file.sync_all()?;
        }
        Ok(())
    });
    // Closing would not do: a program that is being started shares the open file, and so the lock, until it runs.
    emptied.and(file.unlock())
}

#[cfg(unix)]
fn create_private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

fn create_private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_databases_are_listed() {
        let dir = tempfile::tempdir().unwrap();
        let files = Directory::new(&dir.path().join("data"), 1024).unwrap();
        drop(files.open("main.redb", &Builder::new()).unwrap());
        files.restore_reserve().unwrap();
        assert_eq!(files.names().unwrap(), ["main.redb"]);
        files.remove("main.redb").unwrap();
        assert!(files.names().unwrap().is_empty());
    }

    #[test]
    fn a_file_whose_creation_was_cut_off_is_created_again_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let files = Directory::new(dir.path(), 0).unwrap();
        let mut header_alone = vec![0; 100_000];
        header_alone[20] = 7;
        let mut data_behind_it = header_alone.clone();
        data_behind_it[90_000] = 1;
        let cases = [
            ("empty", vec![], true),
            ("short", vec![0; 5], true),
            ("header", header_alone, true),
            ("data", data_behind_it, false),
            ("other", vec![7; 100_000], false),
        ];
        for (name, bytes, opens) in cases {
            let path = dir.path().join(name);
            fs::write(&path, &bytes).unwrap();
            assert_eq!(files.open(name, &Builder::new()).is_ok(), opens, "{name}");
            assert_eq!(fs::read(&path).unwrap() == bytes, !opens, "{name}: what is no database of ours stays as it is");
        }
    }

    /// Between fork and exec a child shares every file that its parent has open, and the locks on them.
    #[cfg(unix)]
    #[test]
    fn a_program_that_is_started_meanwhile_keeps_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let files = Directory::new(dir.path(), 0).unwrap();
        std::thread::scope(|scope| {
            let starter = scope.spawn(|| {
                for _ in 0..300 {
                    std::process::Command::new("true").status().unwrap();
                }
            });
            while !starter.is_finished() {
                files.open("main.redb", &Builder::new()).unwrap().close().unwrap();
            }
        });
    }

    #[test]
    fn the_reserve_can_be_given_up_once() {
        let dir = tempfile::tempdir().unwrap();
        let files = Directory::new(dir.path(), 4096).unwrap();
        files.restore_reserve().unwrap();
        assert_eq!(fs::metadata(dir.path().join("reserve")).unwrap().len(), 4096);
        assert!(files.release_reserve().unwrap());
        assert!(!files.release_reserve().unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_files() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let files = Directory::new(&dir.path().join("data"), 0).unwrap();
        drop(files.open("main.redb", &Builder::new()).unwrap());
        let mode = |path: &str| fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("data"), mode("data/main.redb")), (0o700, 0o600));
    }
}
