//! Looks whether a store's file is what was written, beside whoever runs it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{StoreError, blocks, schema};

/// What is wrong with a file, and how much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    pub assets: u64,
    pub blocks: u64,
    pub samples: u64,
    pub events: u64,
    /// A line each; empty where all is well.
    pub faults: Vec<String>,
}

/// Faults that are told one by one.
const MOST_FAULTS: usize = 1000;

/// Reads all of the store at `path`: pages, checksums of blocks, seqs. `progress` hears of every thousand blocks.
pub fn check(path: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Findings, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    schema::is_known(&connection)?;
    // One view of the file, whatever is written meanwhile.
    let view = connection.transaction()?;
    let mut findings = Findings::default();
    pages(&view, &mut findings)?;
    let total: u64 = view.query_row("SELECT count(*) FROM block", [], |row| row.get(0))?;
    let assets: Vec<(i64, String)> = view
        .prepare("SELECT key, id FROM asset ORDER BY key")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (key, id) in assets {
        findings.assets += 1;
        let mut seqs = Runs::default();
        for kept in blocks::find(&view, "WHERE asset = ?1 ORDER BY key", &[&key])? {
            findings.blocks += 1;
            if findings.blocks % 1000 == 0 {
                progress(findings.blocks, total);
            }
            let head = kept.head;
            match blocks::read(&view, &kept)? {
                Ok(sections) => {
                    findings.samples += head.count.cast_unsigned();
                    sections.iter().flat_map(|section| &section.seqs).for_each(|seq| seqs.add(*seq, *seq));
                }
                Err(damage) => {
                    findings.fault(format!(
                        "asset `{id}`, signal {}, block {}: {}; {} samples of {} to {} (microseconds), seq {} to {}",
                        signal(&view, head.signal)?,
                        kept.key,
                        damage.why,
                        head.count,
                        head.first_t,
                        head.last_t,
                        head.first_seq,
                        head.last_seq
                    ));
                    seqs.add(head.first_seq, head.last_seq);
                }
            }
        }
        let mut ranges = view.prepare_cached(
            "SELECT seq, seq, 1 FROM event WHERE asset = ?1
            UNION ALL SELECT first_seq, last_seq, 0 FROM deletion WHERE asset = ?1",
        )?;
        let mut rows = ranges.query([key])?;
        while let Some(row) = rows.next()? {
            seqs.add(row.get(0)?, row.get(1)?);
            findings.events += row.get::<_, u64>(2)?;
        }
        for (after, before) in seqs.holes() {
            findings.fault(format!("asset `{id}`: nothing of seq {} to {}, and no record why", after + 1, before - 1));
        }
    }
    Ok(findings)
}

fn pages(view: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let mut check = view.prepare("PRAGMA integrity_check(100)")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            findings.fault(format!("pages: {line}"));
        }
    }
    Ok(())
}

fn signal(view: &Connection, key: i64) -> Result<String, rusqlite::Error> {
    if key == 0 {
        return Ok("several".into());
    }
    let find = "SELECT coalesce((SELECT name FROM signal WHERE key = ?1), '?')";
    let name: String = view.prepare_cached(find)?.query_row([key], |row| row.get(0))?;
    Ok(format!("`{name}`"))
}

impl Findings {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// Numbers that are there, as ranges: the seqs of one asset stand close together.
#[derive(Default)]
struct Runs(std::collections::BTreeMap<i64, i64>);

impl Runs {
    /// Adds `first..=last`, which may overlap what is there.
    fn add(&mut self, first: i64, last: i64) {
        let (mut first, mut last) = (first, last);
        while let Some((from, to)) = self.0.range(..=last.saturating_add(1)).next_back().map(|(from, to)| (*from, *to))
        {
            if to < first.saturating_sub(1) {
                break;
            }
            (first, last) = (first.min(from), last.max(to));
            self.0.remove(&from);
        }
        self.0.insert(first, last);
    }

    /// What is missing from 1 on: the last number before a hole and the first one after it.
    fn holes(&self) -> Vec<(i64, i64)> {
        let mut end = 0;
        let mut holes = Vec::new();
        for (first, last) in &self.0 {
            if *first > end + 1 {
                holes.push((end, *first));
            }
            end = *last;
        }
        holes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_order_leave_the_holes_that_there_are() {
        let mut runs = Runs::default();
        for (first, last) in [(5, 5), (1, 2), (4, 4), (9, 12), (10, 11), (3, 3)] {
            runs.add(first, last);
        }
        assert_eq!(runs.0.into_iter().collect::<Vec<_>>(), [(1, 5), (9, 12)]);
        let mut runs = Runs::default();
        [(2, 3), (7, 9)].into_iter().for_each(|(first, last)| runs.add(first, last));
        assert_eq!(runs.holes(), [(0, 2), (3, 7)]);
    }
}
