/** The dashboard in a real browser, in front of kube-apiserver: edits that appear by themselves, rights, and texts that attack. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import type { Program } from '../controller/support/program.ts';
import { Rig } from '../controller/support/rig.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { DASHBOARD_PAGES, DashboardPage, printedAddress } from './support/dashboard-page.ts';

const STATUSES = '/apis/berth.dev/v1alpha1/namespaces/metallb-system/speakerstatuses';
/** Markup, and a mark that turns the direction of what follows. */
const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>\u202e';

const session = (peer: string, state: string, lastError: string | null) => ({
  ...{ peer, address: '10.0.0.1:179', state, since: '2026-01-01T00:00:00Z' },
  lastError,
  ...{ ipv4: { wanted: 1, told: 1, refused: 0 }, ipv6: { wanted: 0, told: 0, refused: 0 } },
});

describe('the dashboard on kube-apiserver', {
  skip: skipWithoutBrowser() || skipWithoutKubernetesBinaries(),
}, () => {
  let folder: string;
  let rig: Rig<RealApi>;
  let browser: Browser;
  let dashboard: Program;
  let view: DashboardPage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-dashboard-real-'));
    rig = await Rig.start({ authorization: 'RBAC' });
    await rig.api.requestOk('POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
    dashboard = rig.program('dashboard', '--no-open', '--kubeconfig', rig.api.kubeconfig);
    view = await DashboardPage.open(browser, await printedAddress(dashboard));
  });
  afterEach(() => assert.deepEqual(view.complaints, []));
  after(async () => {
    await browser?.close();
    await rig?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As the speaker of n1 does. */
  const report = (...sessions: readonly object[]): Promise<unknown> =>
    rig.api.requestOk('PATCH', `${STATUSES}/n1/status`, {
      status: {
        ...{ node: 'n1', phase: 'speaking', time: '2026-01-01T00:00:00Z', sessions },
        announced: { services: 1, prefixes: 1, digest: '' },
      },
    });

  it('has pages of an empty cluster, without an error or a serious finding of axe', async () => {
    for (const name of DASHBOARD_PAGES) {
      await view.go(name);
      await view.assertAccessible(name);
    }
  });

  it('follows pool, Service and address as kubectl and the controller write them', async () => {
    await view.go('services');
    await view.shows(/There is no Service of type LoadBalancer/);
    await rig.startServing();
    await rig.pool('everyday', ['192.0.2.10-192.0.2.19']);
    await rig.kubectl(['create', 'service', 'loadbalancer', 'web', '--tcp=80']);
    await view.shows(/default\/web192\.0\.2\.10everyday/);
    await view.go('services', '?open=default/web');
    await view.shows(/explain service web -n default/);
    await view.go('plan', '?from=ipaddresspool/everyday');
    await eventually(async () =>
      assert.match(await view.page.locator('textarea').inputValue(), /192\.0\.2\.10-192\.0\.2\.19/),
    );
    await rig.kubectl(['delete', 'service', 'web']);
    await view.go('timeline');
    await view.shows(/default\/web is gone, and has left 192\.0\.2\.10/);
    await view.shows(/IPAddressPool everyday is new, with 192\.0\.2\.10-192\.0\.2\.19/);
  });

  it('shows a session that goes down, and its last error, when the speaker reports it', async () => {
    await rig.api.requestOk('POST', STATUSES, {
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name: 'n1' } },
    });
    await report(session('tor', 'Established', null));
    await view.go('network');
    await view.shows(/Router tor 10\.0\.0\.1:179 · 1 session up/);
    await report(session('tor', 'Down', 'Hold Timer Expired'));
    await view.shows(/1 of 1 session is down.*n1 with tor: Hold Timer Expired/);
    await view.page.waitForSelector('.topology .line-mark.bad');
  });

  it('shows text of the cluster as text on each page', async () => {
    await report(session(HOSTILE, 'Down', HOSTILE));
    await rig.service('attack', {}, { annotations: { 'metallb.io/address-pool': HOSTILE } });
    await rig.pool('attack', [HOSTILE]).catch(() => null);
    await view.go('network');
    await view.shows(/Router <img src=x onerror=alert\(1\)><script>/);
    await view.page.click('.topology .router .box');
    await view.page.waitForSelector('.box-detail table');
    for (const query of [
      '',
      '?open=default/attack',
      '?service=default/attack',
      '?open=attack',
      '?from=service/default/attack',
    ])
      for (const name of DASHBOARD_PAGES) {
        await view.go(name, query);
        assert.equal(await view.page.locator('main img, main script').count(), 0, `${name}${query}`);
      }
  });

  it('says that nothing may be read, has it as soon as a role is bound, says when the account is gone, and goes on after a new login', async () => {
    await rig.kubectl(['create', 'serviceaccount', 'reader']);
    const token = (await rig.kubectl(['create', 'token', 'reader'])).trim();
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(rig.api, token));
    const own = rig.program('dashboard', '--no-open', '--kubeconfig', kubeconfig);
    const stranger = await DashboardPage.open(browser, await printedAddress(own));
    await stranger.shows(/Nothing of the cluster could be read/);
    await rig.kubectl([
      ...['create', 'clusterrolebinding', 'reader', '--clusterrole=cluster-admin'],
      '--serviceaccount=default:reader',
    ]);
    await eventually(async () => assert.doesNotMatch(await stranger.text(), /could be read/));
    await stranger.go('services');
    await stranger.shows(/default\/attack/);
    // Its watches stay open for as long as an hour.
    await rig.kubectl(['delete', 'serviceaccount', 'reader']);
    await eventually(async () =>
      assert.match((await stranger.page.textContent('.interruption')) ?? '', /credentials are not valid/),
    );
    await stranger.shows(/default\/attack/);
    // Another account of the same name, as after a new login.
    await rig.kubectl(['create', 'serviceaccount', 'reader']);
    writeFileSync(
      kubeconfig,
      kubeconfigOf(rig.api, (await rig.kubectl(['create', 'token', 'reader'])).trim()),
    );
    await stranger.page.waitForSelector('.live');
    await stranger.page.close();
    await own.stop();
  });

  it('says that the API server is gone, keeps the last picture, and goes on when it is back', async () => {
    await view.go('services');
    await rig.api.kill9();
    await eventually(async () =>
      assert.match((await view.page.textContent('.interruption')) ?? '', /The cluster does not answer/),
    );
    await view.shows(/default\/attack/);
    await rig.api.restartApiServer();
    await view.page.waitForSelector('.live');
    await rig.kubectl(['create', 'service', 'loadbalancer', 'late', '--tcp=80']);
    await view.shows(/default\/late192\.0\.2\.1/);
  });
});

function kubeconfigOf({ url, caFile }: RealApi, token: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
}
