//! `marketgate serve`.

use std::process::ExitCode;
use std::sync::Arc;

use actix_web::rt::{System, spawn};
use marketgate_store::StoreKind;

use super::{ConfigArgs, stop_signal};
use crate::app::{App, AppOptions, bind};
use crate::clock::SystemClock;
use crate::context::Installation;
use crate::flow::create_operator::setup_path;
use crate::random::SystemEntropy;
use crate::telemetry;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        telemetry::start(&config.log).map_err(|problem| anyhow::anyhow!(problem))?;
        let is_configured = self.config.config.is_some();
        System::new().block_on(async move {
            // Listened for from the beginning: a stop during the start is an orderly stop as well.
            let stopping = spawn(stop_signal()?);
            let data = std::path::absolute(&config.store.dir).unwrap_or_else(|_| config.store.dir.clone());
            if !is_configured {
                tracing::info!(
                    "no configuration file: settings that the environment does not name have their defaults; data are kept in {}",
                    data.display()
                );
            }
            let listener = bind(config.server.listen)?;
            let app = App::start(AppOptions {
                config,
                kind: StoreKind::Real,
                clock: Arc::new(SystemClock),
                entropy: Arc::new(SystemEntropy::default()),
                installation: Installation::default(),
                listener,
            })
            .await?;
            app.context.say_ready();
            tracing::info!(data = %data.display(), address = %app.address(), url = %app.context.public_url, "ready");
            if let Some(path) = setup_path(&app.context).await? {
                // The link is the only way in: it goes to those who see the start or can read the log.
                let link = app.context.url(&path);
                println!("\nThere is no operator yet. Create the first one on this page; the link works once:\n\n    {link}\n");
                tracing::warn!("no operator yet: open {link} to create the first one");
            }
            stopping.await?;
            tracing::info!("stopping");
            app.stop().await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
