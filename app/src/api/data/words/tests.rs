//! The words and links of the data page.

use super::*;

#[test]
fn an_address_keeps_what_it_knows_and_leads_on_from_there() {
    let address = Address::read("?asset=cell&reason=range&state=&nonsense=1&before=x");
    let question = address.question();
    assert_eq!((question.asset.as_deref(), question.refused.reason.as_deref()), (Some("cell"), Some("range")));
    assert_eq!((question.refused.state.as_deref(), question.refused.before), (Some("open"), None));
    assert_eq!(Address::read("state=any").question().refused.state, None);
    let link = address.link("quarantine", &[("before", "7".into())]);
    assert_eq!(link, "/data?asset=cell&reason=range&before=7#quarantine");
    let odd = Address::read("asset=%3Cb%3E%26").link("lineage", &[]);
    assert_eq!(odd, "/data?asset=%3Cb%3E%26#lineage");
}

#[test]
fn numbers_keep_all_their_digits_and_their_unit() {
    assert_eq!(exact(-0.125, "degC"), "\u{2212}0.125\u{a0}\u{b0}C");
    assert_eq!(exact(1e21, "1"), "1000000000000000000000");
    assert_eq!((count(0).look, faults(3).look), (Look::Muted, Look::Warn));
}
