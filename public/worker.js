// Runs the page's own program without a page. The first message is that program, compiled; all others are errands.
import { initSync, work } from '/pkg/twinlight.js';

let begun = false;
// One errand after the other, also where one waits for a part of the program.
let last = Promise.resolve();
addEventListener('message', ({ data }) => {
  if (!begun) {
    initSync({ module: data });
    begun = true;
    return;
  }
  last = last.then(() => work(data)).then((report) => report && postMessage(report, [report.buffer])).catch(reportError);
});
