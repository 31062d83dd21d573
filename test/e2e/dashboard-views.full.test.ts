/** Every view of the dashboard by its URL, in a real browser, of clusters in files that are strange, small or of one kind. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import type { Raw } from '../../src/base/json.ts';
import { HEALTHY } from '../calico/support/clusters.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { DASHBOARD_PAGES, DashboardPage, printedAddress } from './support/dashboard-page.ts';
import {
  LONG_NAME,
  LONG_SERVICE,
  NO_POOLS,
  ONLY_LAYER2,
  STRANGE,
  WAITING_SERVICES,
} from './support/strange-cluster.ts';

/** Selections of the strange cluster, and what shows them. */
const SELECTIONS: readonly (readonly [string, string, RegExp])[] = [
  ['overview', '', /some traffic does not work/],
  ['services', '?find=shop%2Fweb&open=shop/web', /explain service web -n shop/],
  ['services', '?open=shop/gone', /There is no Service shop\/gone of type LoadBalancer\./],
  [
    'services',
    '?state=waiting&find=everyday',
    new RegExp(`${WAITING_SERVICES.toLocaleString('en')} of 2,004`),
  ],
  ['services', `?open=${LONG_SERVICE}`, /explain service s{63} -n a{63}/],
  ['services', '?find=shop%2Fleft&open=shop/left', /172\.16\.0\.1/],
  [
    'pools',
    '?open=everyday&cell=192.0.2.1',
    /192\.0\.2\.1 belongs to.*shop\/web.*shop\/same requests this address/,
  ],
  [
    'pools',
    '?open=everyday&cell=192.0.2.2',
    /2,000 Services wait for it.*crowd\/s0 requests an address of this pool/,
  ],
  ['pools', '?open=ipv6', /2001:db8:ffff:ffff::\/64/],
  ['pools', '?open=ipv6&range=2001:db8:ffff:ffff::/72', /all of the pool/],
  ['pools', '?open=overlaps', /overlap/],
  ['pools', '?open=deleted', /There is no IPAddressPool deleted\./],
  ['pools', `?open=${LONG_NAME}`, /2001:db8:ffff:ffff:ffff:ffff:ffff:0/],
  ['network', '', /1 of 2 sessions is down/],
  ['network', '?service=shop/web', /Nobody announces it/],
  ['network', `?box=${encodeURIComponent(`node ${LONG_NAME}`)}`, /Hold Timer Expired/],
  ['plan', '?from=ipaddresspool/everyday', /Begin with/],
  ['findings', '', /IPAddressPool/],
  ['timeline', '?find=left', /shop\/left got 172\.16\.0\.1/],
];

describe('the views of the dashboard', { skip: skipWithoutBrowser() }, () => {
  let folder: string;
  let script: string;
  let browser: Browser;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-views-'));
    script = await installProgram(folder);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (objects: readonly Raw[]): string => {
    const file = join(folder, 'cluster.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return file;
  };

  async function withPages(
    objects: readonly Raw[],
    use: (view: DashboardPage, url: string) => Promise<void>,
  ): Promise<void> {
    const program = new Program(script, ['dashboard', '--no-open', '-f', write(objects)], { TMPDIR: folder });
    try {
      const url = await printedAddress(program);
      const view = await DashboardPage.open(browser, url);
      await view.page.waitForSelector('h1');
      await use(view, url);
      assert.deepEqual(view.complaints, []);
      await view.page.close();
    } finally {
      await program.stop();
    }
  }

  it('have a URL each that shows them when it is opened, and a step back', async () => {
    await withPages(STRANGE, async (view) => {
      for (const [name, query, says] of SELECTIONS) {
        await view.go(name, query);
        await view.page.reload();
        await view.shows(says);
      }
      for (const [name, query, says] of [...SELECTIONS].reverse()) {
        await eventually(() => assert.ok(view.page.url().endsWith(`#/${name}${query}`), view.page.url()));
        await view.shows(says);
        await view.page.goBack();
      }
    });
  });

  for (const [cluster, objects] of [
    ['long names, IPv6 and leftovers', STRANGE],
    ['layer 2 alone', ONLY_LAYER2],
    ['Calico alone', HEALTHY],
    ['no pool', NO_POOLS],
  ] as const)
    it(`fit a window of 1280 pixels, and are accessible in both themes, with ${cluster}`, async () => {
      await withPages(objects, async (view) => {
        const own = objects === STRANGE ? SELECTIONS.map(([name, query]) => [name, query] as const) : [];
        for (const [name, query] of [...DASHBOARD_PAGES.map((page) => [page, ''] as const), ...own]) {
          await view.go(name, query);
          const width = await view.page.evaluate('document.documentElement.scrollWidth');
          assert.ok(Number(width) <= 1280, `${name}${query.slice(0, 60)} is ${width} pixels wide`);
          if (query === '') await view.assertAccessible(name);
        }
      });
    });

  it('have a filter for hundreds of pools, with the map in reach, and suggest what contains what was typed', async () => {
    const pools = Array.from({ length: 300 }, (_, index) => ({
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
      metadata: { name: `team-${index}`, namespace: 'metallb-system' },
      spec: { addresses: [`10.0.${index % 256}.0/${index < 256 ? 29 : 30}`] },
    }));
    await withPages([...STRANGE, ...pools], async (view) => {
      const { page } = view;
      await view.go('overview');
      await view.shows(/and 296 more pools/);
      await view.go('pools', '?find=team-29');
      await view.shows(/11 of 304.*and 5 more pools/);
      assert.equal(await page.locator('.cards .card').count(), 6);
      await page.click('text=Show all');
      await eventually(async () => assert.equal(await page.locator('.cards .card').count(), 11));
      await view.go('plan');
      await page.locator('input[list=objects]').pressSequentially('crowd/s1999');
      await page.waitForSelector('#objects option[value="service/crowd/s1999"]', { state: 'attached' });
      assert.equal(await page.locator('#objects option').count(), 1);
    });
  });

  it('differ in dark and light', async () => {
    await withPages(NO_POOLS, async (view) => {
      const grounds = new Set<unknown>();
      for (const colorScheme of ['light', 'dark'] as const) {
        await view.page.emulateMedia({ colorScheme });
        grounds.add(await view.page.evaluate('getComputedStyle(document.body).backgroundColor'));
      }
      assert.equal(grounds.size, 2);
    });
  });

  it('are reached by keys alone: pages, links, cells and filters', async () => {
    await withPages(STRANGE, async (view) => {
      const { keyboard } = view.page;
      for (const [index, name] of DASHBOARD_PAGES.entries()) {
        await keyboard.press(`${index + 1}`);
        await eventually(() => assert.match(view.page.url(), new RegExp(`#/${name}$`)));
      }
      await view.go('pools', '?open=everyday');
      await view.page.focus('button[aria-label^="192.0.2.1: "]');
      await keyboard.press('Enter');
      await view.shows(/192\.0\.2\.1 belongs to/);
      await keyboard.press('2');
      await view.page.waitForSelector('[role=grid]');
      await view.page.focus('[role=grid]');
      await keyboard.press('End');
      await keyboard.press('/');
      await keyboard.type('shop/same');
      await view.shows(/1 of 2,004/);
      await view.page.focus('[role=grid]');
      await keyboard.press('Enter');
      await view.shows(/explain service same -n shop/);
    });
  });

  it('are opened by kubectl, which ends them with 0 at Ctrl-C', {
    skip: skipWithoutKubernetesBinaries(),
  }, async () => {
    const binaries = findKubernetesBinaries();
    assert.ok(binaries.isAvailable);
    symlinkSync(script, join(folder, 'kubectl-berth'));
    // As a shell would: kubectl looks for its plugin on the path.
    const launcher = join(folder, 'kubectl.mjs');
    writeFileSync(
      launcher,
      "import { spawn } from 'node:child_process'; const child = spawn(process.argv[2], process.argv.slice(3), { stdio: 'inherit' }); process.on('SIGINT', () => child.kill('SIGINT')); child.on('close', (code, signal) => process.exit(code ?? 99));",
    );
    const args = ['berth', 'dashboard', '--no-open', '-f', write(NO_POOLS)];
    const kubectl = new Program(launcher, [binaries.kubectl, ...args], {
      TMPDIR: folder,
      PATH: [folder, dirname(process.execPath), process.env['PATH'] ?? ''].join(':'),
    });
    try {
      const url = await printedAddress(kubectl);
      const view = await DashboardPage.open(browser, url);
      await view.page.waitForSelector('h1');
      kubectl.signal('SIGINT');
      assert.equal(await kubectl.waitForExit(), 0, kubectl.stderr);
      await eventually(async () =>
        assert.match(
          (await view.page.textContent('.interruption')) ?? '',
          /The dashboard itself does not answer/,
        ),
      );
      await view.page.close();
    } finally {
      await kubectl.stop();
    }
  });
});
