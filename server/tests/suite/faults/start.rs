//! A start on a store that cannot be used: refused in words, and the file is left as it is.

use std::path::Path;

use rusqlite::Connection;

use crate::support::{PATIENCE, PLANT, ask, process::Home};

/// What is wrong with a store, and what is said of it.
struct Case {
    what: &'static str,
    spoil: fn(&Path),
    /// Put before the server's command.
    wrapper: &'static [&'static str],
    said: &'static str,
}

/// Whoever may do everything may also write to what is not writable: this right is taken from the server.
const NO_OVERRIDE: &[&str] = &["setpriv", "--bounding-set", "-dac_override"];

const CASES: [Case; 6] = [
    Case {
        what: "no SQLite file",
        spoil: |file| std::fs::write(file, "title = \"Not a store\"\n".repeat(400)).unwrap(),
        wrapper: &[],
        said: "file is not a database",
    },
    Case {
        what: "another program's file",
        spoil: |file| {
            std::fs::remove_file(file).unwrap();
            let other = Connection::open(file).unwrap();
            other.execute_batch("CREATE TABLE pump (name TEXT); INSERT INTO pump VALUES ('p-7')").unwrap();
        },
        wrapper: &[],
        said: "the file is another program's",
    },
    Case {
        what: "a newer release's store",
        spoil: |file| Connection::open(file).unwrap().pragma_update(None, "user_version", 999).unwrap(),
        wrapper: &[],
        said: "the store's file is of schema 999, this program knows",
    },
    Case {
        what: "half a store",
        spoil: |file| {
            let bytes = std::fs::read(file).unwrap();
            std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        },
        wrapper: &[],
        said: "database disk image is malformed",
    },
    Case {
        what: "a damaged page of names",
        spoil: |file| {
            let (page, size) = root(file, "asset");
            let mut bytes = std::fs::read(file).unwrap();
            bytes[(page - 1) * size..page * size].fill(0x5a);
            std::fs::write(file, bytes).unwrap();
        },
        wrapper: &[],
        said: "the store's file is damaged, table `asset`",
    },
    Case {
        what: "a store that may only be read",
        spoil: |file| {
            let mut rights = std::fs::metadata(file).unwrap().permissions();
            rights.set_readonly(true);
            std::fs::set_permissions(file, rights).unwrap();
        },
        wrapper: NO_OVERRIDE,
        said: "attempt to write a readonly database",
    },
];

/// The first page of a table, and how large pages are.
fn root(file: &Path, table: &str) -> (usize, usize) {
    let connection = Connection::open(file).unwrap();
    let find = "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = ?1";
    connection.query_row(find, [table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// A store with a few samples in it that nobody runs, all of it in one file.
async fn store(home: &Home) {
    let server = home.start(&[]);
    let reading = r#"[{"asset":"cell-1","signal":"voltage","t":"2020-01-01T00:00:01Z","v":3.5}]"#;
    assert_eq!(ask(server.http, "POST", "/api/v1/telemetry", &[], reading).await.status, 200);
    server.kill();
    Connection::open(&home.store).unwrap().pragma_update(None, "journal_mode", "DELETE").unwrap();
}

/// What the server says where it does not come up.
fn refusal(home: &Home, wrapper: &[&str]) -> String {
    let before = home.log().len();
    let mut server = home.begin(wrapper);
    let deadline = std::time::Instant::now() + PATIENCE;
    while server.is_running() {
        assert!(std::time::Instant::now() < deadline, "it ends: {}", home.log());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(1), "{}", home.log());
    home.log()[before..].to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_be_used_is_refused_in_words_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Home::make(folder.path(), PLANT);
    store(&whole).await;
    for (number, Case { what, spoil, wrapper, said }) in CASES.into_iter().enumerate() {
        let own = folder.path().join(format!("case-{number}"));
        std::fs::create_dir(&own).unwrap();
        let home = whole.beside(own.join("twinlight.db"));
        std::fs::copy(&whole.store, &home.store).unwrap();
        spoil(&home.store);
        let before = std::fs::read(&home.store).unwrap();
        let heard = refusal(&home, wrapper);
        let place = format!("`store.path` {} cannot be opened", home.store.display());
        assert!(heard.contains(&place) && heard.contains(said), "{what}: {heard}");
        let after = std::fs::read(&home.store).unwrap();
        // Bytes 18 and 19 say that there is a log beside the file, 24 to 27 and 92 to 99 count its changes.
        let is_content = |place: &usize| !matches!(place, 18 | 19 | 24..=27 | 92..=99);
        let changed: Vec<usize> =
            (0..before.len().max(after.len())).filter(is_content).filter(|n| before.get(*n) != after.get(*n)).collect();
        assert!(changed.is_empty(), "{what}: its bytes {changed:?} were changed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_another_server_runs_is_refused_and_that_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), PLANT);
    let server = home.start(&[]);
    let second = home.beside(home.store.clone());
    let heard = refusal(&second, &[]);
    assert!(heard.contains(&format!("`{}` is in use by another twinlight", home.store.display())), "{heard}");
    assert_eq!(ask(server.http, "GET", "/readyz", &[], "").await.status, 200);
}
