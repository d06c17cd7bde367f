//! Something learned of every kind, made by hand.

use twin::{
    learned::{
        Kind, Learned,
        fade::Fade,
        interval::{Interval, Knot},
        life::{Committee, Life, Sight, Signs, Usual},
        net::{Layer, Net},
        numbers::{Numbers, Width},
        outlook::{Channel, Look, Outlook},
        scaling::{Regime, Scaling},
        soft::Soft,
        trees::{Node, Trees},
    },
    philox,
};

/// Numbers of no meaning, the same every time.
pub fn noise(count: usize, stream: u32) -> Vec<f64> {
    (0..count).map(|place| philox::normal(11, place as u32, 0, stream)).collect()
}

pub fn names(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("input {place}")).collect()
}

pub fn life() -> Learned {
    let regime = |centre: f64| Regime { centre: vec![centre], means: vec![centre, 5.0], deviations: vec![2.0, 0.5] };
    let scaling =
        Scaling { tolerances: vec![1.0], regimes: vec![regime(0.0), regime(10.0)], kept: vec![0, 2], limit: 5.0 };
    let signs = Signs { scaling, index: vec![0.3, -0.7, 20.0], memory: 8.0, spans: vec![6, 20], oldest: 250 };
    let features = signs.features();
    let layer = |inputs: usize, outputs: usize, width| Layer {
        weights: Numbers::round(&noise(inputs * outputs, outputs as u32), outputs, width),
        offsets: vec![0.1; outputs],
    };
    let committee = |sight, width| Committee {
        sight,
        nets: vec![Net { layers: vec![layer(features, 4, width), layer(4, 1, width)] }],
    };
    let tree = vec![
        Node::Split { feature: 1, bin: 1, below: 1, above: 2 },
        Node::Leaf { value: -0.25 },
        Node::Split { feature: 4, bin: 0, below: 3, above: 4 },
        Node::Leaf { value: 0.5 },
        Node::Leaf { value: 1.5 },
    ];
    let knot = |at| Knot { at, low: -5.0 - at / 20.0, high: 4.0 };
    let life = Life {
        usual: vec![Usual { mean: 0.1, median: 0.0, deviation: 1.5 }; features],
        committees: vec![committee(Sight::Straight, Width::Sixteen), committee(Sight::Bent, Width::Eight)],
        trees: Trees { base: 60.0, cuts: vec![vec![-300, 0, 200]; features], trees: vec![tree; 3] },
        signs,
        bias: -1.0,
        cap: 125.0,
        interval: Interval { knots: vec![knot(10.0), knot(60.0), knot(125.0)] },
    };
    Learned::new(names(4), Kind::Life(life)).unwrap()
}

pub fn outlook() -> Learned {
    let look = Look { period: 3, edges: vec![0, 1, 4], seasons: vec![(3, 1), (21, 2)] };
    let channel = |stream, width| Channel {
        mean: 4.0,
        deviation: 2.0,
        map: Numbers::round(&noise(look.features() * 5, stream), 5, width),
        errors: vec![(-0.5, 0.75); 5],
    };
    let channels = vec![channel(1, Width::Eight), channel(2, Width::Sixteen), channel(3, Width::Single)];
    Learned::new(names(3), Kind::Outlook(Outlook { look, channels })).unwrap()
}

pub fn fade() -> Learned {
    let fade = Fade {
        threshold: 1.4,
        rate: 0.01,
        end: 1.0,
        least: 0.1,
        hidden: 0.06,
        hidden_on_average: 0.5,
        hidden_cycles: 10.0,
        rest_hours: 12.0,
        noise: 0.04,
        first_noise: 0.05,
        level_noise: 0.004,
        rate_noise: 0.02,
        first_rate_noise: 0.15,
        rate_cycles: 40.0,
        spread: 0.15,
        plausible: (0.5, 2.3),
    };
    Learned::new(names(2), Kind::Fade(fade)).unwrap()
}

pub fn soft() -> Learned {
    let soft = Soft {
        typical: vec![1000.0, 800.0],
        terms: vec![vec![], vec![0], vec![1], vec![1, 1]],
        variance: 3.0,
        wander: 1e-3,
        noise: 0.15,
        relative_noise: 0.15,
        least: 0.3,
        lowest: 0.0,
    };
    Learned::new(names(2), Kind::Soft(soft)).unwrap()
}

pub fn all() -> [Learned; 4] {
    [life(), outlook(), fade(), soft()]
}
