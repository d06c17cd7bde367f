//! Workers of this tab: each runs this very program beside the page, and does errands.

use std::cell::{Cell, RefCell};

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    live::errand::{self, Errand, Report},
    pages::part,
};

/// For many members. Two: a machine for which this matters has as many cores, and the page keeps its own thread.
pub const COUNT: usize = 2;
/// A worker whose memory has grown beyond this is replaced between two runs: the memory of a program never shrinks.
const MOST_BYTES: f64 = 96.0 * 1024.0 * 1024.0;

type Hear = std::rc::Rc<dyn Fn(usize, Option<Report>)>;

/// The workers of the page that is open. Dropping them ends them.
pub struct Workers {
    all: Vec<One>,
    hear: Hear,
}

struct One {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Drop for One {
    fn drop(&mut self) {
        self.worker.terminate();
        count(|counts| counts.running -= 1);
    }
}

impl Workers {
    /// Starts so many; `None` where there are no workers. `hear` is told what each of them says, and nothing by one that
    /// failed.
    pub fn start(count: usize, hear: Hear) -> Option<Workers> {
        let all = (0..count).map(|number| One::start(number, &hear)).collect::<Option<Vec<One>>>()?;
        Some(Workers { all, hear })
    }

    pub fn send(&self, worker: usize, errand: &Errand) {
        if let Some(one) = self.all.get(worker) {
            count(|counts| counts.errands += 1);
            let bytes = Uint8Array::from(wire::encode(errand).as_slice());
            one.worker.post_message_with_transfer(&bytes, &js_sys::Array::of1(&bytes.buffer())).ok();
        }
    }

    /// Replaces a worker that may have grown; what it still says is not heard.
    pub fn replace(&mut self, worker: usize) {
        if let Some(one) = One::start(worker, &self.hear)
            && let Some(place) = self.all.get_mut(worker)
        {
            *place = one;
        }
    }
}

impl One {
    fn start(number: usize, hear: &Hear) -> Option<One> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("/worker.js", &options).ok()?;
        let on_error = {
            let hear = hear.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| hear(number, None))
        };
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let hear = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            count(|counts| counts.reports += 1);
            let bytes: Option<Uint8Array> = event.data().dyn_into().ok();
            if let Some(report) = bytes.and_then(|bytes| wire::decode(&bytes.to_vec()).ok()) {
                hear(number, Some(report));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // The page's program, compiled already: a worker neither fetches nor compiles it again.
        worker.post_message(&wasm_bindgen::module()).ok()?;
        count(|counts| counts.running += 1);
        Some(One { worker, _on_message: on_message, _on_error: on_error })
    }
}

/// How many there are in this tab, the errands they were sent since it was opened, and the reports that came of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub running: usize,
    pub errands: u64,
    pub reports: u64,
}

pub fn counts() -> Counts {
    COUNTS.get()
}

fn count(change: impl FnOnce(&mut Counts)) {
    let mut counts = COUNTS.get();
    change(&mut counts);
    COUNTS.set(counts);
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { running: 0, errands: 0, reports: 0 }) };
    static WORKER: RefCell<errand::Worker> = RefCell::default();
}

/// In a worker: does the errand of a message, once the one before is done.
pub async fn work(message: Vec<u8>) -> Option<Vec<u8>> {
    let report = match wire::decode(&message).ok()? {
        Errand::Explain { model, checkpoint, began } => {
            let causes = part::explained(model, checkpoint, began).await.unwrap_or_default();
            Report::Explained { began, causes }
        }
        Errand::Calibrate { window, question } => match part::answered(window, question).await {
            Ok(answer) => Report::Calibrated { window, answer: answer? },
            Err(part::Missing) => Report::Failed { run: window },
        },
        errand => WORKER.with_borrow_mut(|worker| worker.work(errand))?,
    };
    let report = match report {
        Report::Told { run, counted, .. } => Report::Told { run, counted, has_grown: memory_bytes() > MOST_BYTES },
        report => report,
    };
    Some(wire::encode(&report))
}

/// How much memory this program has by now.
pub fn memory_bytes() -> f64 {
    let buffer = Reflect::get(&wasm_bindgen::memory(), &JsValue::from_str("buffer")).ok();
    buffer
        .and_then(|buffer| buffer.dyn_into::<ArrayBuffer>().ok())
        .map_or(0.0, |buffer| f64::from(buffer.byte_length()))
}
