//! Pages of mere words: whole without scripts, and nothing that is searched for becomes markup.

use crate::support::{Answer, TestServer, ask, voltage};

const PAGES: [&str; 8] = [
    "/help",
    "/about",
    "/about/licences",
    "/search",
    "/search?q=cell",
    "/search?q=no%20such%20thing",
    "/wall/pages",
    "/offline",
];

async fn get(server: &TestServer, path: &str) -> Answer {
    ask(server.http, "GET", path, &[], "").await
}

#[tokio::test]
async fn they_hold_no_script_and_may_load_none() {
    let server = TestServer::start().await;
    for path in PAGES {
        let page = get(&server, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.head.contains("content-security-policy: default-src 'none'; style-src 'self'"), "{}", page.head);
        assert!(!page.head.contains("script-src") && !page.body.contains("<script"), "{path}");
        assert!(page.body.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{}", &page.body[..80]);
        assert_eq!(page.body.matches("<h1>").count(), 1, "{path}");
        for way in ["href=\"/\"", "href=\"/data\"", "href=\"/help\"", "href=\"/about\"", "action=\"/search\""] {
            assert!(page.body.contains(way), "{path} lacks {way}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_search_leads_to_assets_signals_and_pages() {
    let server = TestServer::start().await;
    let options = get(&server, "/search/options?q=voltage").await.body;
    assert!(options.contains("data-href=\"/assets/cell-1?show=voltage\""), "{options}");
    let options = get(&server, "/search/options?q=keyboard").await.body;
    assert!(options.contains("data-href=\"/help\" data-rel=\"external\""), "{options}");
    let page = get(&server, "/search?q=cell-1").await.body;
    assert!(page.contains("<a href=\"/assets/cell-1\">"), "{page}");
    assert_eq!(get(&server, "/search/options?q=boiler").await.body, "");
    assert!(get(&server, "/search?q=boiler").await.body.contains("Nothing fits"));
    server.stop().await;
}

#[tokio::test]
async fn a_wall_is_put_together_from_pages_assets_and_links() {
    let server = TestServer::start().await;
    let form = get(&server, "/wall/pages").await.body;
    assert!(form.contains("action=\"/wall\"") && form.contains("value=\"/?view=plan\" checked"), "{form}");
    assert!(form.contains("value=\"/assets/cell-1\"") && !form.contains("value=\"/assets/cell-1\" checked"), "{form}");
    let query = "page=%2Fassets%2Fcell-1&page=%2Fkpis%3Fperiod%3Dweek%26x%3D%22%3E%3Cimg%3E&page=&every=2min";
    let form = get(&server, &format!("/wall/pages?{query}")).await.body;
    assert!(form.contains("value=\"/assets/cell-1\" checked"), "{form}");
    assert!(!form.contains("value=\"/\" checked") && !form.contains("<img"), "{form}");
    assert!(form.contains("value=\"/kpis?period=week&amp;x=&quot;&gt;&lt;img&gt;\""), "{form}");
    assert!(form.contains("value=\"2min\" selected"), "{form}");
    server.stop().await;
}

#[tokio::test]
async fn what_was_searched_for_is_text() {
    let server = TestServer::start().await;
    let page = get(&server, "/search?q=%22%3E%3Cimg%20src%3Dx%3E").await.body;
    assert!(!page.contains("<img"), "{page}");
    assert!(page.contains("&lt;img src=x&gt;"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn single_keys_are_switched_off_and_on_again() {
    let server = TestServer::start().await;
    let off = get(&server, "/help/keys?single=off").await;
    assert_eq!(off.status, 303);
    assert!(off.head.contains("set-cookie: keys=off;") && off.head.contains("location: /help#keys"), "{}", off.head);
    let help = ask(server.http, "GET", "/help", &[("Cookie", "keys=off")], "").await.body;
    assert!(help.contains("Switch single keys on"), "{help}");
    let on = get(&server, "/help/keys?single=on").await;
    assert!(on.head.contains("max-age=0"), "{}", on.head);
    server.stop().await;
}

#[tokio::test]
async fn the_document_that_browsers_keep_is_the_program_alone() {
    let server = TestServer::start().await;
    let kept = get(&server, "/kept").await;
    let nonce = kept.head.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    // Heads are told in lower case.
    assert!(kept.body.to_lowercase().contains(&format!("nonce=\"{nonce}\"")), "{}", kept.body);
    assert!(kept.body.contains("data-kept") && kept.body.contains("<div id=\"app\"></div>"), "{}", kept.body);
    server.stop().await;
}

#[tokio::test]
async fn the_about_page_names_every_version() {
    let server = TestServer::start().await;
    let page = get(&server, "/about").await.body;
    for fact in ["Program", env!("CARGO_PKG_VERSION"), "Kernel", "Frames on the wire", "Commit", "Li-ion cell"] {
        assert!(page.contains(fact), "{fact}: {page}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_history_is_a_page_and_a_file_of_the_same_stretch() {
    let server = TestServer::start().await;
    let json = [("Content-Type", "application/json")];
    let reading = serde_json::json!([voltage(1, 3.75)]).to_string();
    assert_eq!(ask(server.http, "POST", "/api/v1/telemetry", &json, &reading).await.status, 200);
    let stretch = "asset=cell-1&signal=voltage&tz=Europe/Berlin&from=2020-01-01T00:30&to=2020-01-01T01:30";
    let page = get(&server, &format!("/history?{stretch}")).await;
    assert_eq!(page.status, 200);
    for said in ["2020-01-01 01:00:01 CET", "00:30:00 CET to 2020-01-01 01:30:00 CET", "1 sample.", "highest 3.750"] {
        assert!(page.body.contains(said), "`{said}` is not in {}", page.body);
    }
    let file = get(&server, &format!("/history.csv?{stretch}")).await;
    assert_eq!(file.body, "time,voltage in V\r\n2020-01-01T01:00:01+01:00,3.75\r\n");
    assert!(file.head.contains("content-type: text/csv"), "{}", file.head);
    assert_eq!(get(&server, "/history?asset=boiler").await.status, 404);
    assert!(get(&server, "/history").await.body.contains("href=\"/history?asset=cell-1&amp;signal=voltage\""));
    assert_eq!(get(&server, "/history.csv?asset=boiler").await.status, 404);
    server.stop().await;
}
