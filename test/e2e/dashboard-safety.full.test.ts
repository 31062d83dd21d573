/** Who can see the dashboard, and what it does with the rights of whoever runs it: another user of the machine, other pages, other names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import { onPath } from '../../dev/parts/system.mjs';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { generateSelfSigned } from '../../src/http-server/self-signed.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { CRDS } from '../support/crds.ts';
import { eventually } from '../support/eventually.ts';
import { DASHBOARD_PAGES, DashboardPage, printedAddress } from './support/dashboard-page.ts';
import { FaultyProxy } from './support/faulty-proxy.ts';

/** A user of the machine who is nobody. */
const STRANGER = 65534;
const canBeAnother = process.getuid?.() === 0 && onPath('setpriv');
const canHaveNetwork = process.getuid?.() === 0 && onPath('unshare') && onPath('ip');
const USER_TOKEN = 'the-users-own';

describe('the dashboard is safe:', { skip: skipWithoutBrowser() }, () => {
  let folder: string;
  let script: string;
  let api: ApiServer;
  let proxy: FaultyProxy;
  let browser: Browser;
  let dashboard: Program;
  let url: URL;
  let token: string;
  let opened: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-safety-'));
    // Others may come as far as the folder that the dashboard makes.
    chmodSync(folder, 0o755);
    script = await installProgram(folder);
    api = await startApiServer({ clock: systemClock, namespaces: ['default', 'metallb-system'] });
    for (const crd of CRDS) api.objects.put(crd);
    proxy = await FaultyProxy.inFrontOf(api.url);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
    opened = join(folder, 'opened');
    // In place of the program that opens files: it stays, as a browser does.
    writeFileSync(
      join(folder, 'xdg-open'),
      `#!/bin/sh\necho "$1" > ${opened}.new\necho $$ > ${opened}.pid\nmv ${opened}.new ${opened}\nexec tail -f "$1"\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig(proxy.url));
    dashboard = start(['--kubeconfig', join(folder, 'kubeconfig')]);
    url = new URL(await printedAddress(dashboard));
    token = url.hash.replace('#token=', '');
    await eventually(() => assert.ok(existsSync(opened), 'nothing opens the file'));
  });
  after(async () => {
    await browser?.close();
    await dashboard?.stop();
    if (existsSync(opened)) process.kill(Number(readFileSync(`${opened}.pid`, 'utf8')));
    await proxy?.close();
    await api?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (args: readonly string[]): Program =>
    new Program(script, ['dashboard', ...args], {
      ...{ TMPDIR: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
  const openingFile = (): string => readFileSync(opened, 'utf8').trim();

  it('the file with the token can be read by its owner alone', () => {
    const file = openingFile();
    assert.ok(file.startsWith(`${folder}/`), file);
    assert.match(readFileSync(file, 'utf8'), new RegExp(`http-equiv="refresh".*#token=${token}`));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  });

  it('the token is in no argument list of any process', () => {
    const lists = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readIfThere(`/proc/${pid}/cmdline`));
    assert.ok(
      lists.some((list) => list.includes(openingFile())),
      'the program that opens the file runs',
    );
    assert.deepEqual(
      lists.filter((list) => list.includes(token)),
      [],
    );
  });

  it('another user of the machine reads neither the file nor the cluster', {
    skip: canBeAnother ? false : 'root and setpriv are needed to be another user',
  }, () => {
    const asStranger = (...command: readonly string[]): string =>
      execFileSync(
        'setpriv',
        ['--reuid', `${STRANGER}`, '--regid', `${STRANGER}`, '--clear-groups', ...command],
        { encoding: 'utf8', stdio: 'pipe' },
      );
    assert.equal(asStranger('id', '-u').trim(), `${STRANGER}`);
    assert.throws(() => asStranger('cat', openingFile()), /Permission denied/);
    const answers = asStranger(
      process.execPath,
      '--eval',
      `(async () => { for (const path of ['/', '/api/events']) console.log((await fetch('${url.origin}' + path)).status); })()`,
    );
    assert.equal(answers, '200\n403\n', 'the page, which has nothing of the cluster, and no event');
  });

  const refused: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['without the token', '/api/events', {}],
    ['with another token', '/api/events', { authorization: 'Bearer x' }],
    ['with the token as a cookie', '/api/events', { cookie: 'berth-token=TOKEN' }],
    ['with the token in the URL', '/api/events?token=TOKEN', {}],
    ['by another name, as after DNS rebinding', '/', { host: 'evil.example' }],
    [
      'from a page of elsewhere',
      '/api/events',
      { authorization: 'Bearer TOKEN', origin: 'http://evil.example' },
    ],
    [
      'from a page of another port',
      '/api/events',
      { authorization: 'Bearer TOKEN', origin: 'http://127.0.0.1:1' },
    ],
  ];
  for (const [says, path, headers] of refused)
    it(`a request ${says} is refused`, async () => {
      const filled = (text: string): string => text.replace('TOKEN', token);
      const given = Object.entries(headers).map(([name, value]) => [name, filled(value)] as const);
      const answer = await get(filled(path), Object.fromEntries(given));
      assert.equal(answer.status, 403);
    });

  it('every answer has a strict policy, and may not be stored, framed or guessed at', async () => {
    const paths = ['/', '/main.js', '/api/events', '/nothing'];
    for (const path of paths) {
      const { headers } = await get(path, {});
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        path,
      );
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['cache-control'], 'no-store', path);
      assert.equal(headers['access-control-allow-origin'], undefined, path);
    }
  });

  it('the browser keeps the token for its tab, and sends it as a header', async () => {
    const view = await DashboardPage.open(browser, 'about:blank');
    const sent: (string | null)[] = [];
    view.page.on('request', async (one) => {
      if (one.url().includes('/api/')) sent.push(await one.headerValue('authorization'));
    });
    await view.page.goto(url.href);
    await view.page.waitForSelector('h1');
    assert.deepEqual(sent, [`Bearer ${token}`]);
    assert.deepEqual(
      await view.page.evaluate(
        '[Object.values(sessionStorage), localStorage.length, document.cookie, location.hash, history.length]',
      ),
      [[token], 0, '', '#/overview', 2],
    );
    await view.page.close();
  });

  it('the API server gets reads alone, with the rights of the user', async () => {
    const view = await DashboardPage.open(browser, url.href);
    await view.page.waitForSelector('h1');
    for (const name of DASHBOARD_PAGES) await view.go(name);
    await view.go('services', '?open=default/kubernetes');
    await view.go('plan');
    await view.page.fill(
      'textarea',
      'apiVersion: v1\nkind: Service\nmetadata: {name: new, namespace: default}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n',
    );
    await view.page.press('textarea', 'Control+Enter');
    await view.shows(/would change|could be checked/);
    assert.ok(proxy.requests.length > 10, `${proxy.requests.length} requests`);
    assert.deepEqual([...new Set(proxy.requests.map(({ method }) => method))], ['GET']);
    assert.deepEqual(
      [...new Set(proxy.requests.map(({ authorization }) => authorization))],
      [`Bearer ${USER_TOKEN}`],
    );
    await view.page.close();
  });

  it('an address that other machines reach is served by HTTPS alone, with a warning', {
    skip: canHaveNetwork ? false : 'root, unshare and ip are needed for a network of its own',
  }, async () => {
    const pair = await generateSelfSigned(['192.0.2.7'], Date.now());
    writeFileSync(join(folder, 'tls.crt'), pair.cert);
    writeFileSync(join(folder, 'tls.key'), pair.key);
    const file = join(folder, 'cluster.yaml');
    writeFileSync(file, 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n');
    // In a network of its own, where this address leads nowhere.
    const [outside, inside] = [join(folder, 'outside.mjs'), join(folder, 'inside.mjs')];
    const ends =
      "process.on('SIGTERM', () => child.kill()); child.on('close', (code) => process.exit(code ?? 99));";
    writeFileSync(
      outside,
      `import { spawn } from 'node:child_process'; const child = spawn('unshare', ['--net', process.execPath, '${inside}', ...process.argv.slice(2)], { stdio: 'inherit' }); ${ends}`,
    );
    writeFileSync(
      inside,
      `import { execFileSync, spawn } from 'node:child_process'; execFileSync('ip', ['link', 'set', 'lo', 'up']); execFileSync('ip', ['address', 'add', '192.0.2.7/32', 'dev', 'lo']); const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' }); ${ends}`,
    );
    const run = (more: readonly string[]): Program =>
      new Program(outside, [script, 'dashboard', '--no-open', '-f', file, '--listen', '192.0.2.7', ...more]);
    const plain = run([]);
    assert.equal(await plain.waitForExit(), 2, plain.stderr);
    assert.match(
      plain.stderr,
      /192\.0\.2\.7 is an address that other machines reach: add --tls-cert and --tls-key/,
    );
    const safe = run(['--tls-cert', join(folder, 'tls.crt'), '--tls-key', join(folder, 'tls.key')]);
    try {
      await eventually(() => assert.match(safe.text, /https:\/\/192\.0\.2\.7:\d+\/#token=/, safe.stderr));
      assert.match(
        safe.stderr,
        /warning: other machines reach 192\.0\.2\.7\. Whoever has the address with its token reads/,
      );
    } finally {
      await safe.stop();
    }
  });

  /** The last one: the dashboard ends. */
  it('the file is gone when the dashboard ends', async () => {
    const file = openingFile();
    dashboard.signal('SIGINT');
    assert.equal(await dashboard.waitForExit(), 0, dashboard.stderr);
    assert.equal(existsSync(dirname(file)), false);
  });

  type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>> };

  /** Of the answer, its head: events have no end. `fetch` sends no other `Host`. */
  const get = (path: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(path, url.origin), { headers, agent: false }, (response) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
        response.destroy();
      });
      sent.once('error', reject).end();
    });
});

/** A process may be gone by now. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const kubeconfig = (server: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: USER_TOKEN } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
