//! The real program as a process: started on loopback, watched through `/proc`, stopped by its own process id.

use std::ffi::OsString;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tempfile::NamedTempFile;

use super::client::Client;

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// A stop that takes longer has failed.
const LONGEST_STOP: Duration = Duration::from_mins(2);

/// `/proc` counts processor time in hundredths of a second on Linux, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running program.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: NamedTempFile,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Processor seconds, user and system together.
    pub cpu_seconds: f64,
    /// Memory at present, in MiB.
    pub rss_mib: f64,
    /// The most memory it ever had, in MiB.
    pub peak_rss_mib: f64,
}

/// The program to measure: `MARKETGATE_BIN`, else the release build of this workspace.
///
/// # Errors
/// When it is not there.
pub fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("MARKETGATE_BIN").map_or_else(release_build, PathBuf::from);
    let remedy = "run `cargo build --release` first, or name the program in MARKETGATE_BIN";
    ensure!(path.is_file(), "{} does not exist: {remedy}", path.display());
    Ok(path)
}

fn release_build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("release").join("marketgate")
}

/// An address on loopback that nobody listens on at the moment.
///
/// # Errors
/// What the system says.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Server {
    /// `serve` on a data directory.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn serve(dir: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let settings =
            [("MARKETGATE__STORE__DIR", dir.as_os_str().to_owned()), ("MARKETGATE__LOG__FILTER", "warn".into())];
        Self::start(&["serve".into(), "--listen".into(), address.to_string().into()], &settings, address)
    }

    /// `demo` on a data directory.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn demo(dir: &Path) -> anyhow::Result<Self> {
        let (address, simulator) = (free_address()?, free_address()?);
        let arguments: [OsString; 7] = [
            "demo".into(),
            "--listen".into(),
            address.to_string().into(),
            "--simulator-listen".into(),
            simulator.to_string().into(),
            "--data-dir".into(),
            dir.into(),
        ];
        Self::start(&arguments, &[], address)
    }

    fn start(arguments: &[OsString], settings: &[(&str, OsString)], address: SocketAddr) -> anyhow::Result<Self> {
        let log = NamedTempFile::new()?;
        let mut command = Command::new(program()?);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MARKETGATE__")) {
            command.env_remove(name);
        }
        command.args(arguments).envs(settings.iter().map(|(name, value)| (*name, value))).env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.reopen()?);
        let began = Instant::now();
        let child = command.spawn()?;
        let mut server = Self { child, address, log, ready_after: Duration::ZERO };
        while !server.is_ready() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the program ended at its start with {status}:\n{}", server.complaints()?.join("\n"));
            }
            ensure!(began.elapsed() < LONGEST_START, "the program does not become ready");
            std::thread::sleep(Duration::from_micros(200));
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    fn is_ready(&self) -> bool {
        let answer = Client::connect(self.address).and_then(|mut client| client.get("/readyz"));
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// What the process has used so far.
    ///
    /// # Errors
    /// When `/proc` does not know it.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        let process = PathBuf::from(format!("/proc/{}", self.child.id()));
        let stat = fs::read_to_string(process.join("stat"))?;
        let status = fs::read_to_string(process.join("status"))?;
        let mib = |name| kibibytes(&status, name).map(|kib| kib / 1024.0);
        Ok(Usage {
            cpu_seconds: ticks(&stat).context("processor time")? / TICKS_PER_SECOND,
            rss_mib: mib("VmRSS:").context("VmRSS")?,
            peak_rss_mib: mib("VmHWM:").context("VmHWM")?,
        })
    }

    /// The lines that it logged: at the level "warn", nothing is to be seen on a good day.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn complaints(&self) -> anyhow::Result<Vec<String>> {
        Ok(fs::read_to_string(self.log.path())?.lines().map(str::to_owned).collect())
    }

    /// Asks it to stop and waits; how long that took, and what it complained about until then.
    ///
    /// # Errors
    /// When it does not stop, or not in an orderly way.
    pub fn stop(mut self) -> anyhow::Result<(Duration, Vec<String>)> {
        let began = Instant::now();
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "the program cannot be asked to stop");
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the program ended with {status}");
                return Ok((began.elapsed(), self.complaints()?));
            }
            ensure!(began.elapsed() < LONGEST_STOP, "the program does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, unless the measurement failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Processor seconds that this process has used, and those that everybody on the machine has used together: what the others
/// took away says how far a measurement can be trusted.
///
/// # Errors
/// When `/proc` does not know it.
pub fn own_and_all_cpu_seconds() -> anyhow::Result<(f64, f64)> {
    let own = ticks(&fs::read_to_string("/proc/self/stat")?).context("processor time")?;
    let all = busy_ticks(&fs::read_to_string("/proc/stat")?).context("processor time of the machine")?;
    Ok((own / TICKS_PER_SECOND, all / TICKS_PER_SECOND))
}

/// All but idle and waiting time in the first line of `/proc/stat`; guests are counted as users already.
fn busy_ticks(stat: &str) -> Option<f64> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let ticks: Vec<f64> = fields.take(8).map(str::parse).collect::<Result<_, _>>().ok()?;
    Some(ticks.iter().enumerate().filter(|(place, _)| !matches!(place, 3 | 4)).map(|(_, ticks)| ticks).sum())
}

/// User and system time of a line of `/proc/PID/stat`. The name in parentheses may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// A figure of `/proc/PID/status`, by its name with the colon.
pub fn kibibytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_a_strange_name() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194304 5 0 0 0 120 30 0 0 20 0 9 0 1000";
        assert_eq!(ticks(stat), Some(150.0));
        assert_eq!(ticks("42 (short) S 1"), None);
    }

    #[test]
    fn the_machine_is_busy_unless_it_is_idle_or_waits() {
        assert_eq!(busy_ticks("cpu  1 2 4 1000 2000 8 16 32 64 0\ncpu0 1\n"), Some(63.0));
        assert_eq!(busy_ticks("intr 1\n"), None);
    }

    #[test]
    fn memory_is_read_in_kibibytes() {
        assert_eq!(kibibytes("VmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n", "VmRSS:"), Some(1024.0));
    }
}
