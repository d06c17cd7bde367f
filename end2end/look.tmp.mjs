import { chromium } from '@playwright/test';
import { launchOptions } from './parts/chromium.mjs';
import { Server } from './parts/server.mjs';
import { works, WATER_WORKS, pumping } from './parts/plants.mjs';
const which = process.argv[2] ?? 'all';
const w = works(Number(process.env.ASSETS ?? 40));
const loop = WATER_WORKS.replace(/title = "Water works"/, '').replace('path = "lab/bay-2"', 'path = "south/boiler house/line 1"\nfeeds = ["asset-3", "asset-38"]');
const plant = w.text.replace('title = "Cell 1"', 'title = "Cell 1"\nfeeds = ["asset-7"]') + loop;
const server = await Server.start({ plant });
const post = async (readings) => { for (let at = 0; at < readings.length; at += 5000) await server.post(readings.slice(at, at + 5000)); };
await post([...w.history(240), ...pumping(120)]);
await server.post([{ asset: 'asset-1', signal: 'hot_spot', t: Date.now() * 1000, v: 133 }]);
const live = setInterval(() => server.post([...w.history(1).filter((_, i) => i < 90), ...pumping(1), { asset: 'asset-1', signal: 'hot_spot', t: Date.now() * 1000, v: 133 }]).catch(() => {}), 1000);
const browser = await chromium.launch(launchOptions);
const all = {
  fleet: '/', plan: '/?view=plan', asset: '/assets/asset-6', loop: '/assets/loop', trends: '/trends?lanes=asset-1*hot_spot**asset-6*hot_spot', kpis: '/kpis', data: '/data', pages: '/wall/pages',
  wallfleet: '/wall?page=/&every=1min', wallplan: '/wall?page=/%3Fview%3Dplan&every=1min', wallasset: '/wall?page=/assets/asset-6&every=1min', walltrends: '/wall?page=/trends%3Flanes%3Dasset-1*hot_spot**asset-6*hot_spot&every=1min', wallkpis: '/wall?page=/kpis&every=1min',
};
const sizes = { 390: 844, 1280: 800, 1920: 1080, 3840: 2160 };
const names = which === 'all' ? Object.keys(all) : which.split(',');
const widths = (process.argv[3] ?? '390,1280,3840').split(',').map(Number);
const schemes = (process.argv[4] ?? 'light').split(',');
for (const scheme of schemes) for (const width of widths) {
  const page = await browser.newPage({ viewport: { width, height: sizes[width] }, colorScheme: scheme, locale: 'en-GB', timezoneId: 'Europe/Berlin', serviceWorkers: 'block' });
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log(m.text()));
  page.on('pageerror', (e) => console.log(String(e)));
  for (const name of names) {
    await page.goto(server.url + all[name]);
    await page.waitForTimeout(name === 'pages' || name === 'kpis' ? 300 : 4000);
    await page.screenshot({ path: `/tmp/wallshots/${name}-${scheme}-${width}.png`, fullPage: process.env.FULL === '1' });
  }
  await page.close();
}
clearInterval(live);
await browser.close();
await server.remove();
