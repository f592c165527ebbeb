//! The real program at its start and at rest: time to ready, memory, time to stop, size of the file.
//!
//! `cargo run --release -p marketgate-benches --bin start` after `cargo build --release`.

use std::path::Path;
use std::time::Duration;

use marketgate_benches::figures::Times;
use marketgate_benches::market::Market;
use marketgate_benches::server::{self, Server};
use tempfile::TempDir;

const STARTS: usize = 10;
const REST: Duration = Duration::from_secs(5);

/// The demo is ready before its tour is over, and listens to a request to stop only afterwards.
const TOUR: Duration = Duration::from_secs(2);

fn main() -> anyhow::Result<()> {
    let program = server::program()?;
    println!("binary: {:.1} MB", megabytes(std::fs::metadata(&program)?.len()));
    let demo = TempDir::new()?;
    let first = Server::demo(demo.path())?;
    println!("demo, first start on an empty directory: ready after {:.1} ms", milliseconds(first.ready_after));
    rest(&first, "demo, after its tour")?;
    first.stop()?;
    measure("demo, further starts", || Server::demo(demo.path()))?;
    let real = TempDir::new()?;
    seed(real.path())?;
    measure("serve, on a seeded directory", || Server::serve(real.path()))
}

fn seed(dir: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(Market::open(dir))?.close()?;
    Ok(())
}

/// Starts again and again; memory at rest is taken from the last start.
fn measure(what: &str, start: impl Fn() -> anyhow::Result<Server>) -> anyhow::Result<()> {
    let (mut ready, mut stopped) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = start()?;
        ready.push(server.ready_after);
        std::thread::sleep(TOUR);
        stopped.push(server.stop()?.0);
    }
    println!("{what}, {STARTS} times: ready after {}", in_words(ready));
    println!("{what}: stopped after {}", in_words(stopped));
    let server = start()?;
    rest(&server, what)?;
    server.stop()?;
    Ok(())
}

fn rest(server: &Server, what: &str) -> anyhow::Result<()> {
    std::thread::sleep(REST);
    let before = server.usage()?;
    std::thread::sleep(REST);
    let after = server.usage()?;
    println!(
        "{what}, at rest: {:.1} MiB resident (peak {:.1}), {:.2} processor seconds in {} s",
        after.rss_mib,
        after.peak_rss_mib,
        after.cpu_seconds - before.cpu_seconds,
        REST.as_secs()
    );
    Ok(())
}

fn in_words(times: Vec<Duration>) -> String {
    let times = Times::new(times);
    let [least, median, most] = [0, 50, 100].map(|percent| milliseconds(times.percentile(percent)));
    format!("{median:.1} ms (median; {least:.1} to {most:.1})")
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "a file of this size is shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
