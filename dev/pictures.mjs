// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** `npm run pictures [-- FOLDER]`: makes the pictures of the dashboard's pages in `docs/images` again, of the playground and of files. */

const SIZE = { width: 1280, height: 800 };
const LIMIT_MS = 60_000;
const POLL_MS = 50;

/**
 * A page, what it waits for, and what is edited first.
 * @typedef {{ name: string, hash: string, shows: string, scheme?: 'dark', prepare?: string }} Picture
 */

/** @type {readonly Picture[]} */
const OF_CALICO = [
  { name: 'dashboard', hash: '#/overview', shows: 'text=learns' },
  { name: 'dashboard-services', hash: '#/services?open=shop/coupons', shows: 'text=does not serve it' },
  { name: 'dashboard-pools', hash: '#/pools?open=everyday&cell=192.0.2.53', shows: 'text=belongs to' },
  {
    name: 'dashboard-network',
    hash: '#/network?service=shop/cart',
    shows: 'text=learns 192.0.2.0/24',
    scheme: 'dark',
  },
  {
    name: 'dashboard-plan',
    hash: '#/plan?from=ipaddresspool/everyday',
    shows: 'text=would change',
    prepare: '192.0.2.11-',
  },
  { name: 'dashboard-findings', hash: '#/findings', shows: 'text=P27', scheme: 'dark' },
  { name: 'dashboard-timeline', hash: '#/timeline', shows: 'text=is announced' },
];

/** @type {readonly Picture[]} */
const OF_SPEAKERS = [
  { name: 'dashboard-speakers', hash: '#/network?box=node+w1', shows: 'text=learns it from' },
];

/** @type {readonly Picture[]} */
const OF_LAYER2 = [
  { name: 'dashboard-layer2', hash: '#/network', shows: '.topology .route', scheme: 'dark' },
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
try {
  await takeOf(['playground'], OF_CALICO);
  await takeOf(['playground', '--native'], OF_SPEAKERS);
  await takeOf(['dashboard', '--no-open', '-f', 'dev/pictures/layer2.yaml'], OF_LAYER2);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * Of a dashboard that a command serves.
 * @param {readonly string[]} command
 * @param {readonly Picture[]} pictures
 */
async function takeOf(command, pictures) {
  const berth = spawn(execPath, [join(root, 'dist/berth.mjs'), ...command], {
    cwd: root,
    env: { ...process.env, TMPDIR: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await take(await addressOf(berth.stdout), pictures);
  } finally {
    const ended = once(berth, 'exit');
    berth.kill();
    await ended;
  }
}

/**
 * @param {string} url
 * @param {readonly Picture[]} pictures
 */
async function take(url, pictures) {
  const browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  for (const { name, hash, shows, scheme = 'light', prepare } of pictures) {
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
  throw new Error('the command ended without the address of a dashboard');
}
