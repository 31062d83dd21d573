/**
 * This file parses the field tables of Kubernetes' built-in types. One table serves the schemas (`kind-schema.ts`) and the
 * protobuf decoder (`wire/`).
 *
 * A line `Name: field=NUMBER:TYPE …` is a type, continued by indented lines. `...` is a member whose fields belong to
 * its parent in JSON. TYPE is a scalar, a type of the same package, `package.Type`, `[]TYPE` or `map:TYPE`; `*` marks
 * a pointer to a scalar, whose zero value is not the same as unset. `/set`, `/map(keys)`, `/merge(key)` and `/atomic` say
 * how it merges, `?TEXT` is its default, and `!` says that it is required.
 */

import { invariant } from '../../base/invariant.ts';
import { CORE_TYPES } from './core-types.ts';
import { OTHER_TYPES } from './other-types.ts';

export type FieldType =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  /** The qualified name of another type. */
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'list' | 'map'; readonly of: FieldType }
  /** A list that is a message with one field, `items`, in protobuf. */
  | { readonly kind: 'items'; readonly of: FieldType };

const SCALARS = ['string', 'int32', 'int64', 'bool', 'double', 'bytes'] as const;
/** Types with a JSON form of their own. */
const SPECIALS = [
  ...([
    'Time',
    'MicroTime',
    'Duration',
    'FieldsV1',
    'IntOrString',
    'Quantity',
    'RawExtension',
    'JSON',
  ] as const),
  ...(['JSONSchemaPropsOrBool', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrStringArray'] as const),
];
export type ScalarName = (typeof SCALARS)[number] | (typeof SPECIALS)[number];

export type TypeField = {
  /** The JSON name; null where the fields of the member belong to its parent. */
  readonly name: string | null;
  /** The field number in protobuf. */
  readonly number: number;
  readonly type: FieldType;
  /** A pointer to a scalar: its zero value differs from unset. */
  readonly isPointer: boolean;
  readonly isRequired: boolean;
  readonly isAtomic: boolean;
  readonly isSet: boolean;
  /** The keys of a list that is a map; [] for other lists. */
  readonly mapKeys: readonly string[];
  /** By what strategic merge patch merges a list: a key, '' for plain values; null where it replaces the list. */
  readonly mergeKey: string | null;
  /** Of a key of a list; null where it has none. */
  readonly default: string | null;
};

export type KubeType = {
  /** `core.ServiceSpec`. */
  readonly name: string;
  readonly isAtomic: boolean;
  readonly fields: readonly TypeField[];
};

/** The type of this qualified name, which the tables must have. */
export function kubeType(name: string): KubeType {
  const found = kubeTypes().get(name);
  invariant(found !== undefined, `the tables have the type ${name}`);
  return found;
}

let parsed: ReadonlyMap<string, KubeType> | null = null;

/** All types by qualified name; parsed on first use. */
export function kubeTypes(): ReadonlyMap<string, KubeType> {
  parsed ??= parseTables([CORE_TYPES, OTHER_TYPES]);
  return parsed;
}

function parseTables(tables: readonly string[]): ReadonlyMap<string, KubeType> {
  const types = new Map<string, KubeType>();
  let pack = '';
  const lines = tables.flatMap((table) => table.replaceAll(/\n +/g, ' ').split('\n'));
  for (const line of lines.filter((each) => each !== '')) {
    const [head = '', ...words] = line.split(' ');
    if (head === 'package') {
      pack = words[0] ?? '';
      continue;
    }
    const [, short, atomic] = /^(\w+)(\/atomic)?:$/.exec(head) ?? [];
    const name = `${pack}.${short}`;
    const fields = words.map((word) => parseField(word, pack));
    types.set(name, { name, isAtomic: atomic !== undefined, fields });
  }
  return types;
}

const FIELD =
  /^([^=]+)=(\d+):(\*)?([\w.:[\]]+?)(\/set)?(?:\/map\(([\w,]+)\))?(?:\/merge\((\w*)\))?(\/atomic)?(?:\?(\w+))?(!)?$/;

function parseField(word: string, pack: string): TypeField {
  const match = FIELD.exec(word);
  invariant(match !== null, `the table has a field where it has ${word}`);
  const [, name = '', number, pointer, type = '', set, keys, mergeKey, atomic, fallback, required] = match;
  return {
    name: name === '...' ? null : name,
    number: Number(number),
    type: parseType(type, pack),
    isPointer: pointer !== undefined,
    isRequired: required !== undefined,
    isAtomic: atomic !== undefined,
    isSet: set !== undefined,
    mapKeys: keys?.split(',') ?? [],
    mergeKey: mergeKey ?? null,
    default: fallback ?? null,
  };
}

function parseType(text: string, pack: string): FieldType {
  if (text.startsWith('[]')) return { kind: 'list', of: parseType(text.slice(2), pack) };
  if (text.startsWith('map:')) return { kind: 'map', of: parseType(text.slice(4), pack) };
  if (text.startsWith('items:')) return { kind: 'items', of: parseType(text.slice(6), pack) };
  const scalar = [...SCALARS, ...SPECIALS].find((each) => each === text);
  if (scalar !== undefined) return { kind: 'scalar', name: scalar };
  return { kind: 'type', name: text.includes('.') ? text : `${pack}.${text}` };
}
