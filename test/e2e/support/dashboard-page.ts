/** A page of the dashboard in a real browser, with what went wrong in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root } from '../../../dev/place.mjs';
import type { Program } from '../../controller/support/program.ts';
import { eventually, WAIT_LIMIT_MS } from '../../support/eventually.ts';

export const DASHBOARD_PAGES = [
  ...['overview', 'services', 'pools', 'network', 'plan', 'findings', 'timeline'],
] as const;
const SIZE = { width: 1280, height: 800 };
const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const SERIOUS =
  "axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))";

/** The address that a program has printed. */
export const printedAddress = (program: Program): Promise<string> =>
  eventually(() => {
    const found = /http:\S+token=\S+/.exec(program.text)?.[0];
    assert.ok(found, `${program.text}${program.stderr}`);
    return found;
  });

export class DashboardPage {
  readonly page: Page;
  /** Errors, warnings and dialogs. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(WAIT_LIMIT_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('dialog', (dialog) => {
      this.complaints.push('a script of the cluster ran');
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, url: string): Promise<DashboardPage> {
    const opened = new DashboardPage(await browser.newPage({ viewport: SIZE }));
    await opened.page.goto(url);
    return opened;
  }

  async go(name: string, query = ''): Promise<void> {
    await this.page.evaluate(`location.hash = '#/${name}${query}'`);
    await this.page.waitForSelector('h1');
  }

  async text(): Promise<string> {
    return (await this.page.textContent('main')) ?? '';
  }

  shows(wanted: RegExp): Promise<void> {
    return eventually(async () => assert.match(await this.text(), wanted));
  }

  /** Of axe, in both themes. */
  async assertAccessible(where: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.evaluate(AXE);
      assert.deepEqual(await this.page.evaluate(SERIOUS), [], `${where}, ${colorScheme}`);
    }
  }
}
