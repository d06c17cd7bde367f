//! A limit on memory: bounded queues stay within it, and whoever is killed for it has lost nothing.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::{DISORDERLY, seed};
use crate::support::{
    PATIENCE, ask,
    loading::{BUSY_PLANT, Loading, check, compare, not_run, say},
    process::Home,
};

const MIB: u64 = 1 << 20;

/// A group of processes with a limit of their own, in either version of the kernel's interface.
struct Group {
    folder: PathBuf,
    is_v2: bool,
}

impl Group {
    fn new(limit: u64) -> Result<Group, String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("twinlight-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let is_v2 = !Path::new("/sys/fs/cgroup/memory").exists();
        let folder = Path::new(if is_v2 { "/sys/fs/cgroup" } else { "/sys/fs/cgroup/memory" }).join(name);
        std::fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let group = Group { folder, is_v2 };
        let limit = limit.to_string();
        group.set(if is_v2 { "memory.max" } else { "memory.limit_in_bytes" }, &limit)?;
        // Where there is room to swap to, that counts too. Some kernels do not count it.
        let _ = group.set(
            if is_v2 { "memory.swap.max" } else { "memory.memsw.limit_in_bytes" },
            if is_v2 { "0" } else { &limit },
        );
        Ok(group)
    }

    fn set(&self, file: &str, value: &str) -> Result<(), String> {
        std::fs::write(self.folder.join(file), value).map_err(|error| format!("{file}: {error}"))
    }

    /// What starts a process in the group; the higher `likely` is, up to 1000, the sooner it is the one to be killed.
    fn wrapper(&self, likely: u32) -> [String; 4] {
        let enter = format!(
            "echo $$ > '{}/cgroup.procs' && echo {likely} > /proc/self/oom_score_adj && exec \"$@\"",
            self.folder.display()
        );
        ["sh".into(), "-c".into(), enter, "sh".into()]
    }

    fn killed(&self) -> u64 {
        let file = if self.is_v2 { "memory.events" } else { "memory.oom_control" };
        let text = std::fs::read_to_string(self.folder.join(file)).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        line.expect("the kernel counts whom it kills").trim().parse().unwrap()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Whoever was in it may need a moment to be gone.
        for _ in 0..100 {
            if std::fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What a process has at most had in memory of its own, without files.
fn most_resident(id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_it_can_take_is_put_off_within_a_limit_on_memory() {
    const LIMIT: u64 = 256 * MIB;
    let group = match Group::new(LIMIT) {
        Ok(group) => group,
        Err(why) => return not_run("a limit on memory", &why),
    };
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), &wide_plant());
    let wrapper = group.wrapper(0);
    let mut server = home.start(&wrapper.each_ref().map(String::as_str));
    // Under way at once: up to 240,000 samples over HTTP and 80,000 over MQTT, for a queue of 100,000.
    let words = "--mqtt 8 --http 12 --line 12 --viewers 2 --mqtt-samples 100 --http-samples 10000 \
        --line-samples 10000 --in-flight 100 --twice 0.05 --swapped 0.05";
    let load = Loading::start(&home, "memory", &format!("{words} --seed {}", seed()));
    load.goes_on(50).await;
    // For a moment the file is somebody else's: nothing is written, and all that comes has to be held or put off.
    let other = rusqlite::Connection::open(&home.store).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    while queued(home.http).await < 90_000 {
        assert!(began.elapsed() < Duration::from_secs(4), "the queue fills up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    other.execute_batch("ROLLBACK").unwrap();
    for _ in 0..6 {
        load.goes_on(50).await;
    }
    assert_eq!(ask(home.http, "GET", "/healthz", &[], "").await.status, 200, "it still answers");
    let (report, ledger, seen) = load.stop().await;
    assert!(server.is_running(), "it was not killed: {}", home.log());
    assert_eq!(group.killed(), 0);
    let most = most_resident(server.child.id());
    say(&format!("{} MiB at most under a limit of {}; {report}", most / MIB, LIMIT / MIB));
    assert!(report.busy > 0, "more came than it could take: {report}");
    assert!(most < LIMIT, "{most} bytes");
    check(&compare(&home, ledger, seen).await);
}

/// Items that are handed in and not committed.
async fn queued(http: std::net::SocketAddr) -> u64 {
    let answer = ask(http, "GET", "/metrics", &[], "").await;
    let line = answer.body.lines().find_map(|line| line.strip_prefix("twinlight_store_queued_items "));
    line.unwrap().trim().parse().unwrap()
}

/// An asset of its own for every publisher.
fn wide_plant() -> String {
    let asset = |n: u32| {
        format!(
            "[[asset]]\nid = \"cell-{n}\"\ntitle = \"Cell {n}\"\nmodel = \"li-ion-cell\"\n\
             [asset.signals]\ncurrent = {{ from = \"current\" }}\nvoltage = {{ from = \"voltage\" }}\n"
        )
    };
    ["title = \"Wide plant\"\n".to_string()].into_iter().chain((0..32).map(asset)).collect()
}

/// Somebody else in the group, who takes what is given.
struct Balloon(Child);

impl Balloon {
    fn new(group: &Group) -> Balloon {
        let wrapper = group.wrapper(0);
        let mut command = Command::new(&wrapper[0]);
        // `tail` keeps a line until it has ended.
        command.args(&wrapper[1..]).arg("tail").stdin(Stdio::piped()).stdout(Stdio::null());
        Balloon(command.spawn().unwrap())
    }

    fn grow(&mut self) {
        // It may be killed itself where the server's end was too little.
        let _ = self.0.stdin.as_mut().unwrap().write_all(&vec![b'x'; MIB as usize]);
    }
}

impl Drop for Balloon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_for_want_of_memory_it_loses_nothing_that_it_acknowledged() {
    const LIMIT: u64 = 256 * MIB;
    let group = match Group::new(LIMIT) {
        Ok(group) => group,
        Err(why) => return not_run("an end for want of memory", &why),
    };
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let wrapper = group.wrapper(1000);
    let wrapper = wrapper.each_ref().map(String::as_str);
    let mut server = home.start(&wrapper);
    let load = Loading::start(&home, "hungry", &format!("{DISORDERLY} --seed {}", seed()));
    for round in 1..=3 {
        load.goes_on(20).await;
        let mut balloon = Balloon::new(&group);
        let deadline = Instant::now() + PATIENCE;
        while server.is_running() {
            assert!(Instant::now() < deadline, "round {round}: nobody was killed");
            balloon.grow();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        drop(balloon);
        assert!(group.killed() >= round, "the kernel did it");
        server = home.start(&wrapper);
    }
    load.goes_on(20).await;
    let (report, ledger, seen) = load.stop().await;
    let outcome = compare(&home, ledger, seen).await;
    say(&format!("3 ends for want of memory: {} acknowledged, {} lost", outcome.acknowledged, outcome.missing));
    check(&outcome);
    assert!(report.reconnects >= 3, "everybody was cut off each time: {report}");
    // Before its group.
    drop(server);
}
