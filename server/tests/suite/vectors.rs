//! Plays packet-level vectors of another MQTT server against ours: what is sent, what must come back, who hangs up.
//!
//! They are data from beside the repository (`../shared/faults/mqtt-vectors.tar.gz`) and are played where they are.

mod deviations;

use std::{collections::BTreeMap, io::Read, net::SocketAddr, path::Path, time::Duration};

use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::{
    mqtt::Raw,
    support::{TestServer, repository},
};
use deviations::DEVIATIONS;

/// How long an answer may take before it counts as none.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Group {
    group: String,
    ver: Option<u8>,
    connect: Option<bool>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    ver: Option<u8>,
    connect: Option<bool>,
    expect_disconnect: Option<bool>,
    msgs: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Step {
    Send { payload: String },
    Recv { payload: String },
    ExternalPublish {},
}

/// The vectors, by the name of their file.
fn vectors(archive: &Path) -> BTreeMap<String, Vec<Group>> {
    let mut tar = Vec::new();
    GzDecoder::new(std::fs::File::open(archive).unwrap()).read_to_end(&mut tar).unwrap();
    let mut files = BTreeMap::new();
    for (name, body) in entries(&tar) {
        if let Some(file) = name.strip_suffix(".json") {
            let file = file.rsplit('/').next().unwrap().to_string();
            files.insert(file, serde_json::from_slice(body).unwrap());
        }
    }
    files
}

/// The files of a tar archive: blocks of 512 bytes, a header before each file.
fn entries(tar: &[u8]) -> Vec<(String, &[u8])> {
    let mut files = Vec::new();
    let mut rest = tar;
    while rest.len() >= 512 && rest[0] != 0 {
        let text = |range: std::ops::Range<usize>| {
            let field = &rest[range];
            let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
            String::from_utf8_lossy(&field[..end]).trim().to_string()
        };
        let length = usize::from_str_radix(&text(124..136), 8).unwrap();
        files.push((text(0..100), &rest[512..512 + length]));
        rest = &rest[512 + length.next_multiple_of(512)..];
    }
    files
}

/// The bytes that a vector's text stands for: `r` and `v` numbers of variable length, `i` one byte, `s`, `m`, `k` and
/// `H` two, `L` four, text in quotes, the rest hexadecimal.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, part) in text.split('\'').enumerate() {
        if index % 2 == 1 {
            bytes.extend(part.as_bytes());
            continue;
        }
        for word in part.split_whitespace() {
            let number = word.get(1..).and_then(|digits| digits.parse::<u32>().ok());
            match (word.as_bytes()[0], number) {
                (b'r' | b'v', Some(mut number)) => loop {
                    let more = number >> 7;
                    bytes.push((number & 0x7f) as u8 | if more > 0 { 0x80 } else { 0 });
                    number = more;
                    if number == 0 {
                        break;
                    }
                },
                (b'i', Some(number)) => bytes.push(number as u8),
                (b's' | b'm' | b'k' | b'H', Some(number)) => bytes.extend((number as u16).to_be_bytes()),
                (b'L', Some(number)) => bytes.extend(number.to_be_bytes()),
                _ => bytes
                    .extend((0..word.len()).step_by(2).map(|at| u8::from_str_radix(&word[at..at + 2], 16).unwrap())),
            }
        }
    }
    bytes
}

/// Whether a case is about an endpoint that relays nothing: it must not wait for messages of others.
fn applies(case: &Case) -> bool {
    case.msgs.iter().all(|step| match step {
        Step::Send { .. } => true,
        Step::Recv { payload } => bytes(payload)[0] >> 4 != 3,
        Step::ExternalPublish {} => false,
    })
}

/// What our server says where the vectors' grants a subscription, or knows one that is given up.
fn refused(version: u8, mut packet: Vec<u8>) -> Vec<u8> {
    let codes = if version == 5 { 5 } else { 4 };
    match packet[0] {
        0x90 => packet.iter_mut().skip(codes).filter(|code| **code < 0x80).for_each(|code| {
            *code = if version == 5 { 0x83 } else { 0x80 };
        }),
        0xb0 if version == 5 => packet.iter_mut().skip(codes).filter(|code| **code == 0).for_each(|code| *code = 0x11),
        _ => {}
    }
    packet
}

/// What of a packet is compared: all of it, but of version 5
/// - what a CONNACK grants is the server's own affair, so are the words that come with a PUBACK or PUBREC;
/// - whether an offence is unspecified, malformed or an error of protocol (0x80, 0x81, 0x82) is a matter of taste.
fn means(version: u8, packet: &[u8]) -> Vec<u8> {
    let offence = |code: u8| if (0x80..=0x82).contains(&code) { 0x80 } else { code };
    match (version, packet) {
        (5, [0x20, _, flags, code, ..]) => vec![0x20, *flags, offence(*code)],
        (5, [kind @ (0x40 | 0x50), _, high, low, rest @ ..]) => {
            let is_success = rest.first().is_none_or(|code| *code < 0x80);
            vec![*kind, *high, *low, u8::from(is_success)]
        }
        (5, [0xe0, _, code, ..]) => vec![0xe0, offence(*code)],
        _ => packet.to_vec(),
    }
}

/// Plays a case; what differs, where something does.
async fn play(server: SocketAddr, group: &Group, case: &Case) -> Result<(), String> {
    let version = case.ver.or(group.ver).unwrap_or(4);
    let mut raw = Raw::dial(server).await;
    if case.connect.or(group.connect).unwrap_or(true) {
        let hello: &[u8] = if version == 5 {
            b"\0\x04MQTT\x05\x02\0\x3c\0\0\x06vector"
        } else {
            b"\0\x04MQTT\x04\x02\0\x3c\0\x06vector"
        };
        raw.send(0x10, hello).await;
        let connack = answer(&mut raw).await?;
        if connack.first() != Some(&0x20) || connack.get(3) != Some(&0) {
            return Err(format!("not let in: {connack:02x?}"));
        }
    }
    for step in &case.msgs {
        match step {
            Step::Send { payload } => raw.bytes(&bytes(payload)).await,
            Step::Recv { payload } => {
                let expected = refused(version, bytes(payload));
                let got = answer(&mut raw).await?;
                let is_equal = means(version, &got) == means(version, &expected);
                if !is_equal {
                    return Err(format!("{got:02x?} instead of {expected:02x?}"));
                }
            }
            Step::ExternalPublish {} => unreachable!("sorted out before"),
        }
    }
    if case.expect_disconnect.unwrap_or(true) {
        // Last words are allowed: a refusing CONNACK or DISCONNECT of version 5.
        let mut got = answer(&mut raw).await?;
        if version == 5 && matches!(got[..], [0x20, 3, 0, 0x80..=0xff, 0] | [0xe0, 1, 0x80..=0xff]) {
            got = answer(&mut raw).await?;
        }
        if got.is_empty() { Ok(()) } else { Err(format!("{got:02x?} instead of the end")) }
    } else {
        raw.send(0xc0, &[]).await;
        match answer(&mut raw).await? {
            got if got == [0xd0, 0] => Ok(()),
            got => Err(format!("{got:02x?} instead of a PINGRESP")),
        }
    }
}

/// The next packet; empty once the server has hung up.
async fn answer(raw: &mut Raw) -> Result<Vec<u8>, String> {
    match tokio::time::timeout(ANSWER_WITHIN, raw.packet()).await {
        Ok(packet) => Ok(packet.unwrap_or_default()),
        Err(_) => Err("no answer".into()),
    }
}

#[tokio::test]
async fn packets_are_answered_as_the_vectors_say() {
    let archive = repository().join("../shared/faults/mqtt-vectors.tar.gz");
    if !archive.exists() {
        println!("not run: there is no {}", archive.display());
        return;
    }
    let server = TestServer::start().await;
    let (mut not_for_us, mut equal) = (0, 0);
    let mut deviating: BTreeMap<String, String> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (file, groups) in vectors(&archive) {
        for group in &groups {
            for case in &group.tests {
                let name = format!("{file}: {} / {}", group.group.trim(), case.name.trim());
                let count = seen.entry(name.clone()).or_default();
                *count += 1;
                let name = if *count > 1 { format!("{name} ({count})") } else { name };
                if !applies(case) {
                    not_for_us += 1;
                    continue;
                }
                match play(server.mqtt, group, case).await {
                    Ok(()) => equal += 1,
                    Err(how) => drop(deviating.insert(name, how)),
                }
            }
        }
    }
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    for (why, cases) in DEVIATIONS {
        listed.extend(cases.iter().map(|case| (*case, *why)));
    }
    println!(
        "vectors: {} ran, {equal} equal, {} deviating, {not_for_us} about relaying",
        equal + deviating.len(),
        deviating.len()
    );
    let unlisted: Vec<_> = deviating.iter().filter(|(name, _)| !listed.contains_key(name.as_str())).collect();
    let no_longer: Vec<_> = listed.keys().filter(|name| !deviating.contains_key(**name)).collect();
    assert!(
        unlisted.is_empty() && no_longer.is_empty(),
        "unlisted: {unlisted:#?}\nno longer deviating: {no_longer:#?}"
    );
    server.stop().await;
}
