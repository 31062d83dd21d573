// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { buildIfStale } from './build.mjs';
import { BROWSER, provideBrowser } from './parts/browser.mjs';
import { root } from './place.mjs';
import { say } from './run.mjs';
import { setUp } from './setup.mjs';

/** `npm run pictures [-- FOLDER]`: makes the pictures of the dashboard's pages in `docs/images` again, of the playground. */

const SIZE = { width: 1280, height: 800 };
const LIMIT_MS = 60_000;
const POLL_MS = 50;

/**
 * A page, what it waits for, and what is clicked first.
 * @type {readonly { name: string, hash: string, shows: string, scheme?: 'dark', prepare?: string }[]}
 */
const PICTURES = [
  { name: 'dashboard', hash: '#/overview', shows: 'text=learns' },
  { name: 'dashboard-services', hash: '#/services?open=shop/coupons', shows: 'text=does not serve it' },
  { name: 'dashboard-pools', hash: '#/pools?open=everyday&cell=192.0.2.53', shows: 'text=belongs to' },
  { name: 'dashboard-network', hash: '#/network?service=shop/cart', shows: '.way path', scheme: 'dark' },
  {
    name: 'dashboard-plan',
    hash: '#/plan?from=ipaddresspool/everyday',
    shows: 'text=would change',
    prepare: '192.0.2.11-',
  },
];

if (!(await setUp())) process.exit(1);
const missing = await provideBrowser();
if (missing !== null) {
  say(`${missing}.`);
  process.exit(1);
}
await buildIfStale();
const folder = argv[2] ?? join(root, 'docs/images');
const home = mkdtempSync(join(tmpdir(), 'berth-pictures-'));
const playground = spawn(execPath, [join(root, 'dist/berth.mjs'), 'playground'], {
  env: { ...process.env, TMPDIR: home },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await take(await addressOf(playground.stdout));
} finally {
  playground.kill();
  rmSync(home, { recursive: true, force: true });
}

/** @param {string} url */
async function take(url) {
  const browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  for (const { name, hash, shows, scheme = 'light', prepare } of PICTURES) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: scheme });
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(url);
    await page.waitForSelector('h1');
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    if (prepare !== undefined) {
      const edit = page.locator('textarea');
      while (!(await edit.inputValue()).includes('kind')) await page.waitForTimeout(POLL_MS);
      await edit.fill((await edit.inputValue()).replace('192.0.2.10-', prepare));
      await edit.press('Control+Enter');
    }
    await page.waitForSelector(shows);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    await page.close();
    say(`${name}.png`);
  }
  await browser.close();
}

/**
 * The address of the dashboard, which the playground prints.
 * @param {NodeJS.ReadableStream} output
 * @returns {Promise<string>}
 */
async function addressOf(output) {
  for await (const line of createInterface({ input: output })) {
    const found = /http:\S+token=\S+/.exec(line)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error('the playground ended without the address of a dashboard');
}
