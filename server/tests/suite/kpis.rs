//! The page of key figures as the server sends it.

use serde_json::json;

use crate::support::{TestServer, ask, voltage};

#[tokio::test]
async fn the_page_is_whole_as_it_is_sent_and_shows_what_others_wrote_as_text() {
    let server = TestServer::start().await;
    let page = async |path: &str| {
        let answer = ask(server.http, "GET", path, &[], "").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    };
    let empty = page("/kpis").await;
    assert!(empty.contains("Nothing is kept yet") && !empty.contains("figure-card"), "{empty}");
    server.post(&json!([voltage(1, 4.1)])).await;
    let event = json!({ "asset": "cell-1", "id": "f", "kind": "failure", "note": "<b>smoke" }).to_string();
    let headers = [("Content-Type", "application/json")];
    assert_eq!(ask(server.http, "POST", "/api/v1/events", &headers, &event).await.status, 200);
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
