/** The dashboard in a real browser, in front of the playground. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import { root } from '../../dev/place.mjs';
import { installProgram, Program } from '../controller/support/program.ts';
import { BuiltPlayground } from '../playground/support/built-playground.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually, WAIT_LIMIT_MS } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

const PAGES = ['overview', 'services', 'pools', 'network', 'plan', 'findings', 'timeline'] as const;
const SIZE = { width: 1280, height: 800 };
const FIRST_LOAD_BYTES_MAX = 200_000;
const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const HOSTILE_POOL = 'hostile';
const HOSTILE_TEXT = '<img src=x onerror=alert(1)>‮';

describe('the dashboard', { skip: skipWithoutBrowser() || skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let playground: BuiltPlayground;
  let dashboard: Program;
  let browser: Browser;
  let url: string;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-dashboard-'));
    const script = await installProgram(folder);
    playground = new BuiltPlayground(script, folder);
    const kubeconfig = await playground.waitFor(/export KUBECONFIG=(\S+)/);
    dashboard = new Program(script, ['dashboard', '--no-open'], { TMPDIR: folder, KUBECONFIG: kubeconfig });
    url = await eventually(() => {
      const found = /http:\S+/.exec(dashboard.text)?.[0];
      assert.ok(found, `${dashboard.text}${dashboard.stderr}`);
      return found;
    });
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    await dashboard?.stop();
    await playground?.program.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await page?.close();
    complaints.length = 0;
    page = await browser.newPage({ viewport: SIZE });
    page.setDefaultTimeout(WAIT_LIMIT_MS);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', () => complaints.push('a script of the cluster ran'));
    await page.goto(url);
    await page.waitForSelector('h1');
  });

  const go = async (name: string, query = ''): Promise<void> => {
    await page.evaluate(`location.hash = '#/${name}${query}'`);
    await page.waitForSelector('h1');
  };
  const text = async (): Promise<string> => (await page.textContent('main')) ?? '';
  const shows = (wanted: RegExp): Promise<void> => eventually(async () => assert.match(await text(), wanted));

  it('has pages without an error, and without a serious finding of axe in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const name of PAGES) {
        await page.emulateMedia({ colorScheme });
        await go(name);
        await page.evaluate(AXE);
        const found = (await page.evaluate(
          "axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))",
        )) as readonly string[];
        assert.deepEqual(found, [], `${name}, ${colorScheme}`);
      }
    assert.deepEqual(complaints, []);
  });

  it('loads 200 kB at most, compressed, and nothing from elsewhere', async () => {
    const loaded: Promise<Buffer>[] = [];
    const hosts = new Set<string>();
    page.on('response', (response) => {
      hosts.add(new URL(response.url()).host);
      if (!response.url().includes('/api/')) loaded.push(response.body());
    });
    await page.reload();
    await page.waitForSelector('h1');
    const bodies = await Promise.all(loaded);
    const size = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    assert.ok(bodies.length >= 3, `${bodies.length} files: document, script and style at least`);
    assert.ok(size <= FIRST_LOAD_BYTES_MAX, `${size} bytes`);
    assert.deepEqual([...hosts], [new URL(url).host]);
  });

  it('says what needs somebody, and leads on to the Service', async () => {
    await shows(/some traffic does not work/);
    await page.click('text=Service shop/coupons');
    await shows(/Pools, in the order in which they are tried/);
    assert.match(await text(), /explain service coupons -n shop/);
    await page.goBack();
    await shows(/some traffic does not work/);
  });

  it('is used by keys alone', async () => {
    await page.keyboard.press('2');
    await page.waitForSelector('h1:text("Services")');
    await page.keyboard.press('/');
    await page.keyboard.type('mail');
    await eventually(async () => assert.match(await text(), /1 of \d+/));
    await page.focus('[role=grid]');
    await page.keyboard.press('Enter');
    await shows(/explain service mail -n shop/);
    await page.keyboard.press('Escape');
    await eventually(async () => assert.doesNotMatch(await text(), /explain service mail/));
  });

  it('explains a Service with the verdict of each pool, and leads to its way', async () => {
    await go('services', '?open=shop/coupons');
    await shows(/payments-only does not serve it/);
    await shows(/no\s+serviceAllocation: /);
    await go('services', '?open=shop/web');
    await page.click('text=Its way through the network');
    await shows(/10\.10\.0\.1 learns 192\.0\.2\.0\/24 from w1, w2, w3: ECMP over 3 nodes/);
    assert.equal(await page.locator('.topology path:not(.aside)').count(), 6);
  });

  it('draws who learns what from whom, and says what a box stands for, by keys alone', async () => {
    await go('network');
    await page.focus('[data-box="router calico 10.10.0.1"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.topology .node [aria-pressed=true]');
    const node = await page.textContent('.topology [aria-pressed=true]');
    assert.match(node ?? '', /^Node w\d 2 sessions up$/);
    await shows(/10\.10\.0\.1.*up \(predicted\)/);
    await shows(/192\.0\.2\.0\/24 and 1 more.*10\.10\.0\.1 learns it from w1, w2, w3: ECMP over 3 nodes\./);
    assert.match(page.url(), /box=node/);
    await page.goBack();
    await page.waitForSelector('.topology [aria-pressed=true]', { state: 'detached' });
  });

  it('plans an edit of an object of the cluster, and applies nothing', async () => {
    await go('plan', '?from=ipaddresspool/everyday');
    const edit = page.locator('textarea');
    await eventually(async () => assert.match(await edit.inputValue(), /192\.0\.2\.10-192\.0\.2\.59/));
    await edit.fill((await edit.inputValue()).replace('192.0.2.10-', '192.0.2.11-'));
    await edit.press('Control+Enter');
    await shows(/Something that is in use would change/);
    await shows(/shop\/web\s*192\.0\.2\.10 \(everyday\) -> /);
    await edit.fill('kind: [');
    await edit.press('Control+Enter');
    await shows(/edit\.yaml:1/);
    const stored = await playground.kubectl([
      'get',
      'ipaddresspool',
      'everyday',
      '-n',
      'metallb-system',
      '-o',
      'yaml',
    ]);
    assert.match(stored, /192\.0\.2\.10-192\.0\.2\.59/);
  });

  it('shows who has an address, on the map of its pool', async () => {
    await go('pools', '?open=everyday');
    await page.click('button[aria-label^="192.0.2.53: shop/dns-tcp"]');
    await shows(/192\.0\.2\.53 belongs toshop\/dns-tcp .*ago.*shop\/dns-udp /);
    await page.click('button[aria-label^="2001:db8:5::10-2001:db8:5::ff"], button.density-1');
    await shows(/all of the pool/);
  });

  it('does not call addresses free that nobody gets, and goes over the map by arrow keys', async () => {
    const pool = {
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
      metadata: { name: 'avoiding', namespace: 'metallb-system' },
      spec: { addresses: ['198.51.100.254-198.51.101.0'], avoidBuggyIPs: true, autoAssign: false },
    };
    await playground.kubectl(['create', '-f', '-'], JSON.stringify(pool));
    await go('pools', '?open=avoiding');
    await shows(/3 addresses: 0 in use, 1 free, 2 not granted/);
    await page.focus('button[aria-label="198.51.100.254: free"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await shows(/198\.51\.100\.255 is given to no Service\..*avoidBuggyIPs/);
    await page.keyboard.press('End');
    const last = await page.getAttribute(':focus', 'aria-label');
    assert.equal(last, '198.51.101.0: avoided (avoidBuggyIPs)');
    await playground.kubectl(['delete', 'ipaddresspool', 'avoiding', '-n', 'metallb-system']);
  });

  it('follows what kubectl does, without a reload', async () => {
    await go('services', '?find=newcomer');
    await shows(/0 of \d+/);
    await playground.kubectl(['create', 'service', 'loadbalancer', 'newcomer', '--tcp=80', '-n', 'shop']);
    await shows(/shop\/newcomer192\.0\.2\.\d+everyday/);
    await playground.kubectl(['delete', 'service', 'newcomer', '-n', 'shop']);
    await shows(/0 of \d+/);
  });

  it('tells each edit of the configuration, with who wrote it', async () => {
    const kind = 'l2advertisement';
    const metadata = { name: 'told', namespace: 'metallb-system' };
    const object = { apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', metadata, spec: {} };
    await go('timeline', '?find=L2Advertisement');
    await playground.kubectl(['create', '-f', '-'], JSON.stringify(object));
    await shows(/L2Advertisement told is new, written by kubectl-create/);
    const patch = JSON.stringify({ spec: { interfaces: ['eth1'] } });
    await playground.kubectl(['patch', kind, 'told', '-n', metadata.namespace, '--type=merge', '-p', patch]);
    await shows(/L2Advertisement told has spec\.interfaces \["eth1"\], written by kubectl-patch/);
    await playground.kubectl(['delete', kind, 'told', '-n', metadata.namespace]);
    await shows(/L2Advertisement told is gone/);
  });

  it('shows text of the cluster as text', async () => {
    const pool = {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: HOSTILE_POOL, namespace: 'metallb-system' },
      spec: { addresses: [HOSTILE_TEXT] },
    };
    await playground.kubectl(['create', '-f', '-'], JSON.stringify(pool)).catch(() => '');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        ...{ name: HOSTILE_POOL, namespace: 'shop' },
        annotations: { 'metallb.io/address-pool': HOSTILE_TEXT },
      },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    await playground.kubectl(['create', '-f', '-'], JSON.stringify(service));
    await go('services', `?open=shop/${HOSTILE_POOL}`);
    await shows(/<img src=x onerror=alert\(1\)>/);
    assert.equal(await page.locator('main img').count(), 0);
    await playground.kubectl(['delete', 'service', HOSTILE_POOL, '-n', 'shop']);
    assert.deepEqual(complaints, []);
  });

  it('leads a newcomer to why a Service has no address, and to a fix, by what can be seen and clicked', async () => {
    await page.click('h2 >> text=Services');
    await page.goBack();
    await page.click('.reasons >> text=1 PoolNotCompatible');
    await shows(/1 of \d+/);
    await page.click('[role=grid] >> text=shop/coupons');
    await shows(/because\s*Pool "payments-only" does not serve it/);
    await page.click('text=Plan an edit');
    const edit = page.locator('textarea');
    await eventually(async () => assert.match(await edit.inputValue(), /address-pool: payments-only/));
    await edit.fill((await edit.inputValue()).replace(/.*address-pool: .*\n/, ''));
    await page.click('button.primary');
    await shows(/shop\/coupons.*192\.0\.2\.\d+ \(everyday\)/);
  });

  it('keeps its token out of the URL, and shows nothing without it', async () => {
    assert.doesNotMatch(page.url(), /token/);
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(new URL('/', url).href);
    await stranger.waitForSelector('text=open the dashboard by the address that the command printed');
    await other.close();
  });

  it('is opened by the playground, too', async () => {
    await page.goto(await playground.waitFor(/In your browser:\n\s+(\S+)/));
    await page.waitForSelector('h1');
    await shows(/some traffic does not work/);
  });

  /** The last one: the cluster is gone afterwards. */
  it('says at once that the cluster is gone', async () => {
    await playground.program.stop();
    await eventually(async () =>
      assert.match((await page.textContent('.interruption')) ?? '', /The cluster does not answer/),
    );
    assert.match(await text(), /Controller/, 'the last picture stays');
  });
});
