/** The dashboard in a real browser, in front of speakers with real BGP sessions. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import { installProgram } from '../controller/support/program.ts';
import { BuiltPlayground } from '../playground/support/built-playground.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { DASHBOARD_PAGES, DashboardPage, printedAddress } from './support/dashboard-page.ts';

/** Its password is in a Secret that does not exist, so no speaker begins a session. */
const SPINE = {
  ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer' },
  metadata: { name: 'spine', namespace: 'metallb-system' },
  spec: { myASN: 64700, peerASN: 65117, peerAddress: '10.10.0.2', passwordSecret: { name: 'missing' } },
};

describe('the dashboard with speakers', {
  skip: skipWithoutBrowser() || skipWithoutKubernetesBinaries(),
}, () => {
  let folder: string;
  let playground: BuiltPlayground;
  let browser: Browser;
  let view: DashboardPage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-dashboard-native-'));
    playground = new BuiltPlayground(await installProgram(folder), folder, ['--native']);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
    view = await DashboardPage.open(browser, await printedAddress(playground.program));
  });
  after(async () => {
    await browser?.close();
    await playground?.program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has pages without an error, and without a serious finding of axe in both themes', async () => {
    for (const name of DASHBOARD_PAGES) {
      await view.go(name);
      await view.assertAccessible(name);
    }
    assert.deepEqual(view.complaints, []);
  });

  it('draws each session, and what the router learns by it', async () => {
    await view.go('network');
    await view.shows(/Node w1 1 session up.*Node w3 1 session up/);
    await view.shows(/Router tor 10\.10\.0\.1:179 · 3 sessions up/);
    await view.go('network', '?service=shop/web');
    await view.shows(/tor learns 192\.0\.2\.10\/32 from w1, w2, w3: ECMP over 3 nodes/);
    await view.shows(/Destination shop\/web ECMP 3/);
    await view.go('network', '?service=shop/mail');
    await view.shows(/Destination shop\/mail via w2/);
  });

  it('shows a drained node, and a smaller width of ECMP, without a reload', async () => {
    await view.go('network', '?service=shop/web');
    await playground.kubectl(['cordon', 'w3']);
    await view.shows(/Node w3 – speaker has left/);
    await view.shows(/Destination shop\/web ECMP 2/);
    await playground.kubectl(['uncordon', 'w3']);
    await view.shows(/Node w3 1 session up/);
    await view.shows(/Destination shop\/web ECMP 3/);
  });

  it('names a session that does not come up, and forgets it when its peer is gone', async () => {
    await view.go('network');
    await playground.kubectl(['create', '-f', '-'], JSON.stringify(SPINE));
    await view.shows(/3 of 6 sessions are down.*w1 with spine: its speaker reports no session/);
    await eventually(async () => assert.equal(await view.page.locator('.line-mark.bad').count(), 3));
    await view.assertAccessible('network with sessions that are down');
    await playground.kubectl(['delete', 'bgppeer', 'spine', '-n', 'metallb-system']);
    await view.shows(/No session is down\./);
  });

  it('tells on the timeline of speakers, their sessions and peers', async () => {
    await view.go('timeline', '?about=announcing');
    await playground.kubectl(['cordon', 'w3']);
    await view.shows(/Speaker w3 has withdrawn all routes/);
    await playground.kubectl(['uncordon', 'w3']);
    await view.shows(/Speaker w3 runs.*SpeakerStatus w3 reports that its session with tor is up/);
    const { passwordSecret: _, ...spec } = SPINE.spec;
    await playground.kubectl(['create', '-f', '-'], JSON.stringify({ ...SPINE, spec }));
    await view.shows(/SpeakerStatus w1 reports that its session with spine is up/);
    await view.assertAccessible('timeline');
    await playground.kubectl(['delete', 'bgppeer', 'spine', '-n', 'metallb-system']);
    await view.go('timeline', '?about=configuration');
    await view.shows(/BGPPeer spine is gone/);
  });

  it('explains a Service that no router learns', async () => {
    await view.go('services', '?open=shop/partners');
    await view.shows(/is learned by no router|announced by no|no BGPAdvertisement/i);
    assert.deepEqual(view.complaints, []);
  });
});
