//! The study's transformer written out by hand over lanes: what the model file's program is measured against.
//!
//! It computes the very bits of the kernel, which shows that both do the same work.

use twin::{
    KERNEL_VERSION,
    lanes::{F, any, gt, lt, select},
    maths::{exp, scalar},
    philox::normals,
    quantile, sum,
};

use crate::study::{MEMBERS, SEED, START, STEPS, day};

/// Oil, winding, counter, aged; rise of the oil, gradient of the winding.
#[cfg(not(target_arch = "wasm32"))]
pub type Member = [f64; 6];

const BLOCK: usize = 64;
const LANES: usize = BLOCK / 2;
const DT: f64 = 300.0;
const STEP_MICROS: i64 = 300_000_000;

/// What holds for all members during one step.
struct Instant {
    ambient: F,
    oil: F,
    winding: F,
    counter: F,
}

impl Instant {
    fn new([load, ambient]: [f64; 2]) -> Instant {
        let k = load / 1500.0;
        let loss = (20_000.0 + 120_000.0 * (k * k)) / (20_000.0 + 120_000.0);
        let winding = 1.3 * scalar::pow(k, 1.3);
        Instant {
            ambient: F::splat(ambient),
            oil: F::splat(scalar::pow(loss, 0.8)),
            winding: F::splat(winding * 2.0),
            counter: F::splat(winding * (2.0 - 1.0)),
        }
    }
}

/// Deviations of the noise of oil, rise and gradient in one step.
fn deviations() -> [F; 3] {
    [0.5, 0.5, 0.2].map(|drift: f64| F::splat(scalar::sqrt(drift * drift / 3600.0 * DT)))
}

type Block = [[F; LANES]; 6];

/// One step of the members of one block, whose first is `first`; `step` is the grid's after it.
fn step(block: &mut Block, instant: &Instant, deviations: &[F; 3], first: u32, step: i64) {
    let mut noise = [[0.0; BLOCK]; 3];
    for (draw, noise) in [0, 4, 5].into_iter().zip(&mut noise) {
        normals(SEED, first, step, draw, noise);
    }
    let noise = |of: usize, lane: usize| F::new([noise[of][2 * lane], noise[of][2 * lane + 1]]);
    let by_tau = [1.0 / (0.5 * 12600.0), 1.0 / (2.0 * 600.0), 2.0 * (1.0 / 12600.0), 1.0 / 86400.0].map(F::splat);
    let warmth = F::splat(core::f64::consts::LN_2 * (1.0 / 6.0));
    let [half, whole, sixth, two] = [DT / 2.0, DT, DT / 6.0, 2.0].map(F::splat);
    #[expect(clippy::needless_range_loop, reason = "a lane is a column of the block")]
    for lane in 0..LANES {
        let [mut oil, mut winding, mut counter, mut aged, rise, gradient] = core::array::from_fn(|of| block[of][lane]);
        let ends = [instant.ambient + rise * instant.oil, gradient * instant.winding, gradient * instant.counter];
        let rates = |oil: F, winding: F, counter: F| {
            let ageing = exp((oil + winding - counter - F::splat(98.0)) * warmth) * by_tau[3];
            [(ends[0] - oil) * by_tau[0], (ends[1] - winding) * by_tau[1], (ends[2] - counter) * by_tau[2], ageing]
        };
        let a = rates(oil, winding, counter);
        let b = rates(oil + half * a[0], winding + half * a[1], counter + half * a[2]);
        let c = rates(oil + half * b[0], winding + half * b[1], counter + half * b[2]);
        let d = rates(oil + whole * c[0], winding + whole * c[1], counter + whole * c[2]);
        let slope = |of: usize| a[of] + two * b[of] + two * c[of] + d[of];
        oil += sixth * slope(0);
        winding += sixth * slope(1);
        counter += sixth * slope(2);
        aged += sixth * slope(3);
        oil += deviations[0] * noise(0, lane);
        let rise = bounded(rise + deviations[1] * noise(1, lane), 20.0, 120.0);
        let gradient = bounded(gradient + deviations[2] * noise(2, lane), 5.0, 40.0);
        for (of, value) in [oil, winding, counter, aged, rise, gradient].into_iter().enumerate() {
            block[of][lane] = value;
        }
    }
}

fn bounded(x: F, low: f64, high: f64) -> F {
    let (low, high) = (F::splat(low), F::splat(high));
    select(lt(x, low), low, select(lt(high, x), high, x))
}

/// The members of the twin that was told the study's day.
fn told() -> Block {
    let mut block = [[F::splat(0.0); LANES]; 6];
    let mut scatter = |of: usize, mean: &dyn Fn(F) -> F, deviation: f64, rise: [F; LANES]| {
        let mut drawn = [0.0; BLOCK];
        normals(SEED, 0, i64::MIN, of as u32, &mut drawn);
        for (lane, x) in block[of].iter_mut().enumerate() {
            *x = mean(rise[lane]) + F::splat(deviation) * F::new([drawn[2 * lane], drawn[2 * lane + 1]]);
        }
        block[of]
    };
    let none = [F::splat(0.0); LANES];
    let rise = scatter(4, &|_| F::splat(60.0), 4.0, none).map(|x| bounded(x, 20.0, 120.0));
    let gradient = scatter(5, &|_| F::splat(17.0), 1.5, none).map(|x| bounded(x, 5.0, 40.0));
    // Before the first sample there is no load, and 20 degC.
    let start = Instant::new([0.0, 20.0]);
    scatter(0, &|rise| start.ambient + rise * start.oil, 3.0, rise);
    scatter(1, &|_| F::splat(0.0), 1.0, none);
    scatter(2, &|_| F::splat(0.0), 1.0, none);
    (block[4], block[5]) = (rise, gradient);
    let deviations = deviations();
    for (number, inputs) in day().into_iter().enumerate().take(STEPS - 1) {
        step(&mut block, &Instant::new(inputs), &deviations, 0, START.0 / STEP_MICROS + number as i64 + 1);
    }
    block
}

/// The members as the study's day left them: where a reference begins.
#[cfg(not(target_arch = "wasm32"))]
pub fn starts() -> Vec<Member> {
    let block = told();
    (0..BLOCK).map(|member| core::array::from_fn(|of| block[of][member / 2].to_array()[member % 2])).collect()
}

/// As `study::outcome`: what the kernel says of the day after.
pub fn outcome() -> Vec<f64> {
    assert_eq!(KERNEL_VERSION, 7, "the kernel has other bits: write this anew");
    let told = told();
    let day = day();
    let instants: Vec<Instant> = (0..STEPS).map(|step| Instant::new(day[(STEPS - 1 + step) % STEPS])).collect();
    let deviations = deviations();
    let begin = START.0 / STEP_MICROS + STEPS as i64 - 1;
    let blocks = MEMBERS.div_ceil(BLOCK);
    let mut hot = Vec::with_capacity(blocks * LANES);
    let mut crossed = [vec![-1; blocks * BLOCK], vec![-1; blocks * BLOCK]];
    for number in 0..blocks {
        let mut block = told;
        let first = number * BLOCK;
        for done in 0..=STEPS {
            let limits = [120.0, 140.0].map(F::splat);
            for lane in 0..LANES {
                let theta = block[0][lane] + block[1][lane] - block[2][lane];
                for (limit, crossed) in limits.iter().zip(&mut crossed) {
                    let above = gt(theta, *limit);
                    if any(above) {
                        for (is_above, step) in theta.to_array().into_iter().zip(&mut crossed[first + 2 * lane..]) {
                            if is_above > limit.to_array()[0] && *step < 0 {
                                *step = done as i32;
                            }
                        }
                    }
                }
            }
            if let Some(instant) = instants.get(done) {
                step(&mut block, instant, &deviations, first as u32, begin + done as i64 + 1);
            }
        }
        hot.extend((0..LANES).map(|lane| block[0][lane] + block[1][lane] - block[2][lane]));
    }
    let [low, mid, high] = quantile::band(&hot, &mut Vec::new());
    let mut outcome = vec![sum::mean(&hot), low, mid, high];
    let share = |steps: &Vec<i32>| steps.iter().filter(|step| **step >= 0).count() as f64 / steps.len() as f64;
    outcome.extend(crossed.iter().map(share));
    outcome
}
