//! What is said of a block that is wrong.

use super::*;

#[track_caller]
fn check_wrong(sealed: &[u8], channels: usize, block: &str, expected: &[&str]) {
    assert_eq!(read(&text(channels, block), sealed).unwrap_err(), expected, "{block}");
}

#[test]
fn whatever_is_wrong_with_a_block_is_said() {
    let [life, .., soft] = samples::all().map(|learned| learned.seal().unwrap());
    let window = one_of_each().remove(4).0.to_bytes();
    let block = |more: &str| format!("[learned.it]\nsealed = \"it.sealed\"\nevery = \"1 h\"\n{more}");
    check_wrong(
        &life,
        4,
        "[learned.it]\n",
        &["`sealed` is missing: a text in quotes", "`every` is missing: a length of time, as \"5 min\""],
    );
    check_wrong(
        &life,
        4,
        &block("inputs = INPUTS\n").replace("it.sealed", "other.sealed"),
        &["there is no file `other.sealed` beside the model file, or it cannot be read"],
    );
    check_wrong(
        &life,
        4,
        &block("inputs = INPUTS\n").replace("it.sealed", "../it.sealed"),
        &["`../it.sealed` is no name of a file beside this one"],
    );
    check_wrong(
        &life[..40],
        4,
        &block("inputs = INPUTS\n"),
        &["`it.sealed`: neither what `train` seals nor a detector that `detect` saves, of this version"],
    );
    check_wrong(
        &life,
        4,
        &block("inputs = [\"c0\", \"c1\", \"c2\"]\n"),
        &["3 in `inputs`, `it.sealed` reads 4 signals: input 0, input 1, input 2, input 3"],
    );
    check_wrong(
        &life,
        4,
        &block("inputs = [\"c0\", \"c1\", \"c2\", \"d3\"]\nin = { c4 = \"K\" }\n"),
        &[
            "unknown input or signal `d3`; did you mean `c3`?",
            "unknown input of what was learned `c4`; did you mean `c0`?",
        ],
    );
    check_wrong(
        &life,
        4,
        &block("inputs = [\"c0\", \"c1\", \"c2\", \"c2\"]\nin = { c0 = \"kW\" }\n"),
        &["`c2` is read twice", "`c0` is in 1 and is taken in kW"],
    );
    check_wrong(&window, 4, &block(""), &["`inputs` is missing: `it.sealed` reads 4 signals"]);
    check_wrong(
        &window,
        4,
        &block("inputs = INPUTS\nstates = { 3 = \"worn\", 4 = \"new\" }\nnormal = 4\n"),
        &[
            "state 20 of `it.sealed` has no title in `states`",
            "state 100 of `it.sealed` has no title in `states`",
            "`normal` is the state that is as it should be, one of 3, 20, 100",
            "`it.sealed` has no state 4; its states are 3, 20, 100",
        ],
    );
    check_wrong(&soft, 2, &block("inputs = INPUTS\n"), &["`unit` is missing: that of what `it` reads off"]);
    check_wrong(
        &life,
        4,
        &block("inputs = INPUTS\nunit = \"h\"\nnormal = 1\n"),
        &["`it` reads nothing off: it has no use for `unit`", "`it` tells no states apart: it has no use for `normal`"],
    );
}
