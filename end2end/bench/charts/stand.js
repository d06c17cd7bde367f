//! The same data, the same size, three charts: each is told a stretch and has to have its pixels when it returns.

import init, { Stand } from '/pkg/stand.js';

const SPACING_MS = 1000;
const BEGIN = Date.UTC(2025, 0, 1);

/** A slow swing under noise, the same whenever it is asked for. */
function data(count) {
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let state = 1;
  for (let i = 0; i < count; i += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    times[i] = BEGIN + i * SPACING_MS;
    values[i] = 60 + 20 * Math.sin(i / 40_000) + (state / 2_147_483_648 - 0.5) * 10;
  }
  return { times, values };
}

/** Waits for pixels: whoever reads one has all that were drawn before. */
const flush = (canvas) => canvas.getContext('2d').getImageData(0, 0, 1, 1);

function place() {
  const element = document.createElement('div');
  element.className = 'chart';
  document.querySelector('#place').replaceChildren(element);
  return element;
}

const NAMESPACE = 'http://www.w3.org/2000/svg';

const MAKERS = {
  twinlight({ times, values }) {
    const element = place();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1200, 400];
    const labels = document.createElementNS(NAMESPACE, 'svg');
    labels.setAttribute('class', 'labels');
    element.append(canvas, labels);
    const stand = new Stand(canvas, times, values);
    const show = (from, to) => {
      const said = stand.show(from, to);
      // As the page does: text in the document beside the picture.
      for (let i = 0; i < said.length; i += 2) {
        const text = labels.children[i / 2] ?? labels.appendChild(document.createElementNS(NAMESPACE, 'text'));
        text.setAttribute('x', said[i]);
        text.textContent = said[i + 1];
      }
      while (labels.children.length > said.length / 2) labels.lastChild.remove();
      flush(canvas);
    };
    return { show, push: (t, v) => stand.push(t, v) };
  },
  uplot({ times, values }, from, to) {
    const element = place();
    const seconds = times.map((t) => t / 1000);
    const options = {
      width: 1200,
      height: 400,
      scales: { x: { time: true, min: from / 1000, max: to / 1000 } },
      series: [{}, { stroke: 'black', width: 1.5, points: { show: false } }],
      legend: { show: false },
      cursor: { show: false },
    };
    const chart = new window.uPlot(options, [seconds, values], element);
    const show = (from, to) => {
      chart.batch(() => chart.setScale('x', { min: from / 1000, max: to / 1000 }));
      flush(chart.ctx.canvas);
    };
    return { show };
  },
  echarts({ times, values }, from, to) {
    const chart = window.echarts.init(place(), null, { renderer: 'canvas', width: 1200, height: 400, devicePixelRatio: 1 });
    const source = Array.from(times, (t, i) => [t, values[i]]);
    chart.setOption({
      animation: false,
      xAxis: { type: 'time' },
      yAxis: { type: 'value', scale: true },
      dataZoom: [{ type: 'inside', startValue: from, endValue: to }],
      series: [{ type: 'line', data: source, symbol: 'none', sampling: 'minmax', lineStyle: { width: 1.5 } }],
    });
    const canvas = () => chart.getDom().querySelector('canvas');
    const show = (startValue, endValue) => {
      chart.dispatchAction({ type: 'dataZoom', startValue, endValue }, { flush: true });
      flush(canvas());
    };
    return { show };
  },
};

let inSight;
let made;

/** Makes the data: `count` points in sight at once, and a quarter of them to move over. */
window.prepare = async (count) => {
  await init();
  inSight = count;
  made = data(count + count / 4);
};

const stretch = (share) => {
  const from = BEGIN + (inSight / 4) * share * SPACING_MS;
  return [from, from + (inSight - 1) * SPACING_MS];
};

/** Milliseconds of each of `calls` steps of a pan, to pixels. */
window.pan = async (name, calls, warmUp) => {
  const chart = MAKERS[name](made, ...stretch(0));
  const millis = [];
  for (let i = 0; i < warmUp + calls; i += 1) {
    // There and back again, never the same place twice in a row.
    const turn = (i % 200) / 100;
    const began = performance.now();
    chart.show(...stretch(turn < 1 ? turn : 2 - turn));
    if (i >= warmUp) millis.push(performance.now() - began);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return millis;
};

/** Milliseconds from points in memory to their first picture: of ours also without its index, which others have none of. */
window.first = async (name) => {
  const began = performance.now();
  const chart = MAKERS[name](made, ...stretch(0));
  const built = performance.now();
  chart.show(...stretch(0));
  const done = performance.now();
  return { whole: done - began, shown: done - built };
};

window.isReady = true;
