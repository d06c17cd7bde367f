//! Small plants of journeys and benches, and telemetry for them.

/** A cell and a transformer that live by the wall clock. */
export const BENCH_TOP = `title = "Bench top"

[[asset]]
id = "cell"
title = "Cell under test"
model = "li-ion-cell"
clock = "wall"
path = "lab/bench-1"

[asset.signals]
current = { from = "current", unit = "A" }
voltage = { from = "voltage", unit = "V" }
temperature = { from = "temperature", unit = "degC" }

[[asset]]
id = "transformer"
title = "Transformer under test"
model = "power-transformer"
clock = "wall"
path = "lab/bay-1"

[asset.signals]
load = { from = "load", unit = "A" }
ambient = { from = "ambient", unit = "degC" }
top_oil = { from = "top_oil", unit = "degC" }
hot_spot = { from = "hot_spot", unit = "degC" }
`;

/** A motor that drives a pump on a water loop: one asset of two parts. */
export const WATER_WORKS = `title = "Water works"

[[asset]]
id = "loop"
title = "Loop under test"
model = "water-loop"
clock = "wall"
path = "lab/bay-2"

[asset.signals]
frequency = { from = "frequency", unit = "Hz" }
valve = { from = "valve", unit = "%" }
"motor.current" = { from = "current", unit = "A" }
"pump.flow" = { from = "flow", unit = "m3/h" }
`;

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

export function nowMicros() {
  return Date.now() * 1000;
}

/** A cell in discharge at 1 A: `count` readings of each signal, one second apart, the last one second ago. */
export function discharge(count) {
  const last = nowMicros() - SECOND;
  return Array.from({ length: count }, (_, i) => {
    const t = last - (count - 1 - i) * SECOND;
    const reading = (signal, v) => ({ asset: 'cell', signal, t, v });
    return [
      reading('current', 1),
      reading('voltage', Number((4.05 - 0.0003 * i).toFixed(4))),
      reading('temperature', Number((24 + 0.002 * i).toFixed(2))),
    ];
  }).flat();
}

/** Hours of a transformer's day, every five minutes, the last reading at most five minutes ago. */
export function transformerHours(hours) {
  const step = 5 * MINUTE;
  const last = Math.floor(nowMicros() / step) * step;
  const count = hours * 12;
  return Array.from({ length: count }, (_, i) => {
    const t = last - (count - 1 - i) * step;
    const turn = Math.cos(((t / MINUTE / 60 / 24) % 1) * 2 * Math.PI);
    const reading = (signal, v) => ({ asset: 'transformer', signal, t, v: Number(v.toFixed(2)) });
    return [
      reading('load', 760 + 200 * turn),
      reading('ambient', 17 + 5 * turn),
      reading('top_oil', 58 + 8 * turn),
      reading('hot_spot', 74 + 11 * turn),
    ];
  }).flat();
}

/** Seconds of a loop at 50 Hz with an open valve, the last one second ago; what is measured is left to the model. */
export function pumping(count) {
  const last = nowMicros() - SECOND;
  return Array.from({ length: count }, (_, i) => {
    const t = last - (count - 1 - i) * SECOND;
    const reading = (signal, v) => ({ asset: 'loop', signal, t, v });
    return [reading('frequency', 50), reading('valve', 100)];
  }).flat();
}
