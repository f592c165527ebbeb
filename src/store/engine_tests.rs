//! The promises of the engine while the machine is healthy: order, isolation, bounds, one answer for everybody.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, mpsc};

use crate::backend::{BackendFactory, Directory};
use crate::engine::{CommitSeq, Engine, EngineLimits};
use crate::error::StoreError;
use crate::faulty::FaultyDisk;
use crate::reader::ReadBytes;
use crate::scan::RawScan;
use crate::tx::Tx;

const T: &str = "t";

fn engine_on(files: impl BackendFactory + 'static, limits: EngineLimits) -> Engine {
    Engine::open(Arc::new(files), "main.redb", &[T], limits).unwrap()
}

fn engine() -> Engine {
    engine_on(FaultyDisk::default(), EngineLimits::default())
}

fn number(reader: &impl ReadBytes, key: &[u8]) -> Result<u64, StoreError> {
    let value = reader.read_bytes(T, key)?;
    Ok(value.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap())))
}

fn count(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let next = number(tx, b"counter")? + 1;
    tx.put_bytes(T, b"counter", next.to_be_bytes().to_vec());
    Ok(next)
}

fn counter(engine: &Engine) -> u64 {
    engine.read(|snapshot| number(snapshot, b"counter")).unwrap()
}

/// Holds the writer until the returned sender is dropped, so that what comes next waits in the queue.
fn hold(engine: &Engine) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let (running, started) = mpsc::channel();
    let held = engine.transact_async(move |_| {
        assert_eq!(running.send(()), Ok(()));
        assert!(wait.recv().is_err(), "released by dropping the sender");
        Ok::<_, StoreError>(())
    });
    // Polled once, the transaction is in the queue; nobody waits for its answer.
    poll_once(held);
    started.recv().unwrap();
    release
}

fn poll_once<F: Future>(future: F) {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_pending());
}

#[test]
fn no_update_is_lost_when_many_count_at_once() {
    let engine = engine();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..25).for_each(|_| assert!(engine.transact(count).is_ok())));
        }
    });
    assert_eq!(counter(&engine), 200);
}

#[test]
fn every_change_gets_the_next_number_and_reading_gets_none() {
    let engine = engine();
    let first = engine.transact(|tx| count(tx).map(|_| tx.commit_seq())).unwrap();
    assert_eq!((first.value, first.commit_seq), (CommitSeq(1), Some(CommitSeq(1))));
    let looked = engine.transact(|tx| number(tx, b"counter")).unwrap();
    assert_eq!((looked.value, looked.commit_seq), (1, None));
    assert_eq!(engine.transact(count).unwrap().commit_seq, Some(CommitSeq(2)));
}

#[test]
fn the_numbers_go_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    for expected in 1..=3 {
        let engine = engine_on(Directory::new(dir.path(), 0).unwrap(), EngineLimits::default());
        assert_eq!(engine.transact(count).unwrap().commit_seq, Some(CommitSeq(expected)));
    }
}

#[test]
fn a_refused_transaction_leaves_nothing() {
    let engine = engine();
    let refused = engine.transact(|tx| {
        count(tx)?;
        Err::<(), _>(StoreError::Missing { table: T, key: "x".to_owned() })
    });
    assert!(matches!(refused, Err(StoreError::Missing { .. })));
    assert_eq!(counter(&engine), 0);
}

#[test]
fn a_transaction_sees_its_own_changes_and_those_of_its_group() {
    let engine = Arc::new(engine());
    let release = hold(&engine);
    let (answers, seen) = mpsc::channel();
    let submit = |key: u8| {
        let answers = answers.clone();
        poll_once(engine.transact_async(move |tx| {
            tx.put_bytes(T, &[key], vec![key]);
            tx.delete_bytes(T, &[key - 1]);
            drop(answers.send(tx.scan_bytes(T, &RawScan::all(10))?));
            Ok::<_, StoreError>(())
        }));
    };
    submit(1);
    submit(2);
    drop(release);
    assert_eq!(seen.recv().unwrap(), [(vec![1], vec![1])]);
    assert_eq!(seen.recv().unwrap(), [(vec![2], vec![2])]);
}

#[test]
fn a_panic_is_an_error_for_its_own_caller_alone() {
    let engine = engine();
    let release = hold(&engine);
    poll_once(engine.transact_async(count));
    std::thread::scope(|scope| {
        let panicked = scope.spawn(|| {
            engine.transact(|tx| {
                count(tx)?;
                assert!(tx.commit_seq() < CommitSeq(0), "division by zero in a price");
                Ok::<_, StoreError>(())
            })
        });
        drop(release);
        let detail = "division by zero in a price".to_owned();
        assert_eq!(panicked.join().unwrap(), Err(StoreError::Panicked { detail }));
    });
    assert_eq!(engine.transact(count).unwrap().value, 2);
}

#[test]
fn a_full_queue_answers_at_once() {
    let engine = engine_on(FaultyDisk::default(), EngineLimits { queue_transactions: 2, ..EngineLimits::default() });
    let release = hold(&engine);
    poll_once(engine.transact_async(count));
    poll_once(engine.transact_async(count));
    assert_eq!(engine.transact(count), Err(StoreError::Overloaded));
    drop(release);
    engine.close().unwrap();
}

#[test]
fn closing_lets_the_waiting_transactions_finish() {
    let disk = FaultyDisk::default();
    let engine = engine_on(disk.clone(), EngineLimits::default());
    let release = hold(&engine);
    (0..10).for_each(|_| poll_once(engine.transact_async(count)));
    drop(release);
    engine.close().unwrap();
    assert_eq!(engine.transact(count), Err(StoreError::Closed));
    assert_eq!(engine.read(|_| Ok::<_, StoreError>(())), Err(StoreError::Closed));
    assert_eq!(counter(&engine_on(disk, EngineLimits::default())), 10);
}

#[test]
fn a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_ever() {
    let engine = Arc::new(engine());
    let inner = Arc::clone(&engine);
    let outcome = engine.transact(move |_| inner.transact(count));
    assert_eq!(outcome, Err(StoreError::Nested));
}

#[test]
fn a_transaction_may_hold_the_last_reference_to_its_engine() {
    let disk = FaultyDisk::default();
    let engine = Arc::new(engine_on(disk.clone(), EngineLimits::default()));
    let release = hold(&engine);
    let inner = Arc::clone(&engine);
    let (done, finished) = mpsc::channel::<()>();
    poll_once(engine.transact_async(move |tx| {
        let _keep = (&inner, &done);
        count(tx)
    }));
    drop(engine);
    drop(release);
    assert!(finished.recv().is_err(), "the transaction and its engine are gone");
    // The file is closed a moment later, by the thread that had the last reference.
    let reopened =
        std::iter::repeat_with(|| Engine::open(Arc::new(disk.clone()), "main.redb", &[T], EngineLimits::default()));
    assert_eq!(counter(&reopened.flatten().next().unwrap()), 1);
}

#[test]
fn a_snapshot_does_not_see_what_is_committed_while_it_is_open() {
    let engine = engine();
    engine.transact(count).unwrap();
    let (before, after) = engine
        .read(|snapshot| {
            let before = number(snapshot, b"counter")?;
            engine.transact(count)?;
            Ok::<_, StoreError>((before, number(snapshot, b"counter")?))
        })
        .unwrap();
    assert_eq!((before, after), (1, 1));
    assert_eq!(counter(&engine), 2);
}

#[test]
fn an_undeclared_table_is_an_error_and_is_not_created() {
    let engine = engine();
    let outcome = engine.transact(|tx| {
        tx.put_bytes("typo", b"k", vec![]);
        Ok::<_, StoreError>(())
    });
    assert_eq!(outcome, Err(StoreError::UnknownTable { table: "typo".to_owned() }));
    assert_eq!(engine.transact(count).unwrap().value, 1);
}

#[test]
fn a_group_is_bounded_and_everybody_in_it_is_answered() {
    let limits = EngineLimits { group_transactions: 3, ..EngineLimits::default() };
    let engine = Arc::new(engine_on(FaultyDisk::default(), limits));
    let release = hold(&engine);
    let ready = Arc::new(Barrier::new(11));
    let answered = Arc::new(AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..10 {
            let (engine, ready, answered) = (&engine, &ready, &answered);
            scope.spawn(move || {
                ready.wait();
                engine.transact(count).unwrap();
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }
        ready.wait();
        drop(release);
    });
    assert_eq!((answered.load(Ordering::SeqCst), counter(&engine)), (10, 10));
}

#[test]
fn a_dropped_future_does_not_take_its_transaction_back() {
    let engine = engine();
    let ran = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ran);
    let release = hold(&engine);
    poll_once(engine.transact_async(move |tx| {
        flag.store(true, Ordering::SeqCst);
        count(tx)
    }));
    drop(release);
    engine.transact(count).unwrap();
    assert!(ran.load(Ordering::SeqCst));
    assert_eq!(counter(&engine), 2);
}
