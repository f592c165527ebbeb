//! A disk for tests that loses power, tears writes, reorders them, and runs out of space.
//!
//! It keeps two images of every database: the live one (what the running program reads back) and the durable one (what
//! the last sync left). At a power cut, any subset of what was written since is on the disk, some of it torn.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "for tests, which fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::{Builder, Database, DatabaseError, StorageBackend};

use crate::backend::{BackendFactory, is_unfinished};

const SECTOR: usize = 512;
const BLOCK: usize = 4096;

/// A sequence of numbers from a seed (xorshift): the same seed gives the same accident.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The sequence of a seed; neighbouring seeds have different ones.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

#[derive(Debug, Default)]
struct Image {
    live: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// Blocks that were ever written: writing them again needs no new room, growing a file neither.
    blocks: BTreeSet<usize>,
}

impl Image {
    fn change(&mut self, change: Change) {
        if let Change::Write(offset, data) = &change {
            self.blocks.extend(blocks(*offset, data.len()));
        }
        apply(&mut self.live, &change);
        self.unsynced.push(change);
    }

    /// As much of a change as there is room for, and whether that is all of it: a full disk cuts a write off.
    fn fitting(&self, change: Change, room_bytes: &mut usize) -> (Change, bool) {
        let Change::Write(offset, mut data) = change else { return (change, true) };
        for block in blocks(offset, data.len()).filter(|block| !self.blocks.contains(block)) {
            let Some(left) = room_bytes.checked_sub(BLOCK) else {
                data.truncate((block * BLOCK).saturating_sub(offset));
                return (Change::Write(offset, data), false);
            };
            *room_bytes = left;
        }
        (Change::Write(offset, data), true)
    }
}

fn blocks(offset: usize, length: usize) -> impl Iterator<Item = usize> {
    offset / BLOCK..(offset + length).div_ceil(BLOCK)
}

fn apply(image: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Resize(length) => image.resize(*length, 0),
        Change::Write(offset, data) => {
            let end = offset + data.len();
            image.resize(image.len().max(end), 0);
            image[*offset..end].copy_from_slice(data);
        }
    }
}

#[derive(Debug, Default)]
struct Disk {
    images: BTreeMap<String, Image>,
    /// Counts openings: a database opened before a power cut must not write after it.
    era: u64,
    syncs_until_cut: Option<u64>,
    syncs_until_full: Option<u64>,
    room_bytes: Option<usize>,
    reserve_bytes: usize,
    reserve_is_gone: bool,
    is_dead: bool,
}

/// The disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct FaultyDisk(Arc<Mutex<Disk>>);

impl FaultyDisk {
    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }

    /// Power is lost instead of the n-th sync from now (0: the next one).
    pub fn cut_power_at_sync(&self, n: u64) {
        self.lock().syncs_until_cut = Some(n);
    }

    /// The n-th sync from now finds no room for what was written (0: the next one), as where room is only looked for then.
    pub fn fill_at_sync(&self, n: u64) {
        self.lock().syncs_until_full = Some(n);
    }

    /// Power stays on: a cut that was planned and has not come does not come.
    pub fn keep_power(&self) {
        self.lock().syncs_until_cut = None;
    }

    /// Whether power was lost.
    pub fn is_dead(&self) -> bool {
        self.lock().is_dead
    }

    /// Whether the reserve was given up.
    pub fn reserve_is_gone(&self) -> bool {
        self.lock().reserve_is_gone
    }

    /// Power comes back: the dice decide what of the unsynced writes reached the disk.
    pub fn restart(&self, dice: &mut Dice) {
        let mut disk = self.lock();
        disk.era += 1;
        disk.is_dead = false;
        disk.syncs_until_cut = None;
        disk.syncs_until_full = None;
        for image in disk.images.values_mut() {
            let mut survivors: Vec<Change> = image.unsynced.drain(..).flat_map(|change| torn(change, dice)).collect();
            for index in (1..survivors.len()).rev() {
                survivors.swap(index, usize::try_from(dice.roll(index as u64 + 1)).unwrap());
            }
            for change in &survivors {
                apply(&mut image.durable, change);
            }
            image.live.clone_from(&image.durable);
        }
    }

    /// From now on only so many bytes can be added to the files; `None`: no limit.
    pub fn limit_room(&self, room_bytes: Option<usize>, reserve_bytes: usize) {
        let mut disk = self.lock();
        disk.room_bytes = room_bytes;
        disk.reserve_bytes = reserve_bytes;
    }
}

/// Each sector of a write arrives or does not; the length of a file arrives or does not.
fn torn(change: Change, dice: &mut Dice) -> Vec<Change> {
    match change {
        Change::Resize(_) if dice.roll(2) == 0 => Vec::new(),
        Change::Resize(length) => vec![Change::Resize(length)],
        Change::Write(offset, data) => {
            let sectors = data.chunks(SECTOR).enumerate().filter(|_| dice.roll(2) == 0);
            sectors.map(|(index, sector)| Change::Write(offset + index * SECTOR, sector.to_vec())).collect()
        }
    }
}

/// Counts down; true once, when there is nothing left to count.
fn has_come(left: &mut Option<u64>) -> bool {
    let has_come = *left == Some(0);
    *left = left.and_then(|left| left.checked_sub(1));
    has_come
}

impl BackendFactory for FaultyDisk {
    fn open(&self, name: &str, builder: &Builder) -> Result<Database, DatabaseError> {
        let era = {
            let mut disk = self.lock();
            let image = disk.images.entry(name.to_owned()).or_default();
            if is_unfinished(image.live.as_slice())? {
                *image = Image::default();
            }
            disk.era
        };
        builder.create_with_backend(FaultyFile { disk: self.clone(), name: name.to_owned(), era })
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().images.keys().cloned().collect())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.lock().images.remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn release_reserve(&self) -> io::Result<bool> {
        let mut disk = self.lock();
        let released = std::mem::take(&mut disk.reserve_bytes);
        disk.room_bytes = disk.room_bytes.map(|room| room + released);
        disk.reserve_is_gone = true;
        Ok(released > 0)
    }

    fn restore_reserve(&self) -> io::Result<()> {
        self.lock().reserve_is_gone = false;
        Ok(())
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyDisk,
    name: String,
    era: u64,
}

impl FaultyFile {
    fn with<T>(&self, act: impl FnOnce(&mut Disk) -> io::Result<T>) -> io::Result<T> {
        let mut disk = self.disk.lock();
        if disk.is_dead || disk.era != self.era {
            return Err(io::Error::other("no power"));
        }
        act(&mut disk)
    }

    fn change(&self, change: Change) -> io::Result<()> {
        self.with(|disk| {
            let image = disk.images.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
            let mut unlimited = usize::MAX;
            let (change, is_whole) = image.fitting(change, disk.room_bytes.as_mut().unwrap_or(&mut unlimited));
            image.change(change);
            if is_whole { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
        })
    }
}

impl StorageBackend for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|disk| Ok(disk.images[&self.name].live.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(|disk| {
            let start = usize::try_from(offset).unwrap();
            let found = disk.images[&self.name].live.get(start..start + out.len());
            out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Change::Resize(usize::try_from(length).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|disk| {
            if has_come(&mut disk.syncs_until_cut) {
                disk.is_dead = true;
                return Err(io::Error::other("power lost"));
            }
            if has_come(&mut disk.syncs_until_full) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let image = disk.images.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
            image.durable.clone_from(&image.live);
            image.unsynced.clear();
            Ok(())
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}
