//! Small plants of journeys and benches, and telemetry for them.

const transformer = (more = '') => `[[asset]]
id = "transformer"
title = "Transformer under test"
model = "power-transformer"
clock = "wall"
path = "lab/bay-1"
${more}

[asset.signals]
load = { from = "load", unit = "A" }
ambient = { from = "ambient", unit = "degC" }
top_oil = { from = "top_oil", unit = "degC" }
hot_spot = { from = "hot_spot", unit = "degC" }
`;

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

${transformer()}`;

/** A transformer whose telemetry a model makes. */
export const SIMULATED = `title = "Substation"

${transformer('simulated = true')}`;

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
    // The peak is half a day away at whatever hour this is asked for: what is changed now has had its time by then.
    const turn = -Math.cos(((last - t) / MINUTE / 60 / 24) * 2 * Math.PI);
    const reading = (signal, v) => ({ asset: 'transformer', signal, t, v: Number(v.toFixed(2)) });
    return [
      reading('load', 760 + 200 * turn),
      reading('ambient', 17 + 5 * turn),
      reading('top_oil', 58 + 8 * turn),
      reading('hot_spot', 74 + 11 * turn),
    ];
  }).flat();
}

/** A number between -1 and 1 by its place, the same in every run. */
function noise(place) {
  const x = Math.sin(place * 12.9898) * 43_758.545_3;
  return 2 * (x - Math.floor(x)) - 1;
}

/**
 * Hours of a transformer by the equations of its model but for its load and how far its oil rises at full load, both by the
 * hour, every five minutes, the last reading at most five minutes ago: what its sensors say, to so many kelvins.
 */
function transformerBy(hours, { load, rise, noise: within }) {
  const step = 300;
  const last = Math.floor(nowMicros() / (step * SECOND)) * step * SECOND;
  const count = hours * 12;
  const ambient = 18;
  let [oil, winding, counter] = [40, 10, 5];
  return Array.from({ length: count }, (_, i) => {
    const t = last - (count - 1 - i) * step * SECOND;
    const k = load(i / 12) / 1500;
    const oilEnd = ambient + rise(i / 12) * Math.pow((20_000 + 120_000 * k * k) / 140_000, 0.8);
    const windingEnd = 1.3 * 17 * Math.pow(k, 1.3);
    for (let second = 0; i > 0 && second < step; second += 5) {
      oil += (5 * (oilEnd - oil)) / 6_300;
      winding += (5 * (2 * windingEnd - winding)) / 1_200;
      counter += (5 * (windingEnd - counter)) / 6_300;
    }
    const reading = (signal, v) => ({ asset: 'transformer', signal, t, v: Number(v.toFixed(2)) });
    return [
      reading('load', load(i / 12)),
      reading('ambient', ambient),
      reading('top_oil', oil + within * noise(2 * i)),
      reading('hot_spot', oil + winding - counter + within * noise(2 * i + 1)),
    ];
  }).flat();
}

/** One whose oil rises by `rise` kelvins at full load. */
export function transformerOf(rise, hours) {
  return transformerBy(hours, { load: (hour) => 900 + 500 * Math.sin((hour * 12) / 40), rise: () => rise, noise: 0.2 });
}

/** Hour of what follows at which fans begin to fail, and about which its hot spot is above 140 degC. */
export const COOLING = { fails: 104, trips: 132, hours: 138 };

/** One that loses its fans from that hour on, within four; its load is highest twelve hours into each day. */
export function transformerThatFails() {
  const { fails, hours } = COOLING;
  const load = (hour) => 1150 - 400 * Math.cos((hour / 24) * 2 * Math.PI);
  const lost = (hour) => Math.max(0, Math.min(1, (hour - fails) / 4));
  return transformerBy(hours, { load, rise: (hour) => 60 + 40 * lost(hour), noise: 0.4 });
}

/** A tank that is filled by day, of which was learned what comes next. Its model stands in `models`, beside this. */
export const TANK = `title = "Water tower"

[[asset]]
id = "tank"
title = "Tank under test"
model = "tank"
path = "lab/bay-3"
simulated = true

[asset.signals]
level = { from = "level", unit = "m" }
flow = { from = "flow", unit = "m3/h" }
`;

/** Hours of a tank whose days are alike but for noise, an hour apart, the last less than an hour ago. */
export function filling(hours) {
  const last = Math.floor(nowMicros() / (60 * MINUTE)) * 60 * MINUTE;
  return Array.from({ length: hours }, (_, i) => {
    const t = last - (hours - 1 - i) * 60 * MINUTE;
    const day = Math.sin((t / MINUTE / 60 / 24) * 2 * Math.PI);
    const reading = (signal, v) => ({ asset: 'tank', signal, t, v: Number(v.toFixed(3)) });
    return [reading('level', 5 + day + 0.1 * noise(2 * i)), reading('flow', 40 - 8 * day + 0.4 * noise(2 * i + 1))];
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

/** What is fed to assets of a kind, around which values, and how far these go up and down. */
const KINDS = [
  { model: 'power-transformer', name: 'Transformer', site: 'north/yard', step: 5 * MINUTE, signals: [['load', 900, 60], ['ambient', 20, 2], ['top_oil', 52, 1], ['hot_spot', 66, 1]] },
  { model: 'li-ion-cell', name: 'Cell', site: 'north/storage', step: SECOND, signals: [['current', 1, 0], ['voltage', 3.9, 0.01], ['temperature', 25, 0.2]] },
  { model: 'centrifugal-pump', name: 'Pump', site: 'south/boiler house', step: 20 * SECOND, signals: [['speed', 3600, 5], ['ambient', 20, 1]] },
  { model: 'induction-motor', name: 'Motor', site: 'south/boiler house', step: SECOND, signals: [['frequency', 60, 0], ['load_torque', 180, 5]] },
  { model: 'cold-room', name: 'Cold room', site: 'south/store', step: MINUTE, signals: [['ambient', 20, 1], ['air', 8, 0.2]] },
];

/** A plant of `count` assets of five kinds on nine lines of two sites, all by the wall clock, and telemetry for it. */
export function works(count) {
  const all = Array.from({ length: count }, (_, n) => {
    const kind = KINDS[n % KINDS.length];
    return { ...kind, id: `asset-${n + 1}`, title: `${kind.name} ${Math.floor(n / KINDS.length) + 1}`, path: `${kind.site}/line ${(Math.floor(n / KINDS.length) % 2) + 1}` };
  });
  const table = ({ id, title, model, path, signals }) =>
    `\n[[asset]]\nid = "${id}"\ntitle = "${title}"\nmodel = "${model}"\npath = "${path}"\n\n[asset.signals]\n` +
    signals.map(([name]) => `${name} = { from = "${name}" }\n`).join('');
  const value = ([, middle, swing], k) => Number((middle + swing * Math.sin(k / 20)).toFixed(4));
  return {
    text: `title = "Works"\n${all.map(table).join('')}`,
    /** Second `k` of asset `n`: one sample, its signals in turn. */
    sample(n, k) {
      const { id, signals } = all[n];
      const signal = signals[k % signals.length];
      return { topic: `twinlight/v1/${id}/${signal[0]}`, v: value(signal, k) };
    },
    /** `count` readings of every signal, a step of its model apart, the last one a second ago. */
    history(count) {
      const last = nowMicros() - SECOND;
      return all.flatMap(({ id, step, signals }) =>
        Array.from({ length: count }, (_, k) => signals.map((signal) => ({ asset: id, signal: signal[0], t: last - (count - 1 - k) * step, v: value(signal, k) }))).flat(),
      );
    },
  };
}
