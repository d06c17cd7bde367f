//! Work that falls into pieces, by two threads; who does which piece changes nothing.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::progress::Progress;

const THREADS: usize = 2;

/// What `piece` makes of each number below `count`, in their order; each is a piece of `progress`.
pub fn share<T: Send>(count: usize, progress: &Progress, piece: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    thread::scope(|scope| {
        for _ in 0..THREADS.min(count) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let made = piece(number);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((number, made));
                    progress.add();
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, made)| made).collect()
}
