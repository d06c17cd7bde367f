//! Power cuts: the disk as it stands at some moment, without what the system had not written to it.
//!
//! The store lies on an ext4 image in a file on XFS. A clone of that file is the disk of a machine whose power failed:
//! what ext4 held in memory is not in it. The clone is mounted, ext4 recovers, and a server is started on it.

use std::{path::Path, process::Command, time::Duration};

use super::{disk::Mounted, seed};
use server::verify::Outcome;

use crate::support::{
    loading::{BUSY_PLANT, Chance, Loading, check, compare, figure, not_run, number, say},
    process::Home,
};

fn run(words: &[&str]) -> Result<(), String> {
    let done = Command::new(words[0]).args(&words[1..]).output().map_err(|error| format!("{}: {error}", words[0]))?;
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).trim().to_string()) }
}

/// The two disks, inner one last to be mounted and first to be unmounted.
struct Disks {
    inner: Mounted,
    outer: Mounted,
}

fn disks(folder: &Path) -> Result<Disks, String> {
    let (file, outer) = (folder.join("outer.img"), folder.join("outer"));
    let image = outer.join("disk.img");
    std::fs::File::create(&file).and_then(|file| file.set_len(1 << 30)).map_err(|error| error.to_string())?;
    run(&["mkfs.xfs", "-q", "-m", "reflink=1", file.to_str().unwrap()])?;
    let outer = Mounted::new(&outer, &["-o", "loop", file.to_str().unwrap()])?;
    std::fs::File::create(&image).and_then(|image| image.set_len(256 << 20)).map_err(|error| error.to_string())?;
    run(&["mkfs.ext4", "-q", image.to_str().unwrap()])?;
    let inner = Mounted::new(&folder.join("inner"), &["-o", "loop", image.to_str().unwrap()])?;
    Ok(Disks { inner, outer })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_that_fails_takes_nothing_that_was_acknowledged() {
    let (cuts, seed) = (number("TWINLIGHT_CUTS", 10), seed());
    let folder = tempfile::tempdir().unwrap();
    let disks = match disks(folder.path()) {
        Ok(disks) => disks,
        Err(why) => return not_run("power cuts", &why),
    };
    let mut chance = Chance(seed);
    let mut outcomes = Vec::new();
    // The disk is small: a new server after so many cuts.
    for group in 0..cuts.div_ceil(10) {
        let own = folder.path().join(format!("group-{group}"));
        std::fs::create_dir(&own).unwrap();
        let mut home = Home::make(&own, BUSY_PLANT);
        let data = disks.inner.0.join(format!("group-{group}"));
        std::fs::create_dir(&data).unwrap();
        home.store = data.join("twinlight.db");
        let server = home.start(&[]);
        let words = "--mqtt 3 --http 2 --mqtt-samples 5 --http-samples 100 --rate 4000 --late 0.05 --twice 0.05";
        let load = Loading::start(&home, "cuts", &format!("{words} --seed {}", seed + group));
        for cut in 0..10.min(cuts - group * 10) {
            load.goes_on(5).await;
            tokio::time::sleep(Duration::from_micros(chance.below(300_000))).await;
            // What is acknowledged at this moment, then the disk at a later one.
            let ledger = own.join(format!("ledger-{cut}"));
            std::fs::copy(&load.ledger, &ledger).unwrap();
            let (image, clone) = (disks.outer.0.join("disk.img"), disks.outer.0.join("cut.img"));
            run(&["cp", "--reflink=always", image.to_str().unwrap(), clone.to_str().unwrap()]).unwrap();
            let mounted = Mounted::new(&folder.path().join("cut"), &["-o", "loop", clone.to_str().unwrap()]);
            let mounted = mounted.expect("the disk of the dead machine can be mounted");
            let after = home.beside(mounted.0.join(format!("group-{group}")).join("twinlight.db"));
            let risen = after.start(&[]);
            let outcome = compare(&after, ledger, None).await;
            risen.kill();
            drop(mounted);
            std::fs::remove_file(&clone).unwrap();
            outcomes.push(outcome);
        }
        load.stop().await;
        server.kill();
        std::fs::remove_dir_all(&data).unwrap();
    }
    let of = |count: fn(&Outcome) -> u64| outcomes.iter().map(count).sum::<u64>();
    let (acknowledged, lost) = (of(|outcome| outcome.acknowledged), of(|outcome| outcome.missing));
    say(&format!("{cuts} power cuts, seed {seed}: {acknowledged} acknowledged, {lost} lost"));
    figure("faults.powercut_lost", lost);
    outcomes.iter().for_each(check);
    drop(disks);
}
