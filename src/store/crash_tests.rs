//! Threat: the power goes, or the disk is full, in the middle of a commit. What was acknowledged must be there, nothing
//! may be there by half, and the process must go on without a restart where the machine does.
//!
//! Each seed is one accident. `MARKETGATE_CRASH_SEEDS=10000 cargo test -p marketgate-store crash` tries more of them.

mod imports;
mod orders;

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::engine::{Engine, EngineLimits};
use crate::error::StoreError;
use crate::faulty::{Dice, FaultyDisk};
use crate::reader::ReadBytes;
use crate::scan::RawScan;

const PAIRS: [&str; 2] = ["left", "right"];

/// The accidents to try: so many, or what the environment says.
fn seeds(few: u64) -> RangeInclusive<u64> {
    let wanted = std::env::var("MARKETGATE_CRASH_SEEDS");
    1..=wanted.map_or(few, |wanted| wanted.parse().expect("MARKETGATE_CRASH_SEEDS is a number"))
}

fn open(disk: &FaultyDisk) -> Result<Engine, StoreError> {
    let limits = EngineLimits { cache_bytes: 1 << 20, ..EngineLimits::default() };
    Engine::open(Arc::new(disk.clone()), "main.redb", &PAIRS, limits)
}

/// Writes the same number in two tables: by half would be seen.
fn store_pair(engine: &Engine, number: u64, bytes: usize) -> Result<(), StoreError> {
    let stored = engine.transact(move |tx| {
        for table in PAIRS {
            tx.put_bytes(table, &number.to_be_bytes(), vec![7; bytes]);
        }
        Ok::<_, StoreError>(())
    });
    stored.map(drop)
}

fn numbers(engine: &Engine) -> Vec<u64> {
    let keys = |table| {
        let rows = engine.read(|snapshot| snapshot.scan_bytes(table, &RawScan::all(100_000))).unwrap();
        rows.into_iter().map(|(key, _)| u64::from_be_bytes(key.try_into().unwrap())).collect::<Vec<_>>()
    };
    let [left, right] = PAIRS.map(keys);
    assert_eq!(left, right, "a transaction is there by half");
    left
}

#[test]
fn no_acknowledged_commit_is_lost_in_a_power_cut() {
    for seed in seeds(60) {
        let mut dice = Dice::new(seed);
        let disk = FaultyDisk::default();
        let mut acknowledged = Vec::new();
        let mut next = 0;
        drop(open(&disk).unwrap());
        for _ in 0..4 {
            disk.cut_power_at_sync(dice.roll(40));
            if let Ok(engine) = open(&disk) {
                // Bounded: a store that never syncs would never meet the cut.
                for _ in (0..200).take_while(|_| !disk.is_dead()) {
                    next += 1;
                    let bytes = usize::try_from(dice.roll(3000)).unwrap();
                    if store_pair(&engine, next, bytes).is_ok() {
                        acknowledged.push(next);
                    }
                }
            }
            disk.restart(&mut dice);
            let found = numbers(&open(&disk).unwrap());
            let lost: Vec<_> = acknowledged.iter().filter(|number| !found.contains(number)).collect();
            assert!(lost.is_empty(), "seed {seed}: acknowledged commits are gone: {lost:?}");
            disk.restart(&mut dice);
        }
        assert!(!acknowledged.is_empty(), "seed {seed} proves nothing");
    }
}

#[test]
fn after_a_failed_commit_the_process_goes_on_and_only_the_failed_one_is_in_doubt() {
    let mut doubts = 0;
    for sync in 0..6 {
        let disk = FaultyDisk::default();
        let engine = open(&disk).unwrap();
        store_pair(&engine, 1, 10).unwrap();
        disk.cut_power_at_sync(sync);
        let failed = (2..100).find_map(|number| store_pair(&engine, number, 10).err().map(|error| (number, error)));
        let (failed, error) = failed.unwrap();
        assert!(store_pair(&engine, 200, 10).is_err(), "without power nothing can be stored");
        disk.restart(&mut Dice(7));
        store_pair(&engine, 201, 10).unwrap();
        let found = numbers(&engine);
        let is_in_doubt = matches!(error, StoreError::InDoubt { .. });
        doubts += u32::from(is_in_doubt);
        assert!(is_in_doubt || !found.contains(&failed), "{error} was definite, but {failed} is there");
        assert!((1..failed).chain([201]).all(|number| found.contains(&number)), "{found:?}");
        assert!(!found.contains(&200));
    }
    assert!(doubts > 0, "no failure hit a commit");
}

#[test]
fn a_full_disk_refuses_definitely_and_deleting_still_works() {
    let disk = FaultyDisk::default();
    let engine = open(&disk).unwrap();
    for number in 0..50 {
        store_pair(&engine, number, 3000).unwrap();
    }
    disk.limit_room(Some(8 << 10), 2 << 20);
    assert_eq!(store_pair(&engine, 1000, 100_000), Err(StoreError::Full));
    assert_eq!(numbers(&engine).len(), 50, "readers go on, nothing of the refused transaction is there");
    let emptied = engine.transact(|tx| {
        for table in PAIRS {
            for (key, _) in tx.scan_bytes(table, &RawScan::all(1000))? {
                tx.delete_bytes(table, &key);
            }
        }
        Ok::<_, StoreError>(())
    });
    emptied.unwrap();
    assert!(numbers(&engine).is_empty());
}

#[test]
fn a_disk_that_finds_no_room_at_a_sync_loses_nothing_that_was_acknowledged() {
    for sync in 0..6 {
        let disk = FaultyDisk::default();
        let engine = open(&disk).unwrap();
        store_pair(&engine, 1, 10).unwrap();
        disk.fill_at_sync(sync);
        let refused = (2..100).find_map(|number| store_pair(&engine, number, 10).err().map(|error| (number, error)));
        let (refused, error) = refused.unwrap();
        store_pair(&engine, 200, 10).unwrap();
        disk.restart(&mut Dice(7));
        let found = numbers(&open(&disk).unwrap());
        assert!((1..refused).chain([200]).all(|number| found.contains(&number)), "sync {sync}: {found:?}");
        let is_in_doubt = matches!(error, StoreError::InDoubt { .. });
        assert!(is_in_doubt || !found.contains(&refused), "sync {sync}: {error} was definite, but {refused} is there");
    }
}

#[test]
fn the_reserve_of_space_is_set_aside_again_some_time_after_a_full_disk() {
    let disk = FaultyDisk::default();
    let engine = open(&disk).unwrap();
    disk.limit_room(Some(0), 0);
    assert_eq!(store_pair(&engine, 1, 100_000), Err(StoreError::Full));
    disk.limit_room(None, 0);
    store_pair(&engine, 2, 10).unwrap();
    assert!(disk.reserve_is_gone(), "deleting needs the room at first");
    (3..300).for_each(|number| store_pair(&engine, number, 10).unwrap());
    assert!(!disk.reserve_is_gone());
}

#[test]
fn a_reader_survives_that_the_database_is_opened_again_under_it() {
    let disk = FaultyDisk::default();
    let engine = open(&disk).unwrap();
    for number in 0..500 {
        store_pair(&engine, number, 2000).unwrap();
    }
    let mut tries = 0;
    let rows = engine.read(|snapshot| {
        tries += 1;
        if tries == 1 {
            disk.limit_room(Some(0), 4 << 20);
            assert_eq!(store_pair(&engine, 1000, 1_000_000), Err(StoreError::Full));
        }
        snapshot.scan_bytes("left", &RawScan::all(100_000))
    });
    assert_eq!((rows.unwrap().len(), tries), (500, 2));
}
