//! The data page as the server sends it, and what is done from it.

use serde_json::json;

use crate::support::{TestServer, ask, voltage};

async fn page(server: &TestServer, path: &str) -> String {
    let answer = ask(server.http, "GET", path, &[], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// The status, and what the page would say. Both ways are postcard, as between page and server.
async fn correct(server: &TestServer, headers: &[(&str, &str)], step: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let fields = [&[("step", step), ("key", "1")], fields].concat();
    // Without the version that begins a frame.
    let body = String::from_utf8(wire::encode(&fields)[1..].to_vec()).unwrap();
    let headers = [&[("Content-Type", "application/x-postcard")], headers].concat();
    let answer = ask(server.http, "POST", "/api/quarantine", &headers, &body).await;
    // The length of what is said comes first; the rest need not be text.
    let length = answer.body.bytes().next().map_or(0, usize::from);
    (answer.status, answer.body.get(1..=length).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_page_is_whole_as_it_is_sent_and_shows_what_others_sent_as_text() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1), { "asset": "nobody", "signal": "<b>u", "v": 1 }])).await;
    let html = page(&server, "/data?asset=cell-1&seq=1").await;
    for said in [
        "Sources by connector and client",
        "1 refused item waits in quarantine",
        "Entry 1 of Cell 1",
        "Retention classes",
    ] {
        assert!(html.contains(said), "`{said}` is not in the page");
    }
    let html = page(&server, "/data?reason=unknown-asset").await;
    assert!(html.contains("&lt;b&gt;u") && !html.contains("<b>u"));
    server.stop().await;
}

#[tokio::test]
async fn refused_items_are_corrected_from_the_page_and_by_no_other_site() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4100.0)])).await;
    let rule = [("unit", " mV "), ("multiply", ""), ("scope", "chosen")];
    let foreign = correct(&server, &[("Origin", "http://evil.example")], "readmit", &rule).await;
    assert_eq!((foreign.0, server.kept().await), (403, vec![]));
    let (_, preview) = correct(&server, &[], "preview", &rule).await;
    assert_eq!(preview, "Preview, nothing is changed: of 1 item 1 would be accepted.");
    assert_eq!(server.kept().await, []);
    assert_eq!(correct(&server, &[], "readmit", &rule).await.1, "Done: of 1 item 1 was accepted.");
    assert_eq!(server.kept().await, [(1.0, 4.1)]);
    server.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_wrong_is_said_to_be() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4100.0), voltage(2, 4200.0)])).await;
    let said = async |step: &str, fields: &[(&str, &str)]| {
        let (status, said) = correct(&server, &[], step, fields).await;
        assert_eq!(status, 200);
        said
    };
    let wrong = said("preview", &[("multiply", "ten")]).await;
    assert_eq!(wrong, "Nothing was done: `multiply` is no number: `ten`.");
    assert!(said("readmit", &[("unit", "flurb")]).await.starts_with("Nothing was done: `unit`"));
    let all = [("scope", "matching"), ("search", "?reason=range&before=1"), ("note", "a test")];
    assert_eq!(said("dismiss", &all).await, "Done: 2 items are dismissed.");
    server.stop().await;
}
