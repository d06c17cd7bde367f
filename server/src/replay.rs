//! `twinlight replay`: publishes recordings and simulations over MQTT as a gateway would, at the pace of their clocks.

mod publish;
pub mod recording;
mod simulation;
mod stand;

use std::{iter::Peekable, path::PathBuf, time::Duration};

use anyhow::Context;
use services::catalog::{Asset, Catalog, ClockPlan};
use tokio_util::sync::CancellationToken;
use twin::Timestamp;

use crate::config::Config;
use publish::{Gateway, Lost};
use stand::Stand;

const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The plant file; recordings lie beside it. The configured one without this.
    #[arg(long)]
    pub plant: Option<PathBuf>,
    /// Where to publish.
    #[arg(long, default_value = "127.0.0.1:1883")]
    pub broker: String,
    /// Whom to ask how far the playback has come.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub server: String,
}

/// Something to publish at an instant of its asset's time.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub t: Timestamp,
    pub asset: String,
    /// Where it stands in its file; 0 for what stands in none.
    pub line: u64,
    pub what: Posted,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Posted {
    Sample { signal: String, value: f64, unit: String },
    Event { id: String, kind: String, until: Option<Timestamp>, note: String },
}

/// The posts of one asset, in order of time.
type Source = Peekable<Box<dyn Iterator<Item = Post> + Send>>;

/// Publishes until every recording has ended, or Ctrl-C.
pub async fn run(config: Config, options: Options) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    let told = shutdown.clone();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        told.cancel();
    });
    until(&config, &options, shutdown).await
}

/// Publishes until every recording has ended, or `shutdown`. Whatever breaks is begun again where the server stands.
pub async fn until(config: &Config, options: &Options, shutdown: CancellationToken) -> anyhow::Result<()> {
    let file = options.plant.as_ref().unwrap_or(&config.plant.file);
    let catalog = Catalog::read(file, &config.plant.models).context("the plant cannot be read")?;
    let folder = file.parent().context("the plant file lies nowhere")?;
    let script = recording::Script::read(folder)?;
    loop {
        let played = async {
            let stand = Stand::ask(&options.server).await?;
            let gateway = Gateway::connect(&options.broker)?;
            play(&catalog, &script, stand, gateway).await
        };
        let played = tokio::select! {
            played = played => played,
            () = shutdown.cancelled() => return Ok(()),
        };
        match played {
            Ok(()) => {
                tracing::info!("the recordings have come to their end");
                return Ok(());
            }
            Err(Lost(why)) => tracing::info!("the playback waits: {why}"),
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

async fn play(catalog: &Catalog, script: &recording::Script, stand: Stand, mut gateway: Gateway) -> Result<(), Lost> {
    let mut sources = Vec::new();
    for asset in catalog.assets() {
        let posts = script.posts(asset).map_err(|error| Lost(format!("{error:#}")))?;
        sources.extend(posts.map(|posts| posts.peekable()));
    }
    while let Some(post) = earliest(&mut sources) {
        if stand.has(&post) {
            continue;
        }
        let Some(due) = stand.due(&post) else { continue };
        gateway.wait_until(due).await?;
        gateway.publish(&post).await?;
    }
    gateway.finish().await
}

fn earliest(sources: &mut [Source]) -> Option<Post> {
    let next = sources.iter_mut().enumerate().filter_map(|(number, source)| Some((source.peek()?.t, number))).min();
    sources[next?.1].next()
}

/// When the playback of an asset starts and ends, where it is played back.
fn playback(asset: &Asset) -> anyhow::Result<(Timestamp, Timestamp)> {
    match asset.clock {
        ClockPlan::Replay { start, end, .. } => Ok((start, end)),
        ClockPlan::Wall => anyhow::bail!("asset `{}` lives by the wall clock and cannot be played back", asset.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(asset: &str, t: i64) -> Post {
        let what = Posted::Sample { signal: "s".into(), value: 0.0, unit: "V".into() };
        Post { t: Timestamp(t), asset: asset.into(), line: 0, what }
    }

    #[test]
    fn posts_of_several_assets_come_in_order_of_time() {
        let source = |asset: &'static str, times: Vec<i64>| -> Source {
            let posts = times.into_iter().map(move |t| post(asset, t));
            (Box::new(posts) as Box<dyn Iterator<Item = Post> + Send>).peekable()
        };
        let mut sources = vec![source("a", vec![1, 4, 5]), source("b", vec![2, 3])];
        let order: Vec<i64> = std::iter::from_fn(|| earliest(&mut sources)).map(|post| post.t.0).collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }
}
