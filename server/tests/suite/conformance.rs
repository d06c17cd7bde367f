//! `/ws` frame by frame: what the cases of the Autobahn test suite (the numbers) send, and what must come of it.
//!
//! Its echo of texts is none of ours: a page sends binary frames of a form of their own. Where a case awaits an echo,
//! a subscription stands here, which is answered with a snapshot; a text is refused, so that 6.* (UTF-8 in texts)
//! comes to one case. Compression (12, 13) is not agreed upon.

mod raw;

use wire::{ClientFrame, VERSION, frame::Subscription};

use crate::support::TestServer;
use raw::{BINARY, CLOSE, CONTINUATION, Heard, PING, PONG, Part, TEXT, converse, hello};

/// What must come of it.
enum Then {
    /// So many snapshots, these pongs, and a goodbye that is answered with its code.
    GoesOn(usize, &'static [&'static [u8]]),
    /// It is hung up on; a code that is told is one of these.
    Fails(&'static [u16]),
    /// The goodbye in it is answered by this code, or by none.
    Leaves(Option<u16>),
}
use Then::{Fails, GoesOn, Leaves};

const BROKEN: Then = Fails(&[1002]);

fn subscription() -> Vec<u8> {
    let asset = twin::id::AssetId::parse("cell-1").unwrap();
    wire::encode(&ClientFrame::Subscribe { assets: vec![Subscription { asset, after: None }], store_id: None })
}

/// A frame that is of use, of just so many bytes.
fn of_size(bytes: usize) -> Vec<u8> {
    let id = |letters: usize| twin::id::AssetId::parse(&"x".repeat(letters)).unwrap();
    let frame =
        |assets: Vec<usize>| wire::encode(&ClientFrame::Unsubscribe { assets: assets.into_iter().map(id).collect() });
    // Ids of 62 letters and their lengths, and two more that come to the rest.
    let whole = bytes.saturating_sub(70) / 63;
    (0..=126)
        .flat_map(|rest| [vec![], vec![rest], vec![rest / 2, rest - rest / 2]])
        .filter(|ends| ends.iter().all(|letters| (1..=63).contains(letters)))
        .map(|ends| frame([vec![62; whole], ends].concat()))
        .find(|frame| frame.len() == bytes)
        .unwrap_or_else(|| panic!("no frame is of {bytes} bytes"))
}

fn close(code: u16, reason: &[u8]) -> Part {
    Part::new(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

async fn check(server: &TestServer, case: &str, parts: &[Part], then: Then) {
    // At once, and byte by byte.
    for at_once in [usize::MAX, 1] {
        let heard = converse(server.http, parts, at_once, matches!(then, GoesOn(..))).await;
        let what = format!("{case}, {at_once} bytes at once: {heard:?}");
        let Heard { snapshots, pongs, close, .. } = heard;
        match &then {
            GoesOn(expected, echoed) => {
                assert_eq!((snapshots, close), (*expected, Some(Some(1000))), "{what}");
                assert!(pongs.iter().map(Vec::as_slice).eq(echoed.iter().copied()), "{what}");
            }
            Fails(codes) => assert!(close.flatten().is_none_or(|code| codes.contains(&code)), "{what}"),
            Leaves(code) => assert_eq!(close, Some(*code), "{what}"),
        }
        if at_once == usize::MAX && parts.iter().map(|part| part.bytes().len()).sum::<usize>() > 4096 {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_every_length_are_taken() {
    let server = TestServer::start().await;
    // 1.2.1 to 1.2.8 and 10.1.1: where another form of the length begins, and the largest.
    for (case, bytes) in [
        ("1.2.1", 3),
        ("1.2.2", 125),
        ("1.2.3", 126),
        ("1.2.4", 127),
        ("1.2.5", 128),
        ("1.2.6", 65_535),
        ("1.2.7", 65_536),
    ] {
        let frame = of_size(bytes);
        let parts = [Part::new(BINARY, &frame), Part::new(BINARY, &subscription())];
        check(&server, case, &parts, GoesOn(1, &[])).await;
        let pieces: Vec<&[u8]> = frame.chunks(997).collect();
        let last = pieces.len() - 1;
        let mut parts: Vec<Part> = pieces
            .iter()
            .enumerate()
            .map(|(n, piece)| {
                let part = Part::new(if n == 0 { BINARY } else { CONTINUATION }, piece);
                if n == last { part } else { part.more() }
            })
            .collect();
        parts.push(Part::new(BINARY, &subscription()));
        check(&server, "10.1.1", &parts, GoesOn(1, &[])).await;
    }
    // Ours: a byte more than is taken, whole, in fragments, and of any length that can be claimed.
    let large = vec![VERSION; 65_537];
    check(&server, "too large", &[Part::new(BINARY, &large)], Fails(&[1009])).await;
    let parts = [Part::new(BINARY, &large[..40_000]).more(), Part::new(CONTINUATION, &large[40_000..])];
    check(&server, "too large in all", &parts, Fails(&[1009])).await;
    for claimed in [65_537u64, 1 << 40, u64::MAX >> 1, u64::MAX] {
        check(&server, "too large by its head", &[Part::new(BINARY, b"").claims(claimed)], Fails(&[1009, 1002])).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_are_answered_and_pongs_are_not() {
    let server = TestServer::start().await;
    const LONG: [u8; 125] = [0xfe; 125];
    check(&server, "2.1", &[Part::new(PING, b"")], GoesOn(0, &[b""])).await;
    check(&server, "2.2", &[Part::new(PING, b"Hello, world!")], GoesOn(0, &[b"Hello, world!"])).await;
    check(&server, "2.3", &[Part::new(PING, b"\0\xff\xfe\xfd")], GoesOn(0, &[b"\0\xff\xfe\xfd"])).await;
    check(&server, "2.4 and 2.6", &[Part::new(PING, &LONG)], GoesOn(0, &[&LONG])).await;
    check(&server, "2.5", &[Part::new(PING, &[0xfe; 126])], BROKEN).await;
    check(&server, "2.7", &[Part::new(PONG, b"")], GoesOn(0, &[])).await;
    check(&server, "2.8", &[Part::new(PONG, b"unasked")], GoesOn(0, &[])).await;
    check(&server, "2.9", &[Part::new(PONG, b"unasked"), Part::new(PING, b"ping")], GoesOn(0, &[b"ping"])).await;
    // 2.10 and 2.11: of pings that came together, the newest alone may be answered (RFC 6455, 5.5.3).
    let pings: Vec<Part> = (0..10u8).map(|n| Part::new(PING, &[n])).collect();
    for at_once in [usize::MAX, 1] {
        let heard = converse(server.http, &pings, at_once, true).await;
        assert!(heard.pongs.is_sorted() && heard.pongs.last() == Some(&vec![9]), "2.10: {heard:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_standard_keeps_for_later_is_refused() {
    let server = TestServer::start().await;
    let useful = subscription();
    for (case, bits, opcode) in [
        ("3.1", 1, TEXT),
        ("3.2", 2, BINARY),
        ("3.3", 3, BINARY),
        ("3.4", 4, BINARY),
        ("3.5", 5, BINARY),
        ("3.6", 6, PING),
        ("3.7", 7, CLOSE),
    ] {
        let payload: &[u8] = if opcode == BINARY { &useful } else { b"" };
        check(&server, case, &[Part::new(opcode, payload).reserved(bits), Part::new(PING, b"")], BROKEN).await;
    }
    for opcode in (3..8).chain(11..16) {
        let case = if opcode < 8 { format!("4.1.{}", opcode - 2) } else { format!("4.2.{}", opcode - 10) };
        check(&server, &case, &[Part::new(opcode, b""), Part::new(PING, b"")], BROKEN).await;
        check(&server, &case, &[Part::new(opcode, &useful), Part::new(PING, b"")], BROKEN).await;
        let parts = [Part::new(BINARY, &useful[..3]).more(), Part::new(opcode, b"")];
        check(&server, &format!("{case} amid a message"), &parts, BROKEN).await;
    }
    // RFC 6455, 5.1: whatever a client sends is masked. (12 and 13: a first bit of compression was tried in 3.1.)
    check(&server, "unmasked", &[Part::new(BINARY, &useful).unmasked()], BROKEN).await;
    check(&server, "unmasked ping", &[Part::new(PING, b"x").unmasked()], BROKEN).await;
    // 6.*: a text is refused, of whatever bytes it is.
    check(&server, "6.1", &[Part::new(TEXT, "text \u{b5}".as_bytes())], BROKEN).await;
    check(&server, "6.3", &[Part::new(TEXT, b"\xce\xba\xed\xa0\x80")], Fails(&[1002, 1007])).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_may_come_in_fragments_and_control_frames_between_them() {
    let server = TestServer::start().await;
    let useful = subscription();
    let (first, second) = useful.split_at(4);
    let begin = || Part::new(BINARY, first).more();
    let end = || Part::new(CONTINUATION, second);
    let ping = || Part::new(PING, b"ping");
    check(&server, "5.1", &[ping().more(), Part::new(CONTINUATION, b"")], BROKEN).await;
    check(&server, "5.2", &[Part::new(PONG, b"").more(), Part::new(CONTINUATION, b"")], BROKEN).await;
    check(&server, "5.3 to 5.5", &[begin(), end()], GoesOn(1, &[])).await;
    check(&server, "5.6 to 5.8", &[begin(), ping(), end()], GoesOn(1, &[b"ping"])).await;
    check(
        &server,
        "empty fragments",
        &[Part::new(BINARY, b"").more(), Part::new(CONTINUATION, &useful)],
        GoesOn(1, &[]),
    )
    .await;
    check(&server, "5.9 to 5.11", &[end(), Part::new(BINARY, &useful)], BROKEN).await;
    check(&server, "5.12 to 5.14", &[end().more(), Part::new(BINARY, &useful)], BROKEN).await;
    check(&server, "5.15", &[begin(), end(), end().more(), begin(), end()], BROKEN).await;
    check(&server, "5.16 and 5.17", &[end().more(), begin(), end()], BROKEN).await;
    check(&server, "5.18", &[begin(), Part::new(BINARY, second)], BROKEN).await;
    let thirds = [&useful[..2], &useful[2..4], &useful[4..6], &useful[6..]];
    let parts = [
        Part::new(BINARY, thirds[0]).more(),
        Part::new(CONTINUATION, thirds[1]).more(),
        Part::new(PING, b"one"),
        Part::new(CONTINUATION, thirds[2]).more(),
        Part::new(PONG, b"unasked"),
        Part::new(CONTINUATION, thirds[3]),
        Part::new(PING, b"two"),
    ];
    check(&server, "5.19 and 5.20", &parts, GoesOn(1, &[b"one", b"two"])).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_goodbye_is_answered_by_its_code_and_a_wrong_one_by_1002() {
    let server = TestServer::start().await;
    let (ping, useful) = (Part::new(PING, b"late"), subscription());
    check(&server, "7.1.1", &[Part::new(BINARY, &useful)], GoesOn(1, &[])).await;
    check(&server, "7.1.2", &[close(1000, b""), close(1000, b"")], Leaves(Some(1000))).await;
    for (case, late) in [("7.1.3", ping), ("7.1.4", Part::new(BINARY, &useful))] {
        let heard = converse(server.http, &[close(1000, b""), late], usize::MAX, false).await;
        assert_eq!((heard.snapshots, heard.pongs.len(), heard.close), (0, 0, Some(Some(1000))), "{case}: {heard:?}");
    }
    let parts = [Part::new(BINARY, &useful[..3]).more(), close(1000, b"")];
    check(&server, "7.1.5", &parts, Leaves(Some(1000))).await;
    check(&server, "7.3.1", &[Part::new(CLOSE, b"")], Leaves(None)).await;
    check(&server, "7.3.2", &[Part::new(CLOSE, b"\x03")], BROKEN).await;
    check(&server, "7.3.3", &[close(1000, b"")], Leaves(Some(1000))).await;
    check(&server, "7.3.4", &[close(1000, b"Hello World!")], Leaves(Some(1000))).await;
    check(&server, "7.3.5", &[close(1000, &[b'*'; 123])], Leaves(Some(1000))).await;
    check(&server, "7.3.6", &[close(1000, &[b'*'; 124])], BROKEN).await;
    check(&server, "7.5.1", &[close(1000, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80edited")], Fails(&[1002, 1007])).await;
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        check(&server, &format!("7.7: {code}"), &[close(code, b"")], Leaves(Some(code))).await;
    }
    // 7.9, and 7.13 for what is beyond.
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        check(&server, &format!("7.9: {code}"), &[close(code, b"")], BROKEN).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn compression_is_not_agreed_upon() {
    let server = TestServer::start().await;
    let (head, _) =
        hello(server.http, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 ") && !head.to_lowercase().contains("extensions"), "12, 13: {head}");
    server.stop().await;
}
