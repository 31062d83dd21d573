/**
 * Measures the dashboard with 10,000 Services, 500 nodes and 40 routers, in Chromium: the first picture, what a person does, the memory
 * of tab and server, how soon an edit appears, and whether minutes of changes make anything grow (`MINUTES`, 2 without it). Each minute,
 * garbage is collected in both, and what is left is a sample; the line through the samples says whether it grows.
 */

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Browser, chromium, type Page } from 'playwright-core';
import { BROWSER } from '../dev/parts/browser.mjs';
import { type Memory, memoryReader } from './scenarios/dashboard/memory.ts';
import { type Patch, patcher } from './scenarios/dashboard/patch-service.ts';
import { stretch } from './scenarios/dashboard/stretch.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { newBenchFolder } from './support/folder.ts';
import { growthPerHour, growthText } from './support/growth.ts';
import { residentMemory } from './support/process-usage.ts';
import { OURS } from './support/services.ts';
import { startMemoryApi } from './support/start-memory-api.ts';

/** Each node has a session with each router: 20,000. Every tenth Service waits for an address of a pool that it names. */
const SIZE = { services: 10_000, waiting: 1_000, nodes: 500, routers: 40, routersOfANode: 40 };
const ROUNDS = 5;
const CHANGES_PER_SECOND = 50;
const MINUTES = Number(process.env['MINUTES'] ?? 2);
/** More than samples of a program that grows nothing differ by. */
const GROWTH_MAX = 5;
const LIMIT_MS = 120_000;

async function measure(): Promise<readonly Row[]> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  const api = await startMemoryApi({ folder, ...SIZE });
  const patch = patcher(api.url, join(folder, 'ca.crt'));
  const dashboard = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      new URL('./support/report-heap.mjs', import.meta.url).href,
      'dist/berth.mjs',
      'dashboard',
      '--no-open',
      '--lb-class',
      OURS,
      '--kubeconfig',
      writeKubeconfig(folder, api.url),
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, TMPDIR: folder } },
  );
  let browser: Browser | null = null;
  try {
    const url = await firstMatch(createInterface({ input: dashboard.stdout as Readable }), /https?:\S+/);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(url);
    await page.waitForSelector('h1');
    const server = dashboard.pid ?? 0;
    note(`with one page: server ${residentMemory(server).now.toFixed(0)} MB`);
    const pictures = await firstPictures(page);
    const actions = await interactions(page);
    const edits = await editTimes(page, patch);
    const memory = memoryReader(dashboard, browser, page);
    const before = await memory();
    note(`before the changes: ${memoryText(before)}`);
    // The page that draws the most.
    await page.evaluate(`location.hash = '#/network'`);
    await page.waitForSelector('.topology');
    const samples = await stretch({
      ...{ patch, services: SIZE.services, perSecond: CHANGES_PER_SECOND, minutes: MINUTES },
      sample: async (minute) => {
        const seen = { minute, ...(await memory()) };
        note(`minute ${minute.toFixed(0)}: ${memoryText(seen)}`);
        return seen;
      },
    });
    const question = await questionTime(page, () => residentMemory(server).now);
    return rowsOf({ pictures, actions, edits, before, samples, question });
  } finally {
    await browser?.close();
    dashboard.kill();
    api.child.disconnect();
    removeFolder();
  }
}

/** The server has the data: from the request of the page to its picture, in milliseconds. */
async function firstPictures(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await page.reload();
    await page.waitForSelector('h1');
    times.push(performance.now() - start);
  }
  return times;
}

/** Each from the action to the frame that shows its result, measured in the page. */
async function interactions(page: Page): Promise<ReadonlyMap<string, readonly number[]>> {
  const shown = (condition: string): string =>
    `const begin = performance.now(); act(); while (!(${condition})) await new Promise(requestAnimationFrame); return performance.now() - begin;`;
  const run = (act: string, condition: string): Promise<number> =>
    page.evaluate(`(async () => { const act = () => { ${act} }; ${shown(condition)} })()`);
  const open = (hash: string, title: string): Promise<number> =>
    run(`location.hash = '${hash}'`, `document.querySelector('h1')?.textContent.includes('${title}')`);
  const counts = `document.querySelector('output')?.textContent`;
  const times = new Map<string, number[]>();
  const record = (name: string, time: number): void => {
    times.set(name, [...(times.get(name) ?? []), time]);
  };
  for (let round = 0; round < ROUNDS; round++) {
    record('switch to Services', await open('#/services', 'Services'));
    const filter = (text: string): string =>
      `const input = document.querySelector('input[type=search]'); input.value = '${text}'; input.dispatchEvent(new Event('input', { bubbles: true }))`;
    record('filter', await run(filter('s99'), `${counts}.startsWith('111 of')`));
    record('no filter', await run(filter(''), `${counts}.startsWith('10,000 of')`));
    const chosen = `document.querySelectorAll('select')[1]?.value`;
    record('sort', await run(`location.hash = '#/services?sort=address'`, `${chosen} === 'address'`));
    record('switch to Network', await open('#/network', 'Network'));
    record(
      'choose a node on Network',
      await run(`location.hash = '#/network?box=node+node-0007'`, `document.querySelector('.box-detail')`),
    );
    record('switch to Pools', await open('#/pools', 'Pools'));
    record(
      'choose an address of a pool, and who waits for it',
      await run(
        `location.hash = '#/pools?range=10.0.0.0/22&cell=10.0.0.7'`,
        `document.querySelector('.cell-detail')`,
      ),
    );
    record('switch to Findings', await open('#/findings', 'Findings'));
    record('switch to Timeline', await open('#/timeline', 'Timeline'));
    record(
      'switch to Overview',
      await run(`location.hash = '#/overview'`, `document.querySelector('h1.verdict') !== null`),
    );
  }
  return times;
}

/** From an edit to the page that shows it. */
async function editTimes(page: Page, patch: Patch): Promise<readonly number[]> {
  await page.evaluate(`location.hash = '#/services?find=edited'`);
  await page.waitForSelector('output');
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await patch(round, { reason: `Edited${round}`, says: 'Edited.' });
    await page.waitForSelector(`text=Edited${round}`);
    times.push(performance.now() - start);
  }
  await page.evaluate(`location.hash = '#/services'`);
  return times;
}

/** Why a Service has its address: the server reads the whole cluster for it. */
async function questionTime(page: Page, memory: () => number): Promise<Question> {
  const start = performance.now();
  await page.evaluate(`location.hash = '#/services?open=crowd/s77'`);
  await page.waitForSelector('text=in the order in which they are tried');
  return { millis: performance.now() - start, memory: memory() };
}

type Question = { readonly millis: number; readonly memory: number };

function rowsOf(of: {
  readonly pictures: readonly number[];
  readonly actions: ReadonlyMap<string, readonly number[]>;
  readonly edits: readonly number[];
  readonly before: Memory;
  readonly samples: readonly (Memory & { readonly minute: number })[];
  readonly question: Question;
}): readonly Row[] {
  const [middle, end] = [of.samples[Math.floor(of.samples.length / 2)], of.samples.at(-1)];
  const megabytes = (key: keyof Memory): string => {
    const three = [of.before, middle, end].map((one) => one?.[key].toFixed(0)).join(', ');
    return `${three}; at most ${most(key).toFixed(0)} MB`;
  };
  const most = (key: keyof Memory): number => Math.max(of.before[key], ...of.samples.map((one) => one[key]));
  // In the first quarter, what is remembered up to a limit is filled.
  const later = of.samples.slice(Math.floor(of.samples.length / 4));
  const growth = (key: keyof Memory, of: string): Row => {
    const samples = later.map((one) => ({ minute: one.minute, value: one[key] }));
    const { slope } = growthPerHour(samples);
    return {
      figure: `dashboard: growth of what ${of} has in use, after collections of garbage, ${samples.length} samples`,
      ...{ goal: `≤ ${GROWTH_MAX} MB/h`, seen: growthText(samples) },
      // A few minutes are too short for a line.
      met: MINUTES < 10 ? null : slope <= GROWTH_MAX,
    };
  };
  return [
    {
      figure: 'dashboard: the first picture after the data is there',
      ...{ goal: '≤ 1 s', seen: `${spread(of.pictures)} ms`, met: median(of.pictures) <= 1000 },
    },
    ...[...of.actions].map(([name, times]) => ({
      figure: `dashboard: ${name}`,
      ...{ goal: '≤ 100 ms', seen: `${spread(times)} ms`, met: median(times) <= 100 },
    })),
    {
      figure: 'dashboard: from an edit to the page that shows it',
      ...{ goal: '', seen: `${spread(of.edits)} ms`, met: null },
    },
    {
      figure: `dashboard: memory of the tab before, amid and after ${MINUTES} minutes of ${CHANGES_PER_SECOND} changes a second`,
      ...{ goal: '≤ 250 MB', seen: megabytes('tab'), met: most('tab') <= 250 },
    },
    {
      figure: 'dashboard: memory of the server, the same',
      ...{ goal: '≤ 200 MB', seen: megabytes('server'), met: most('server') <= 200 },
    },
    growth('tabHeap', 'the tab'),
    growth('serverHeap', 'the server'),
    {
      figure: 'dashboard: why a Service has its address, and the memory of the server after that answer',
      ...{
        goal: '',
        seen: `${of.question.millis.toFixed(0)} ms, ${of.question.memory.toFixed(0)} MB`,
        met: null,
      },
    },
  ];
}

const memoryText = (of: Memory): string =>
  `tab ${of.tab.toFixed(0)} MB (in use ${of.tabHeap.toFixed(1)}), server ${of.server.toFixed(0)} MB (in use ${of.serverHeap.toFixed(1)})`;

function firstMatch(lines: AsyncIterable<string> & { close(): void }, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    (async () => {
      for await (const line of lines) {
        const found = pattern.exec(line)?.[0];
        if (found !== undefined) resolve(found);
      }
    })().catch(reject);
  });
}

function writeKubeconfig(folder: string, server: string): string {
  const path = join(folder, 'kubeconfig');
  const cluster = { server, 'certificate-authority': join(folder, 'ca.crt') };
  writeFileSync(
    path,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return path;
}

await bench(15 + MINUTES * 2, measure);
