//! `marketgate demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use actix_web::rt::{System, spawn};

use super::stop_signal;
use crate::config::log::{Log, LogFormat};
use crate::demo::{self, DemoOptions};
use crate::telemetry;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Address and port of the marketplace.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address and port of the procurement system simulator; by default the port after the marketplace's.
    #[arg(long, value_name = "ADDR")]
    simulator_listen: Option<SocketAddr>,
    /// Keep the demo's data in this directory; by default it is thrown away at the end.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Play the tour, then exit: 0 if everything went as it should, 1 if not.
    #[arg(long)]
    once: bool,
    /// Log filter, for example "info" to see what happens inside.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let log = Log { format: LogFormat::Pretty, filter: self.log.clone() };
        telemetry::start(&log).map_err(|problem| anyhow::anyhow!(problem))?;
        let options =
            DemoOptions { listen: self.listen, simulator_listen: self.simulator_listen, data_dir: self.data_dir };
        System::new().block_on(async move {
            // Listened for from the beginning: a stop during the tour is an orderly stop as well.
            let mut stopping = spawn(stop_signal()?);
            let demo = demo::start(options).await?;
            demo.introduce();
            let toured = tokio::select! {
                toured = demo.tour() => toured,
                _ = &mut stopping => Err(anyhow::anyhow!("it was interrupted")),
            };
            if let Err(error) = &toured {
                eprintln!("marketgate: the tour stopped: {error:#}");
            }
            if !self.once && !stopping.is_finished() {
                demo.invite();
                // The task ends with the signal and in no other way.
                let _ = stopping.await;
            }
            demo.stop().await?;
            Ok(if toured.is_ok() || !self.once { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }
}
