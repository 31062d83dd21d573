/** The pages from an empty machine to a page: whether they were tried, what they install, and what `berth status` prints there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../dev/place.mjs';
import { isObject } from '../../src/base/json.ts';
import { commandsOf, pagesOf } from './support/markdown.ts';
import { readRecorded, statusOf } from './support/recorded-cluster.ts';

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const installPages = pagesOf(root).filter((page) => page.startsWith('docs/install/'));

const commands = pagesOf(root).flatMap((page) =>
  commandsOf(read(page)).map((command) => ({ page, command })),
);

describe('the pages of docs/install', () => {
  it('each say first whether they were tried', () => {
    for (const page of installPages.filter((one) => !one.endsWith('README.md')))
      assert.match(read(page), /^# .+\n\n\*(Tried|From (its|their) documentation)\*/, page);
  });

  it('are all in the list of the first one, with what they say of themselves', () => {
    const list = read('docs/install/README.md');
    for (const page of installPages.filter((one) => !one.endsWith('README.md'))) {
      const name = page.slice('docs/install/'.length);
      const [, mark = ''] = /\n\n\*(\w+)/.exec(read(page)) ?? [];
      const row = list.split('\n').find((line) => line.startsWith('| ') && line.includes(`(${name})`));
      assert.match(row ?? '', new RegExp(`\\| ${mark.toLowerCase()}[^|]*\\|$`), page);
    }
  });
});

describe('what berth status prints on the pages', () => {
  const shown = installPages.flatMap((page) =>
    [
      ...read(page).matchAll(/(?:<!-- recorded: ([\w-]+) -->\n)?```text\n(the cluster at [\s\S]*?)^```$/gm),
    ].map(([, name, output = '']) => ({ page, name, output })),
  );

  it('is all recorded, and all that was recorded is shown', () => {
    const recorded = readdirSync(join(root, 'test/docs/fixtures')).map((file) => file.replace('.json', ''));
    assert.deepEqual(shown.map(({ name }) => name).sort(), recorded.sort());
  });

  for (const { page, name, output } of shown)
    it(`${page}: the program prints it of the cluster ${name}`, async (test) => {
      const { out, err } = await statusOf(test, readRecorded(name ?? ''));
      assert.equal(err, '');
      assert.equal(out, output, `${page} is out of date: show there what the program prints`);
    });
});

describe('what the pages install', () => {
  const values: unknown = parse(read('charts/berth/values.yaml'));

  /** Whether the chart has a value at a path such as `controller.extraArgs`. */
  const hasValue = (path: string): boolean => {
    let here: unknown = values;
    for (const key of path.split('.')) {
      if (!isObject(here) || !Object.hasOwn(here, key)) return false;
      here = here[key];
    }
    return true;
  };

  it('sets values that the chart has', () => {
    const set = commands.flatMap(({ page, command }) =>
      [...command.matchAll(/--set '?([\w.]+)=(?:[^\s,]*)((?:,[\w.]+=[^\s,]*)*)/g)].flatMap(
        ([, first = '', more = '']) =>
          [first, ...[...more.matchAll(/,([\w.]+)=/g)].map(([, path = '']) => path)].map((path) => ({
            page,
            path,
          })),
      ),
    );
    assert.ok(set.length > 10);
    assert.deepEqual(
      set.filter(({ path }) => !hasValue(path)),
      [],
    );
  });

  it('sets modes that the chart has', () => {
    const modes: unknown = JSON.parse(read('charts/berth/values.schema.json')).properties.mode.enum;
    assert.ok(Array.isArray(modes) && modes.length > 0);
    for (const { page, command } of commands)
      for (const [, mode] of command.matchAll(/--set mode=([\w-]+)/g)) assert.ok(modes.includes(mode), page);
  });

  it('applies folders that are kustomizations', () => {
    for (const { page, command } of commands)
      for (const [, folder = ''] of command.matchAll(/-k (deploy\/[\w/-]+)/g))
        assert.ok(existsSync(join(root, folder, 'kustomization.yaml')), `${page}: ${folder}`);
  });

  it('names workloads that the manifests have', () => {
    const manifests = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => read(join('deploy', file)))
      .join('\n---\n');
    for (const { page, command } of commands)
      for (const [, kind = '', name] of command.matchAll(/\b(deployment|daemonset)\/(berth-\w+)/g)) {
        const workload = new RegExp(`^kind: ${kind}\\nmetadata:\\n {2}name: ${name}$`, 'im');
        assert.match(manifests, workload, `${page}: ${kind}/${name}`);
      }
  });
});
