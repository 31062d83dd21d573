/** The table of MetalLB's features has every field of its kinds, and says nothing that the code does not do. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../dev/place.mjs';
import type { FlagTable } from '../../src/base/flags.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../src/base/json.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from '../../src/controller/flags.ts';
import { METRICS } from '../../src/observe/metric-definitions.ts';
import { IGNORED_SPEAKER_FLAGS, SPEAKER_FLAGS } from '../../src/speaker/flags.ts';

const PAGE = 'docs/metallb-features.md';
const WORDS = ['same', 'more', 'different', 'no effect', 'refused', 'not there'];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Row = { readonly what: string; readonly here: string; readonly how: string };

const rows: readonly Row[] = read(PAGE)
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && cells[1] !== 'MetalLB')
  .map(([, what = '', here = '', how = '']) => ({ what, here, how }));

/** Code spans of a cell. */
const codesOf = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** Rows whose first cell begins with `prefix`, by the first code after it. */
const rowsOf = (prefix: string): ReadonlyMap<string, Row> =>
  new Map(
    rows
      .filter(({ what }) => what.startsWith(`${prefix} \``))
      .map((row) => [codesOf(row.what)[0] ?? '', row] as const),
  );

const isSelector = (schema: Raw): boolean => fieldsOf(schema['properties'])['matchLabels'] !== undefined;

/** The paths of all fields of a schema; a label selector is one field. */
function fieldPaths(schema: Raw, prefix = ''): readonly string[] {
  return Object.entries(fieldsOf(schema['properties'])).flatMap(([name, value]) => {
    if (prefix === '' && ['apiVersion', 'kind', 'metadata'].includes(name)) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const inner = [fieldsOf(value), fieldsOf(fieldsOf(value)['items'])];
    return [path, ...(inner.some(isSelector) ? [] : inner.flatMap((one) => fieldPaths(one, path)))];
  });
}

/** `KIND FIELD` of every kind of metallb.io, of all versions. */
function metallbFields(): ReadonlySet<string> {
  const definitions = readdirSync(join(root, 'deploy/crds'))
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .map((file) => fieldsOf(fieldsOf(parse(read(join('deploy/crds', file))))['spec']))
    .filter((spec) => spec['group'] === 'metallb.io');
  return new Set(
    definitions.flatMap((spec) => {
      const kind = textOf(fieldsOf(spec['names'])['kind']);
      const schemas = listOf(spec['versions']).map((version) =>
        fieldsOf(fieldsOf(fieldsOf(version)['schema'])['openAPIV3Schema']),
      );
      return [kind, ...schemas.flatMap((schema) => fieldPaths(schema).map((path) => `${kind} ${path}`))];
    }),
  );
}

describe("the table of MetalLB's features", () => {
  it('uses the words that it explains, and explains what is different', () => {
    assert.ok(rows.length > 200);
    for (const { what, here, how } of rows) {
      assert.ok(WORDS.includes(here), `${what}: ${here}`);
      if (['different', 'refused', 'not there'].includes(here)) assert.notEqual(how, '', what);
    }
  });

  it('has each row once', () => {
    const names = rows.map(({ what }) => what);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it('has every kind and field of the CRDs, and no other', () => {
    const fields = metallbFields();
    const kinds = [...fields].filter((field) => !field.includes(' '));
    const listed = rows
      .filter(({ what }) => kinds.some((kind) => new RegExp(`^\`${kind}\`( \`[\\w.]+\`)?$`).test(what)))
      .map(({ what }) => codesOf(what).join(' '));
    assert.deepEqual(listed.sort(), [...fields].sort());
  });

  it('says of what is refused a sentence that the code prints', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(join('src', file)))
      .join('\n');
    const refused = rows.filter(({ here }) => here === 'refused');
    assert.ok(refused.length > 2);
    for (const { what, how } of refused) {
      const [, sentence = ''] = /^`([^`]{10,})`/.exec(how) ?? [];
      assert.ok(sentence !== '' && sources.includes(sentence), `${what}: no code prints: ${sentence}`);
    }
  });

  const programs: readonly (readonly [name: string, own: FlagTable, ignored: FlagTable])[] = [
    ['controller', CONTROLLER_FLAGS, IGNORED_FLAGS],
    ['speaker', SPEAKER_FLAGS, IGNORED_SPEAKER_FLAGS],
  ];
  for (const [name, own, ignored] of programs)
    it(`says of each flag of the ${name} whether it has an effect`, () => {
      const listed = rowsOf(name);
      for (const [flag, { here }] of listed) {
        const table = here === 'no effect' ? ignored : own;
        assert.ok(Object.hasOwn(table, flag.slice(2)), `${name} ${flag}: ${here}`);
      }
      assert.deepEqual(
        Object.keys(ignored).filter((flag) => !listed.has(`--${flag}`)),
        [],
      );
    });

  it('says of each environment variable whether it is read', () => {
    const environmentOf = (table: FlagTable): readonly string[] =>
      Object.values(table).flatMap(({ environment }) => (environment === undefined ? [] : [environment]));
    const own = new Set(programs.flatMap(([, table]) => environmentOf(table)));
    const ignored = new Set(programs.flatMap(([, , table]) => environmentOf(table)));
    const variables = rows.filter(({ what }) => /^`(METALLB|FRRK8S|FRR)_/.test(what));
    assert.ok(variables.length > 10);
    for (const { what, here } of variables)
      for (const variable of codesOf(what)) {
        if (here === 'not there') assert.ok(!own.has(variable) && !ignored.has(variable), what);
        else assert.ok((here === 'no effect' ? ignored : own).has(variable), `${what}: ${here}`);
      }
    const listed = new Set(variables.flatMap(({ what }) => codesOf(what)));
    assert.deepEqual(
      [...own, ...ignored].filter((variable) => !variable.startsWith('KUBE') && !listed.has(variable)),
      [],
    );
  });

  it("has every metric that has MetalLB's name", () => {
    const own = Object.keys(METRICS).filter((name) => name.startsWith('metallb_'));
    assert.deepEqual([...rowsOf('metric').keys()].sort(), own.sort());
  });

  it('names events that the programs send', () => {
    const listed = new Set(
      [...read('docs/events.md').matchAll(/^\| `([^`]+)`/gm)].map(([, reason]) => reason),
    );
    const events = rowsOf('event');
    assert.ok(events.size > 5);
    for (const [reason, { here }] of events)
      assert.ok(listed.has(reason) === (here !== 'not there'), `${reason}: ${here}`);
  });
});
