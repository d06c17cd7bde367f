//! What a tab holds, and the way from page to page: for whoever watches that it holds no more and more.

/** Begins to ask a page; `held()` then gives bytes of the program's memory, of the heap after garbage was collected, and how many nodes there are. */
export async function watchMemory(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const metrics = async () => Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  return async () => {
    const heaps = [];
    let seen;
    // What one collection makes free, the next may find.
    for (let turn = 0; turn < 3; turn += 1) {
      await devtools.send('HeapProfiler.collectGarbage');
      seen = await metrics();
      heaps.push(seen.JSHeapUsedSize);
    }
    const program = await page.evaluate(() => window.twinlight.memory());
    return { program, heap: Math.min(...heaps), nodes: seen.Nodes, listeners: seen.JSEventListeners };
  };
}

/** Goes to another page of the same tab, as a link does. */
export async function go(page, path) {
  await page.evaluate((path) => {
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForFunction((path) => location.pathname === path.split('?')[0] && document.querySelector('main h1') !== null, path);
}

/** All pages, in the order in which they are gone through. */
export const ROUND = ['/', '/assets/cell', '/trends?past=1h&lanes=cell*voltage**cell*temperature**transformer*hot_spot', '/data', '/assets/cell?show=temperature'];
