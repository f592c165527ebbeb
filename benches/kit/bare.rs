//! The yardstick of the store: redb alone, one writer thread that commits what waits as a group, with the program's settings.
//!
//! It decides nothing, encodes nothing and checks nothing: what is left is what the engine and the disk cost.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use anyhow::anyhow;
use redb::{Builder, Database, Durability, TableDefinition};

use super::rows::Put;

/// Transactions in one commit, as in the program.
const GROUP: usize = 64;

/// Memory for pages, as in the program's defaults.
const CACHE_BYTES: usize = 32 << 20;

struct Job {
    puts: Vec<Put>,
    reply: SyncSender<Result<(), String>>,
}

/// A database file with its writer thread.
#[derive(Debug)]
pub struct Bare {
    queue: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl Bare {
    /// Creates a database in a file.
    ///
    /// # Errors
    /// What redb says.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let database = Builder::new().set_cache_size(CACHE_BYTES).create(path)?;
        let (queue, jobs) = channel();
        let writer = std::thread::spawn(move || work(&database, &jobs));
        Ok(Self { queue: Some(queue), writer: Some(writer) })
    }

    /// Writes rows and waits until they are on the disk.
    ///
    /// # Errors
    /// What redb says.
    pub fn commit(&self, puts: Vec<Put>) -> anyhow::Result<()> {
        let (reply, answer) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(|| anyhow!("the writer has ended"))?;
        queue.send(Job { puts, reply }).map_err(|_| anyhow!("the writer has ended"))?;
        answer.recv()?.map_err(|error| anyhow!(error))
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has answered nobody, which was noticed.
            drop(writer.join());
        }
    }
}

/// The rows of the n-th repetition: keys of the same length that sort by n, as identifiers made one after the other do.
pub fn renumbered(puts: &[Put], n: u64) -> Vec<Put> {
    let renumber = |put: &Put| {
        let mut put = put.clone();
        let tail = put.key.len().saturating_sub(8);
        let number = n.to_be_bytes();
        let tail = put.key.get_mut(tail..).unwrap_or_default();
        let skipped = number.len() - tail.len();
        tail.iter_mut().zip(number.iter().skip(skipped)).for_each(|(to, from)| *to = *from);
        put
    };
    puts.iter().map(renumber).collect()
}

fn work(database: &Database, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = jobs.try_recv()
        {
            group.push(next);
        }
        let committed = commit(database, &group).map_err(|error| error.to_string());
        for job in group {
            // The caller may be gone, then nobody wants to know.
            drop(job.reply.send(committed.clone()));
        }
    }
}

fn commit(database: &Database, group: &[Job]) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    transaction.set_quick_repair(true);
    let mut puts: Vec<&Put> = group.iter().flat_map(|job| &job.puts).collect();
    puts.sort_by(|a, b| a.table.cmp(&b.table));
    for of_table in puts.chunk_by(|a, b| a.table == b.table) {
        let Some(name) = of_table.first().map(|put| &*put.table) else { continue };
        let mut table = transaction.open_table(TableDefinition::<&[u8], &[u8]>::new(name))?;
        for put in of_table {
            table.insert(put.key.as_slice(), put.value.as_slice())?;
        }
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &[u8]) -> Put {
        Put { table: "t".into(), key: key.to_vec(), value: vec![7] }
    }

    #[test]
    fn repetitions_have_keys_of_the_same_length_in_order() {
        let keys = |n| renumbered(&[put(b"organization-0000"), put(b"abc")], n).into_iter().map(|put| put.key);
        let (first, second): (Vec<_>, Vec<_>) = (keys(1).collect(), keys(2).collect());
        assert!(first.iter().zip(&second).all(|(a, b)| a < b && a.len() == b.len()), "{first:?} {second:?}");
    }

    #[test]
    fn what_was_committed_is_there() {
        use redb::{ReadableDatabase, ReadableTableMetadata};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bare.redb");
        let bare = Bare::create(&path).unwrap();
        bare.commit(vec![put(b"a"), put(b"b")]).unwrap();
        drop(bare);
        let database = Database::open(&path).unwrap();
        let table = database.begin_read().unwrap().open_table(TableDefinition::<&[u8], &[u8]>::new("t")).unwrap();
        assert_eq!(table.len().unwrap(), 2);
    }
}
