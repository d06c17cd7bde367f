//! What models have learned, by the hash of its bytes.

use crate::support::{Answer, PLANT, TestServer, ask, ask_bytes, repository};

async fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(server.http, "GET", path, headers, "").await
}

#[tokio::test]
async fn what_was_learned_is_given_by_its_hash_and_stays_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let asset = "\n[[asset]]\nid = \"machine\"\ntitle = \"Machine\"\nmodel = \"machine-temperature\"\n\n[asset.signals]\n\
        temperature = { from = \"temperature\" }\n";
    std::fs::write(folder.path().join("plant.toml"), format!("{PLANT}{asset}")).unwrap();
    let server = TestServer::start_in(folder).await;
    let sealed = std::fs::read(repository().join("server/models/machine-temperature.detector")).unwrap();

    let seals = get(&server, "/learned", &[]).await.body;
    let seal = seals.trim();
    assert_eq!((seal.len(), seals.lines().count()), (64, 1), "{seals}");
    let path = format!("/learned/{seal}");
    assert_eq!(ask_bytes(server.http, &path).await, (200, sealed));
    // Pages are given the seal alone.
    let (_, plant) = ask_bytes(server.http, "/api/plant").await;
    let raw = twin::hex::read(seal).unwrap();
    assert!(plant.windows(32).any(|part| part == raw) && plant.len() < 16_000, "{} bytes", plant.len());

    let plain = get(&server, &path, &[]).await.head;
    assert!(plain.contains("cache-control: public, max-age=31536000, immutable"), "{plain}");
    assert!(plain.contains(&format!("etag: \"{seal}\"")), "{plain}");
    let packed = get(&server, &path, &[("Accept-Encoding", "br")]).await.head;
    assert!(packed.contains("content-encoding: br") && packed.contains(&format!("etag: \"{seal}-br\"")), "{packed}");
    let known = get(&server, &path, &[("If-None-Match", &format!("\"{seal}\""))]).await;
    assert!(known.status == 304 && known.head.contains(&format!("etag: \"{seal}\"")), "{}", known.head);

    for other in ["0".repeat(64), seal.to_uppercase(), "..".to_string()] {
        assert_eq!(get(&server, &format!("/learned/{other}"), &[]).await.status, 404, "{other}");
    }
    server.stop().await;
}
