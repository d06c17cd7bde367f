//! The data page as the server sends it, and what is done from it.

use serde_json::{Value, json};

use crate::support::{TestServer, ask, voltage};

async fn page(server: &TestServer, path: &str) -> String {
    let answer = ask(server.http, "GET", path, &[], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn correct(server: &TestServer, headers: &[(&str, &str)], step: &str, fields: Value) -> (u16, Value) {
    let step = [json!(["step", step]), json!(["key", "1"])];
    let fields: Vec<&Value> = step.iter().chain(fields.as_array().unwrap()).collect();
    let body = json!({ "fields": fields }).to_string();
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    let answer = ask(server.http, "POST", "/api/quarantine", &headers, &body).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
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
    let rule = json!([["unit", " mV "], ["multiply", ""], ["scope", "chosen"]]);
    let foreign = correct(&server, &[("Origin", "http://evil.example")], "readmit", rule.clone()).await;
    assert_eq!((foreign.0, server.kept().await), (403, vec![]));
    let said = |answer: (u16, Value)| answer.1["said"].as_str().unwrap_or_default().to_owned();
    let preview = said(correct(&server, &[], "preview", rule.clone()).await);
    assert_eq!(preview, "Preview, nothing is changed: of 1 item 1 would be accepted.");
    assert_eq!(server.kept().await, []);
    assert_eq!(said(correct(&server, &[], "readmit", rule).await), "Done: of 1 item 1 was accepted.");
    assert_eq!(server.kept().await, [(1.0, 4.1)]);
    server.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_wrong_is_said_to_be() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4100.0), voltage(2, 4200.0)])).await;
    let said = async |step, fields| {
        let (status, body) = correct(&server, &[], step, fields).await;
        assert_eq!(status, 200);
        body["said"].as_str().unwrap().to_owned()
    };
    let wrong = said("preview", json!([["multiply", "ten"]])).await;
    assert_eq!(wrong, "Nothing was done: `multiply` is no number: `ten`.");
    assert!(said("readmit", json!([["unit", "flurb"]])).await.starts_with("Nothing was done: `unit`"));
    let all = json!([["scope", "matching"], ["search", "?reason=range&before=1"], ["note", "a test"]]);
    assert_eq!(said("dismiss", all).await, "Done: 2 items are dismissed.");
    server.stop().await;
}
