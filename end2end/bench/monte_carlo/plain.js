//! The transformer's Monte Carlo as one writes it in JavaScript by hand: a member at a time, its state in variables.
//! Random numbers are the engine's own; everything else is the model file's, what depends on time alone worked out once.

/** Standard normal numbers by Marsaglia's polar method, two at a time. */
let spare = NaN;
function normal() {
  if (spare === spare) {
    const kept = spare;
    spare = NaN;
    return kept;
  }
  for (;;) {
    const a = 2 * Math.random() - 1;
    const b = 2 * Math.random() - 1;
    const s = a * a + b * b;
    if (s > 0 && s < 1) {
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = b * factor;
      return a * factor;
    }
  }
}

const DAY = 86400;
const [TAU_OIL, TAU_WINDING] = [12600, 600];
const [K_11, K_21, K_22, HOT_SPOT_FACTOR] = [0.5, 2, 2, 1.3];
const DT = 300;

/** `day` is load and ambient of each step, `starts` the states and calibrated parameters of 64 members. */
function plainMonteCarlo(day, starts, members) {
  const steps = day.length;
  const lossFactor = day.map(([load]) => Math.pow((20000 + 120000 * (load / 1500) ** 2) / 140000, 0.8));
  const windingFactor = day.map(([load]) => HOT_SPOT_FACTOR * Math.pow(load / 1500, 1.3));
  const ambients = day.map(([, ambient]) => ambient);
  const drift = (perRootHour) => Math.sqrt((perRootHour * perRootHour * DT) / 3600);
  const [oilDrift, riseDrift, gradientDrift] = [drift(0.5), drift(0.5), drift(0.2)];
  const hot = new Float64Array(members);
  const crossed = [new Int32Array(members).fill(-1), new Int32Array(members).fill(-1)];
  const ageing = (theta) => Math.exp((Math.LN2 * (theta - 98)) / 6) / DAY;
  for (let member = 0; member < members; member += 1) {
    let [oil, winding, counter, aged, rise, gradient] = starts[member % 64];
    let first120 = -1;
    let first140 = -1;
    for (let step = 0; ; step += 1) {
      const theta = oil + winding - counter;
      if (theta > 120 && first120 < 0) first120 = step;
      if (theta > 140 && first140 < 0) first140 = step;
      if (step === steps) break;
      const oilEnd = ambients[step] + rise * lossFactor[step];
      const windingEnd = gradient * windingFactor[step];
      const a = K_21 * windingEnd;
      const b = (K_21 - 1) * windingEnd;

      const o1 = (oilEnd - oil) / (K_11 * TAU_OIL);
      const w1 = (a - winding) / (K_22 * TAU_WINDING);
      const c1 = ((b - counter) * K_22) / TAU_OIL;
      const g1 = ageing(theta);
      const oil2 = oil + (DT / 2) * o1;
      const winding2 = winding + (DT / 2) * w1;
      const counter2 = counter + (DT / 2) * c1;
      const o2 = (oilEnd - oil2) / (K_11 * TAU_OIL);
      const w2 = (a - winding2) / (K_22 * TAU_WINDING);
      const c2 = ((b - counter2) * K_22) / TAU_OIL;
      const g2 = ageing(oil2 + winding2 - counter2);
      const oil3 = oil + (DT / 2) * o2;
      const winding3 = winding + (DT / 2) * w2;
      const counter3 = counter + (DT / 2) * c2;
      const o3 = (oilEnd - oil3) / (K_11 * TAU_OIL);
      const w3 = (a - winding3) / (K_22 * TAU_WINDING);
      const c3 = ((b - counter3) * K_22) / TAU_OIL;
      const g3 = ageing(oil3 + winding3 - counter3);
      const oil4 = oil + DT * o3;
      const winding4 = winding + DT * w3;
      const counter4 = counter + DT * c3;
      const o4 = (oilEnd - oil4) / (K_11 * TAU_OIL);
      const w4 = (a - winding4) / (K_22 * TAU_WINDING);
      const c4 = ((b - counter4) * K_22) / TAU_OIL;
      const g4 = ageing(oil4 + winding4 - counter4);

      oil += (DT / 6) * (o1 + 2 * o2 + 2 * o3 + o4) + oilDrift * normal();
      winding += (DT / 6) * (w1 + 2 * w2 + 2 * w3 + w4);
      counter += (DT / 6) * (c1 + 2 * c2 + 2 * c3 + c4);
      aged += (DT / 6) * (g1 + 2 * g2 + 2 * g3 + g4);
      rise = Math.min(Math.max(rise + riseDrift * normal(), 20), 120);
      gradient = Math.min(Math.max(gradient + gradientDrift * normal(), 5), 40);
    }
    hot[member] = oil + winding - counter;
    crossed[0][member] = first120;
    crossed[1][member] = first140;
  }
  const sorted = hot.slice().sort();
  const mean = hot.reduce((sum, value) => sum + value, 0) / members;
  const at = (share) => sorted[Math.floor((members - 1) * share)];
  const share = (first) => first.reduce((count, step) => count + (step >= 0), 0) / members;
  return [mean, at(0.05), at(0.5), at(0.95), share(crossed[0]), share(crossed[1])];
}
