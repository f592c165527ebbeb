//! Figures from times: percentiles, and ratios of two things that are measured in turns.
//!
//! A ratio is taken from pairs of neighbouring rounds, because other programs on the machine slow down both of a pair but
//! not two runs that are minutes apart.

use std::fmt;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Rounds of which a ratio is the median.
const ROUNDS: usize = 31;

/// A round lasts about so long.
const ROUND: Duration = Duration::from_millis(6);

/// Times of many operations, in order.
#[derive(Debug, Clone, Default)]
pub struct Times {
    sorted: Vec<Duration>,
}

impl Times {
    /// Takes times in any order.
    pub fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { sorted: times }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The time that so many percent of the operations needed at most; zero where there are none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// A median with its quartiles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// A quarter of the values is at most this.
    pub low: f64,
    /// Half of the values is at most this.
    pub median: f64,
    /// Three quarters of the values are at most this.
    pub high: f64,
}

impl Spread {
    /// Of any values; not a number where there are none.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values.get((values.len() * quarter / 4).min(values.len().saturating_sub(1)));
        let at = |quarter| at(quarter).copied().unwrap_or(f64::NAN);
        Self { low: at(1), median: at(2), high: at(3) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = if self.median < 10.0 { 2 } else { 1 };
        write!(f, "{:.places$} ({:.places$} to {:.places$})", self.median, self.low, self.high)
    }
}

/// Two things measured in turns.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    /// Microseconds of one run of ours.
    pub ours_us: Spread,
    /// Microseconds of one run of the yardstick.
    pub yardstick_us: Spread,
    /// Ours divided by the yardstick.
    pub ratio: Spread,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} us | {} us | {}", self.ours_us, self.yardstick_us, self.ratio)
    }
}

/// Measures both in turns.
pub fn compare<A, B>(mut ours: impl FnMut() -> A, mut yardstick: impl FnMut() -> B) -> Comparison {
    let (ours_runs, yardstick_runs) = (runs_in_a_round(&mut ours), runs_in_a_round(&mut yardstick));
    let (mut our_times, mut yardstick_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let a = microseconds(&mut ours, ours_runs);
        let b = microseconds(&mut yardstick, yardstick_runs);
        our_times.push(a);
        yardstick_times.push(b);
        ratios.push(a / b);
    }
    Comparison { ours_us: Spread::of(our_times), yardstick_us: Spread::of(yardstick_times), ratio: Spread::of(ratios) }
}

fn runs_in_a_round<T>(run: &mut impl FnMut() -> T) -> u32 {
    let once = Duration::from_secs_f64(microseconds(run, 3) / 1e6).max(Duration::from_nanos(20));
    u32::try_from(ROUND.as_nanos() / once.as_nanos()).unwrap_or(u32::MAX).clamp(1, 100_000)
}

fn microseconds<T>(run: &mut impl FnMut() -> T, runs: u32) -> f64 {
    let began = Instant::now();
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
}

/// A run with several callers.
#[derive(Debug)]
pub struct Run {
    /// From the first operation to the end of the last.
    pub elapsed: Duration,
    /// The time of each operation.
    pub times: Times,
}

/// Runs `count` operations, numbered from 0, on so many threads; each prepares its own state before the clock starts.
///
/// # Errors
/// The first error of any of them; the others stop then.
pub fn drive<S>(
    callers: usize,
    count: usize,
    prepare: impl Fn(usize) -> anyhow::Result<S> + Sync,
    operate: impl Fn(&mut S, usize) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Run> {
    let next = AtomicUsize::new(0);
    let ready = Barrier::new(callers + 1);
    let caller = |number: usize| -> anyhow::Result<Vec<Duration>> {
        let prepared = prepare(number);
        ready.wait();
        let mut state = prepared?;
        let mut times = Vec::with_capacity(count / callers + 1);
        loop {
            let ticket = next.fetch_add(1, Ordering::Relaxed);
            if ticket >= count {
                return Ok(times);
            }
            let began = Instant::now();
            if let Err(error) = operate(&mut state, ticket) {
                next.store(count, Ordering::Relaxed);
                return Err(error);
            }
            times.push(began.elapsed());
        }
    };
    std::thread::scope(|scope| {
        let caller = &caller;
        let running: Vec<_> = (0..callers).map(|number| scope.spawn(move || caller(number))).collect();
        ready.wait();
        let began = Instant::now();
        let mut times = Vec::with_capacity(count);
        for thread in running {
            times.extend(thread.join().map_err(|_| anyhow::anyhow!("a caller panicked"))??);
        }
        Ok(Run { elapsed: began.elapsed(), times: Times::new(times) })
    })
}

/// Operations per second.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
pub fn per_second(operations: usize, elapsed: Duration) -> f64 {
    operations as f64 / elapsed.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_time_that_so_many_operations_kept() {
        let times = Times::new((1..=200).rev().map(Duration::from_millis).collect());
        let kept = [50, 95, 99, 100].map(|percent| times.percentile(percent).as_millis());
        assert_eq!(kept, [100, 190, 198, 200]);
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
    }

    #[test]
    fn every_operation_is_run_once_and_the_first_error_ends_the_run() {
        let sum = AtomicUsize::new(0);
        let add = |(): &mut (), n: usize| {
            sum.fetch_add(n, Ordering::Relaxed);
            Ok(())
        };
        let run = drive(4, 101, |_| Ok(()), add).unwrap();
        assert_eq!((sum.into_inner(), run.times.count()), (5050, 101));
        let failed = drive(4, 100, |_| Ok(()), |(), n| if n == 50 { anyhow::bail!("no {n}") } else { Ok(()) });
        assert_eq!(failed.unwrap_err().to_string(), "no 50");
    }

    #[test]
    fn a_spread_is_the_median_between_its_quartiles() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0, 4.0, 2.0]);
        assert_eq!(spread, Spread { low: 2.0, median: 3.0, high: 4.0 });
        assert!(Spread::of(Vec::new()).median.is_nan());
    }
}
