/** Every command that a page names is pasted to a shell of another folder that knows nothing of the dashboard, and works there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { BROWSER } from '../../dev/parts/browser.mjs';
import { EXIT_CODES } from '../../src/base/exit-codes.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { BuiltPlayground } from '../playground/support/built-playground.ts';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { DashboardPage, printedAddress } from './support/dashboard-page.ts';

const SERVICES = ['shop/coupons', 'shop/web', 'shop/partners'];

type Ran = { readonly code: number | null; readonly text: string };

describe('commands of pages', { skip: skipWithoutBrowser() || skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let script: string;
  let playground: BuiltPlayground;
  let browser: Browser;
  const dashboards: Program[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-commands-'));
    script = await installProgram(folder);
    playground = new BuiltPlayground(script, folder);
    await playground.waitFor(/export KUBECONFIG=(\S+)/);
    browser = await chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    for (const one of dashboards) await one.stop();
    await playground?.program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In a shell that has nothing of the environment but the path. */
  function paste(command: string): Promise<Ran> {
    const parts = findKubernetesBinaries();
    const kubectl = parts.isAvailable ? dirname(parts.kubectl) : '';
    const env = { PATH: `${kubectl}:${process.env['PATH']}`, HOME: join(folder, 'home') };
    const shell = spawn('sh', { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    shell.stdin.end(`${command}\n`);
    return new Promise((resolve) => shell.once('close', (code) => resolve({ code, text })));
  }

  async function start(args: readonly string[]): Promise<DashboardPage> {
    const dashboard = new Program(script, ['dashboard', '--no-open', ...args], { TMPDIR: folder });
    dashboards.push(dashboard);
    const view = await DashboardPage.open(browser, await printedAddress(dashboard));
    await view.page.waitForSelector('h1');
    return view;
  }

  /** Of all pages, and of each Service. */
  async function namedCommands(view: DashboardPage): Promise<ReadonlySet<string>> {
    const places = [
      ...['overview', 'findings', 'pools', 'network', 'timeline'].map((page) => [page, ''] as const),
      ...SERVICES.map((service) => ['services', `?open=${service}`] as const),
    ];
    const commands = new Set<string>();
    for (const [page, query] of places) {
      await view.go(page, query);
      if (query !== '') await view.page.waitForSelector('.detail .command');
      for (const text of await view.page.locator('.command code').allTextContents()) commands.add(text);
    }
    return commands;
  }

  async function assertAllWork(view: DashboardPage): Promise<void> {
    const commands = await namedCommands(view);
    assert.ok(commands.size >= SERVICES.length, [...commands].join('\n'));
    for (const command of commands) {
      const { code, text } = await paste(command);
      assert.ok(code !== EXIT_CODES.failure && code !== EXIT_CODES.usage, `${command}: ${code} ${text}`);
      const service = /explain service (\S+)/.exec(command)?.[1];
      if (service !== undefined) assert.match(text, new RegExp(service), command);
    }
  }

  async function copied(view: DashboardPage, button: string): Promise<string> {
    await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await view.page.click(button);
    await view.page.waitForSelector('button:text("Copied")');
    return String(await view.page.evaluate('navigator.clipboard.readText()'));
  }

  it('lead to the cluster of the kubeconfig that was named', async () => {
    const view = await start(['--kubeconfig', await playground.waitFor(/export KUBECONFIG=(\S+)/)]);
    await assertAllWork(view);
  });

  it('lead to the playground from the page that it opens itself', async () => {
    const url = await playground.waitFor(/In your browser:\n\s+(\S+)/);
    const view = await DashboardPage.open(browser, url);
    await view.page.waitForSelector('h1');
    await assertAllWork(view);
  });

  it('lead to the files that are shown', async () => {
    const saved = join(folder, 'saved.yaml');
    writeFileSync(
      saved,
      await playground.kubectl(['get', 'services,ipaddresspools,namespaces,nodes', '-A', '-o', 'yaml']),
    );
    const view = await start(['-f', saved]);
    await assertAllWork(view);
    await view.go('plan', '?from=ipaddresspool/everyday');
    await eventually(async () => assert.match(await view.page.inputValue('textarea'), /192\.0\.2\.10-/));
    const { text } = await paste(await copied(view, 'text=Copy berth plan'));
    assert.match(text, /shop\/web|No address/i);
  });

  it('plan and apply the edit of the page in its cluster', async () => {
    const view = await start(['--kubeconfig', await playground.waitFor(/export KUBECONFIG=(\S+)/)]);
    await view.go('plan', '?from=ipaddresspool/everyday');
    const edit = view.page.locator('textarea');
    await eventually(async () => assert.match(await edit.inputValue(), /192\.0\.2\.10-/));
    await edit.fill((await edit.inputValue()).replace('192.0.2.10-', '192.0.2.11-'));
    const planned = await paste(await copied(view, 'text=Copy berth plan'));
    assert.equal(planned.code, EXIT_CODES.changes, planned.text);
    assert.match(planned.text, /shop\/web/);
    const applied = await paste(await copied(view, 'text=Copy kubectl apply'));
    assert.equal(applied.code, 0, applied.text);
    const stored = await playground.kubectl(['get', 'ipaddresspools', '-A', '-o', 'yaml']);
    assert.match(stored, /192\.0\.2\.11-/);
  });
});
