//! A client by hand: what it is sent without a socket, a clock or a network.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures::future::join_all;
use services::{Running, catalog::Catalog, ingest};
use tokio_tungstenite::WebSocketStream;
use wire::frame::Subscription;

use super::*;

const PLANT: &str = r#"
[[asset]]
id = "cell-1"
title = "Cell 1"
model = "li-ion-cell"
signals = { voltage = { from = "voltage" } }
"#;

fn start(folder: &std::path::Path) -> (Services, Running, Arc<Viewers>) {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let catalog =
        Catalog::parse(PLANT, |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")))).unwrap();
    let (services, running) = Services::start(&folder.join("twinlight.db"), catalog, ingest::received_at).unwrap();
    (services, running, Arc::new(Viewers::new(viewers::Limits::default(), 1)))
}

/// Takes every message and keeps it.
#[derive(Default)]
struct Kept(Vec<Message>);

impl Sink<Message> for Kept {
    type Error = ();

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), ()> {
        self.0.push(message);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }
}

fn subscribe(after: Option<u64>) -> Vec<Subscription> {
    vec![Subscription { asset: twin::id::AssetId::parse("cell-1").unwrap(), after }]
}

#[tokio::test]
async fn a_client_that_is_not_heard_any_more_is_asked_and_then_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let (services, running, viewers) = start(folder.path());
    let mut client = Client::new(Kept::default(), services.clone(), viewers);
    let mut asked = Vec::new();
    for round in 1..=14 {
        client.line.0.clear();
        client.alive().await.unwrap();
        if client.line.0.iter().any(|message| matches!(message, Message::Ping(_))) {
            asked.push(round);
        }
    }
    assert_eq!(asked, (5..=14).collect::<Vec<_>>());
    assert_eq!(client.alive().await.unwrap_err().why, "nothing was heard of it");
    client.is_heard();
    client.alive().await.unwrap();
    drop(client);
    services.stop(running).await;
}

#[tokio::test]
async fn five_hundred_that_come_at_once_share_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (services, running, viewers) = start(folder.path());
    let come = async |after| {
        let mut client = Client::new(Kept::default(), services.clone(), viewers.clone());
        client.subscribe(subscribe(after), None).await.unwrap();
        client.line.0
    };
    let told = join_all((0..500).map(|_| come(None))).await;
    let bytes = |message: &Message| match message {
        Message::Binary(bytes) => (bytes.as_ptr(), bytes.len()),
        other => panic!("{other:?}"),
    };
    let first: Vec<_> = told[0].iter().map(bytes).collect();
    assert_eq!(first.len(), 2, "a snapshot and a checkpoint");
    for messages in &told {
        assert_eq!(messages.iter().map(bytes).collect::<Vec<_>>(), first, "the very same bytes");
    }
    services.stop(running).await;
}

#[tokio::test]
async fn a_viewer_too_many_is_told_so_and_to_come_again() {
    let (near, far) = tokio::io::duplex(4_096);
    let role = tokio_tungstenite::tungstenite::protocol::Role::Client;
    let mut client = WebSocketStream::from_raw_socket(far, role, None).await;
    let turned = tokio::spawn(async move { turn_away(Line::over(near).await, Full::Total(3)).await });
    let Some(Ok(Message::Binary(bytes))) = client.next().await else { panic!("no frame") };
    let reason = Full::Total(3).to_string();
    assert_eq!(wire::decode(&bytes), Ok(ServerFrame::Refused { reason }));
    let Some(Ok(Message::Close(Some(frame)))) = client.next().await else { panic!("no close") };
    assert_eq!(frame.code, CloseCode::Again);
    assert!(client.next().await.is_none(), "closed as the protocol has it");
    turned.await.unwrap();
}
