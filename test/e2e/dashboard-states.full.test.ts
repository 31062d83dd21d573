/** Pages of the dashboard without objects, without rights, and without answers of the cluster, in a real browser. They recover by themselves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually, WAIT_LIMIT_MS } from '../support/eventually.ts';
import { FaultyProxy } from './support/faulty-proxy.ts';

const PAGES = ['overview', 'services', 'pools', 'network', 'plan', 'findings', 'timeline'] as const;
const LOST = 'The cluster does not answer';
const NO_JSON = /The cluster does not answer: a response with status 200 that is not a JSON object/;

describe('the pages of the dashboard', { skip: skipWithoutBrowser() }, () => {
  let folder: string;
  let script: string;
  let api: ApiServer;
  let proxy: FaultyProxy;
  let browser: Browser;
  let dashboard: Program | null = null;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-states-'));
    script = await installProgram(folder);
    api = await startApiServer({ clock: systemClock, namespaces: ['default', 'metallb-system'] });
    proxy = await FaultyProxy.inFrontOf(api.url);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    await page?.close();
    await dashboard?.stop();
    dashboard = null;
    proxy.mode = 'pass';
    proxy.forbidden = null;
    complaints.length = 0;
  });
  after(async () => {
    await browser?.close();
    await proxy?.close();
    await api?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(server = proxy.url): Promise<void> {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
        clusters: [{ name: 'c', cluster: { server } }],
        users: [{ name: 'u', user: { token: 't' } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    const started = new Program(script, ['dashboard', '--no-open', '--kubeconfig', kubeconfig], {
      TMPDIR: folder,
    });
    dashboard = started;
    const url = await eventually(() => {
      const found = /http:\S+token=\S+/.exec(started.text)?.[0];
      assert.ok(found, `${started.text}${started.stderr}`);
      return found;
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(WAIT_LIMIT_MS);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
  }
  const body = async (): Promise<string> => (await page.textContent('body')) ?? '';
  const shows = (wanted: RegExp): Promise<void> => eventually(async () => assert.match(await body(), wanted));
  const toldOnce = (says: RegExp): Promise<void> =>
    eventually(() => {
      const lines = (dashboard?.stderr ?? '').split('\n').filter((line) => line.includes('does not answer'));
      assert.equal(lines.length, 1, lines.join('\n'));
      // The page begins the sentence with a capital.
      assert.match(lines[0]?.replace('the cluster does not answer, and is asked again', LOST) ?? '', says);
    });
  const recovers = async (says: RegExp): Promise<void> => {
    await eventually(async () => {
      const text = await body();
      assert.doesNotMatch(text, says);
      assert.match(text, /● live/);
    });
    assert.deepEqual(complaints, []);
  };
  const eachPage = async (check: (name: string) => Promise<void>): Promise<void> => {
    for (const name of PAGES) {
      await page.evaluate(`location.hash = '#/${name}'`);
      await check(name);
    }
    assert.deepEqual(complaints, []);
  };

  it('say of an empty cluster what is not there', async () => {
    await open();
    const empty: Readonly<Record<string, RegExp>> = {
      overview: /0 of 0 have an address/,
      services: /There is no Service of type LoadBalancer/,
      pools: /There is no IPAddressPool|Pools could not be read/,
      network: /Neither Calico nor a speaker announces/,
      plan: /Here it says which Services would move/,
      findings: /controller|Nothing is wrong/i,
      timeline: /No object tells of a change/,
    };
    await eachPage((name) => shows(empty[name] ?? /never/));
  });

  for (const [kind, resource, pages, says] of [
    ['Services', 'services', ['services', 'network'], /Services could not be read\./],
    ['Nodes', 'nodes', ['overview', 'findings'], /nodes cannot be read/],
    ['IPAddressPools', 'ipaddresspools', ['overview', 'pools'], /Pools could not be read\./],
    ['SpeakerStatuses', 'speakerstatuses', ['network', 'findings'], /speakerstatuses .*cannot be read/],
  ] as const)
    it(`name what is missing without the right to read ${kind}, and have it with the right`, async () => {
      proxy.forbidden = resource;
      await open();
      await page.waitForSelector('h1');
      await eachPage(async (name) => {
        await page.waitForSelector('h1');
        if ((pages as readonly string[]).includes(name)) await shows(says);
      });
      proxy.forbidden = null;
      await page.evaluate(`location.hash = '#/${pages[0]}'`);
      await eventually(async () => assert.doesNotMatch(await body(), says));
    });

  for (const [state, mode, says] of [
    [
      'takes the token no more',
      'unauthorized',
      /Your credentials are not valid, or have expired: log in again/,
    ],
    ['is gone', 'gone', /The cluster does not answer: the connection was closed/],
    ['answers with a page to log in', 'html', NO_JSON],
    ['answers with torn JSON', 'torn', NO_JSON],
    ['fails each request', 'failing', /The cluster does not answer: refused with 500/],
  ] as const) {
    it(`say on every page that the cluster ${state}, keep the last picture, and recover by themselves`, async () => {
      await open();
      await shows(/● live/);
      proxy.mode = mode;
      await eachPage(async (name) => {
        await shows(says);
        if (name !== 'plan') assert.doesNotMatch(await body(), /could not be read|cannot be read/, name);
      });
      await toldOnce(says);
      proxy.mode = 'pass';
      await recovers(says);
    });
    it(`begin when the cluster ${state}, and have it when it answers`, async () => {
      proxy.mode = mode;
      await open();
      await shows(says);
      proxy.mode = 'pass';
      await recovers(says);
    });
  }

  it('say that nothing may be read, and have it with the right', async () => {
    proxy.mode = 'forbidden';
    await open();
    await shows(/Nothing of the cluster could be read/);
    proxy.mode = 'pass';
    await recovers(/could be read/);
  });

  it('say that the cluster is being read while nothing comes, and have it when it comes', async () => {
    proxy.mode = 'silent';
    await open();
    await shows(/Reading the cluster/);
    proxy.mode = 'pass';
    await recovers(/Reading the cluster/);
  });

  it('say where nobody listens at the server of the kubeconfig', async () => {
    const closed = await FaultyProxy.inFrontOf(api.url);
    await closed.close();
    await open(closed.url);
    await shows(/The cluster does not answer: .*refuses the connection/);
    await toldOnce(/refuses the connection/);
  });
});
