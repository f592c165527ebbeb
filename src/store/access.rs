//! Whether a place on the disk can be used, and in words why not: which path, which user, and what to do.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Proves that a directory can be used as the store uses it: create a file in it, write, lock, sync, remove. A directory that does
/// not exist is tried where it would be created. Nothing is left behind.
///
/// # Errors
/// In words, with path, user and remedy.
pub fn prove_directory(dir: &Path) -> Result<(), String> {
    prove(dir).map_err(|error| explain(dir, &error))
}

pub(crate) fn prove(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return prove_existing(dir);
    }
    let parent = nearest(dir);
    let trial = parent.join(format!(".marketgate-probe-{}", std::process::id()));
    fs::create_dir(&trial)?;
    let proved = prove_existing(&trial);
    fs::remove_dir(&trial)?;
    proved
}

fn prove_existing(dir: &Path) -> io::Result<()> {
    let path = dir.join(format!(".probe-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
    let written = file.write_all(b"probe").and_then(|()| file.sync_all()).and_then(|()| Ok(file.try_lock()?));
    fs::remove_file(&path)?;
    written?;
    File::open(dir)?.sync_all()
}

/// Why a file or directory cannot be used, in words, and what to do.
pub fn explain(path: &Path, error: &io::Error) -> String {
    use io::ErrorKind;
    let place = nearest(path);
    let shown = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => {
            let (user, owner) = (current_user(), owner(&place));
            format!(
                "{shown}: permission denied. The program runs as {user}, and {} {owner}. Give that user the right (chown, chmod), or \
                 choose another place",
                place.display()
            )
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("{shown}: the file system is mounted read-only. Mount it for writing, or choose another place")
        }
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory if !place.is_dir() => {
            format!("{shown}: {} is not a directory. Move it away, or choose another place", place.display())
        }
        ErrorKind::NotFound => {
            format!("{shown}: nothing can be created in {} ({error}). Choose another place", place.display())
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            format!("{shown}: there is no room ({error}). Free some space, or choose another place")
        }
        _ => format!("{shown}: {error}"),
    }
}

/// The path, or the nearest of its parents that exists.
fn nearest(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.ancestors().find(|place| place.symlink_metadata().is_ok()).unwrap_or(Path::new("/")).to_owned()
}

/// The user that this process runs as, by name and number.
pub fn current_user() -> String {
    // On Linux a process's own directory belongs to its effective user.
    user_of(fs::metadata("/proc/self").ok()).unwrap_or_else(|| "this user".to_owned())
}

#[cfg(unix)]
fn owner(place: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(place).ok();
    let mode = found.as_ref().map(|found| format!(" (mode {:o})", found.permissions().mode() & 0o7777));
    let user = user_of(found).unwrap_or_else(|| "another user".to_owned());
    format!("belongs to {user}{}", mode.unwrap_or_default())
}

#[cfg(not(unix))]
fn owner(_place: &Path) -> String {
    "does not let it".to_owned()
}

#[cfg(unix)]
fn user_of(found: Option<Metadata>) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let uid = found?.uid();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid.to_string()).then_some(name)
    });
    Some(match name {
        Some(name) => format!("{name} (uid {uid})"),
        None => format!("uid {uid}"),
    })
}

#[cfg(not(unix))]
fn user_of(_found: Option<Metadata>) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_proved_without_leaving_anything_behind() {
        let dir = tempfile::tempdir().unwrap();
        prove_directory(dir.path()).unwrap();
        prove_directory(&dir.path().join("a/b/c")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("data")] {
            let problem = prove_directory(&path).unwrap_err();
            assert!(problem.contains(&format!("{} is not a directory", file.display())), "{problem}");
        }
    }

    #[test]
    fn each_cause_has_its_own_words() {
        let words = |kind: io::ErrorKind| explain(Path::new("/"), &io::Error::from(kind));
        let denied = words(io::ErrorKind::PermissionDenied);
        assert!(
            denied.contains(&current_user()) && denied.contains("belongs to") && denied.contains("chown"),
            "{denied}"
        );
        assert!(words(io::ErrorKind::ReadOnlyFilesystem).contains("mounted read-only"));
        assert!(words(io::ErrorKind::StorageFull).contains("no room"));
    }
}
