//! The page of key figures as the server sends it.

use serde_json::{Value, json};

use crate::support::{PLANT, START, TestServer, ask, plant_folder, voltage};

async fn page(server: &TestServer, path: &str) -> String {
    let answer = ask(server.http, "GET", path, &[], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn tell(server: &TestServer, events: &Value) {
    let headers = [("Content-Type", "application/json")];
    let answer = ask(server.http, "POST", "/api/v1/events", &headers, &events.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

const HOUR: i64 = 3_600_000_000;

/// The begin of this day, in UTC.
fn midnight() -> i64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64;
    now - now % (24 * HOUR)
}

#[tokio::test]
async fn the_page_is_whole_as_it_is_sent_and_shows_what_others_wrote_as_text() {
    let server = TestServer::start().await;
    let page = async |path: &str| page(&server, path).await;
    let empty = page("/kpis").await;
    assert!(empty.contains("Nothing is kept yet") && !empty.contains("figure-card"), "{empty}");
    server.post(&json!([voltage(1, 4.1)])).await;
    tell(&server, &json!({ "asset": "cell-1", "id": "f", "kind": "failure", "note": "<b>smoke" })).await;
    let html = page("/kpis?period=all&of=%3Ci%3E").await;
    assert!(html.contains("no such part of the plant") && !html.contains("<i>"), "{html}");
    let html = page("/kpis?period=all").await;
    assert!(html.contains("&lt;b&gt;smoke") && !html.contains("<b>smoke"));
    for said in ["One failure: no mean yet", "lasts still", "ISO 22400-2", "No OEE"] {
        assert!(html.contains(said), "`{said}` is not in the page");
    }
    assert!(!html.contains("wasm"));
    server.stop().await;
}

#[tokio::test]
async fn a_stop_that_reaches_into_the_period_is_counted_and_said_to_be_older() {
    let folder = plant_folder();
    std::fs::write(folder.path().join("plant.toml"), PLANT.replace("clock = \"past\"\n", "")).unwrap();
    let server = TestServer::start_in(folder).await;
    let yesterday = midnight() - 24 * HOUR;
    let stop = |id: &str, kind: &str, from: i64, until: i64| {
        let [t, until] = [from, until].map(|hours| yesterday + hours * HOUR);
        json!({ "asset": "cell-1", "id": id, "kind": kind, "t": t, "until": until })
    };
    tell(&server, &json!([stop("f", "failure", -2, 2)])).await;
    let html = page(&server, "/kpis?period=day&back=1").await;
    assert!(html.contains("1 stop that began before, 8.3\u{a0}% of the planned busy time"), "{html}");
    assert!(html.contains("No failure began"), "{html}");
    tell(&server, &json!([stop("g", "stop", 10, 11), stop("p", "maintenance", -1, 1)])).await;
    let html = page(&server, "/kpis?period=day&back=1").await;
    for said in ["2 stops, 1 of which began before", "1 stop that began before, 4.2\u{a0}% of the required time"] {
        assert!(html.contains(said), "`{said}` is not in {html}");
    }
    server.stop().await;
}

#[tokio::test]
async fn assets_of_different_clocks_are_each_asked_of_their_own_time() {
    let folder = plant_folder();
    // The live one comes first; what is kept of the other is years older than its day.
    let live = "[[asset]]\nid = \"live\"\ntitle = \"Live\"\nmodel = \"li-ion-cell\"\n\n[[asset]]\nid = \"cell-1\"";
    let plant = PLANT.replacen("[[asset]]\nid = \"cell-1\"", live, 1);
    std::fs::write(folder.path().join("plant.toml"), plant).unwrap();
    let server = TestServer::start_in(folder).await;
    let today = midnight();
    tell(&server, &json!([{ "asset": "cell-1", "id": "a", "kind": "charged", "t": START }])).await;
    tell(&server, &json!([{ "asset": "live", "id": "b", "kind": "charged", "t": today }])).await;
    let html = page(&server, "/kpis?period=day").await;
    for said in ["; assets with another clock in the day of their own time", "1 of 2 assets, in the recording"] {
        assert!(html.contains(said), "`{said}` is not in {html}");
    }
    assert!(!html.contains("Earlier day"), "there is nothing earlier of either");
    tell(&server, &json!([{ "asset": "live", "id": "c", "kind": "charged", "t": today - 30 * HOUR }])).await;
    assert!(page(&server, "/kpis?period=day").await.contains("Earlier day"));
    assert!(page(&server, "/kpis?period=day&back=1").await.contains("; assets with another clock in the day"));
    server.stop().await;
}
