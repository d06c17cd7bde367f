// Runs the page's own program without a page. The first message is that program, compiled; all others are errands.
import { initSync, work } from '/pkg/twinlight.js';

let begun = false;
addEventListener('message', ({ data }) => {
  if (!begun) {
    initSync({ module: data });
    begun = true;
    return;
  }
  const report = work(data);
  if (report) postMessage(report, [report.buffer]);
});
