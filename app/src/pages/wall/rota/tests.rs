//! Which pages take their turn, and when.

use super::*;

fn id(name: &str) -> AssetId {
    AssetId::parse(name).unwrap()
}

fn told(turn: &Turn) -> String {
    match &turn.page {
        Page::Fleet(_) => "fleet".into(),
        Page::Plan(_) => "plan".into(),
        Page::Asset(id, _) => format!("{id}{}", if turn.is_urgent { "!" } else { "" }),
        Page::Trends(_) => "trends".into(),
        Page::Words(address) => address.clone(),
    }
}

fn turns(rota: &mut Rota, count: usize) -> Vec<String> {
    (0..count).map(|_| told(&rota.turn())).collect()
}

#[test]
fn addresses_are_pages_where_a_wall_shows_them() {
    let read = |address: &str| Page::read(address).map(|page| told(&Turn { page, is_urgent: false }));
    assert_eq!(read("/").as_deref(), Some("fleet"));
    assert_eq!(read("/?site=north&view=plan").as_deref(), Some("plan"));
    assert_eq!(read("https://plant.example:3000/trends?lanes=a*b").as_deref(), Some("trends"));
    assert_eq!(read(" /assets/pump-1?show=flow#x ").as_deref(), Some("pump-1"));
    assert_eq!(read("/kpis?period=week").as_deref(), Some("/kpis?period=week"));
    assert_eq!(read("https://plant.example").as_deref(), Some("fleet"));
    for other in ["", "/data", "/wall", "//evil.example/kpis", "javascript:alert(1)", "/assets/", "/assets/a/b"] {
        assert_eq!(read(other), None, "{other}");
    }
}

#[test]
fn spans_are_read_and_kept_within_reason() {
    let read = ["20s", "45", "2min", "1s", "", "soon", "99999999999s", "90min"].map(every);
    assert_eq!(read, [20, 45, 120, 5, EVERY, EVERY, EVERY, 3_600]);
}

#[test]
fn what_a_query_says_is_decoded() {
    assert_eq!(said("a=1&q=x%20y+z%C3%BC", "q").as_deref(), Some("x y z\u{fc}"));
    assert_eq!(said("q=%f", "q"), None);
    assert_eq!(said("query=1", "q"), None);
}

#[test]
fn pages_take_turns_while_nothing_is_abnormal() {
    let mut rota = Rota::new(Page::usual());
    rota.hear(&[]);
    assert_eq!(turns(&mut rota, 4), ["plan", "/kpis", "fleet", "plan"]);
    assert_eq!(told(&rota.step(-1)), "fleet");
    assert_eq!(told(&rota.step(-1)), "/kpis");
}

#[test]
fn as_long_as_some_are_abnormal_every_second_turn_is_one_of_theirs() {
    let mut rota = Rota::new(Page::usual());
    rota.know(&[id("a"), id("b")]);
    assert!(!rota.is_urged(), "it was so before");
    assert_eq!(turns(&mut rota, 6), ["b!", "plan", "a!", "/kpis", "b!", "fleet"]);
    rota.hear(&[]);
    assert_eq!(turns(&mut rota, 2), ["plan", "/kpis"]);
}

#[test]
fn who_becomes_abnormal_comes_next_and_once() {
    let mut rota = Rota::new(Page::usual());
    rota.know(&[id("a")]);
    rota.hear(&[id("b"), id("c"), id("a")]);
    assert!(rota.is_urged());
    assert_eq!(turns(&mut rota, 3), ["b!", "c!", "plan"]);
    rota.hear(&[id("b"), id("c"), id("a")]);
    assert!(!rota.is_urged(), "no news");
    rota.hear(&[id("a"), id("d")]);
    rota.hear(&[id("a")]);
    assert!(!rota.is_urged(), "it was well again before its turn");
}
