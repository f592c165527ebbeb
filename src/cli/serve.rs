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
        System::new().block_on(async move {
            // Listened for from the beginning: a stop during the start is an orderly stop as well.
            let stopping = spawn(stop_signal()?);
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
            tracing::info!(address = %app.address(), url = %app.context.public_url, "ready");
            if let Some(path) = setup_path(&app.context).await? {
                // The link is the only way in: it goes to whoever can read the log, once.
                tracing::info!("no operator yet: open {} to create the first one", app.context.url(&path));
            }
            stopping.await?;
            tracing::info!("stopping");
            app.stop().await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
