/** What `kubectl explain` shows of the CRDs: each field has a description in short sentences, with its limits. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf, listOf } from '../../src/base/json.ts';
import { CRDS } from '../support/crds.ts';

const WORDS_MAX = 25;
/** Words of the code's former dialect, and verbs that make programs persons. */
const PERSONIFIED = /\b(told|tell|tells|talk|talks|hear|heard|asks?|asked|looked at|wish|word)\b/i;

type Field = { readonly path: string; readonly schema: Readonly<Record<string, unknown>> };

function* fieldsBelow(schema: Readonly<Record<string, unknown>>, path: string): Iterable<Field> {
  yield { path, schema };
  for (const [name, child] of Object.entries(fieldsOf(schema['properties'])))
    if (name !== 'metadata') yield* fieldsBelow(fieldsOf(child), `${path}.${name}`);
  const items = fieldsOf(schema['items']);
  if (items['type'] === 'object') yield* fieldsBelow(items, `${path}[]`);
}

const fields: readonly Field[] = CRDS.flatMap((crd) => {
  const spec = fieldsOf(fieldsOf(crd)['spec']);
  const plural = String(fieldsOf(spec['names'])['plural']);
  return listOf(spec['versions']).flatMap((raw) => {
    const version = fieldsOf(raw);
    const schema = fieldsOf(fieldsOf(version['schema'])['openAPIV3Schema']);
    return [...fieldsBelow(schema, `${plural}/${version['name']}`)];
  });
});

const textOf = ({ schema }: Field): string => String(schema['description'] ?? '');

/** Numbers of a schema that the text must name; the bounds of an int64 and the unset 0 are no limits for people. */
const limitsOf = ({ schema }: Field): readonly number[] =>
  ['minimum', 'maximum', 'default'].flatMap((key) => {
    const value = schema[key];
    return typeof value === 'number' && value !== 0 ? [value] : [];
  });

describe('the descriptions of the CRDs', () => {
  it('exist for every field, as whole sentences', () => {
    assert.ok(fields.length > 150, `${fields.length} fields`);
    assert.deepEqual(
      fields.filter((field) => !/^[A-Z].*\.$/.test(textOf(field))).map(({ path }) => path),
      [],
    );
  });

  it('have short sentences', () => {
    const long = fields.flatMap((field) =>
      textOf(field)
        .split(/(?<=[.:;]) /)
        .filter((sentence) => sentence.split(' ').length > WORDS_MAX)
        .map((sentence) => `${field.path}: ${sentence}`),
    );
    assert.deepEqual(long, []);
  });

  it('name the limits and the default of the schema', () => {
    const silent = fields.flatMap((field) =>
      limitsOf(field)
        .filter((limit) => !textOf(field).includes(String(limit)))
        .map((limit) => `${field.path}: ${limit}`),
    );
    assert.deepEqual(silent, []);
    const defaults = fields.filter(({ schema }) => schema['default'] !== undefined);
    assert.deepEqual(
      defaults.filter((field) => !textOf(field).includes('default')).map(({ path }) => path),
      [],
    );
  });

  it('name every value of an enumeration', () => {
    const silent = fields.flatMap((field) =>
      listOf(field.schema['enum']).filter((value) => !textOf(field).includes(String(value))),
    );
    assert.deepEqual(silent, []);
  });

  it('do not personify programs', () => {
    assert.deepEqual(
      fields.filter((field) => PERSONIFIED.test(textOf(field))).map((field) => textOf(field)),
      [],
    );
  });
});
