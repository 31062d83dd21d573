/** What names, labels and annotations may look like (apimachinery/pkg/util/validation). */

import { type FieldError, prohibited, tooLong, wrong } from '../fielderror.ts';
import { isObject, type JsonObject, metaOf, textAt } from '../value.ts';
import type { Resource } from './resource.ts';

export const SUBDOMAIN_CHARS_MAX = 253;
export const LABEL_CHARS_MAX = 63;
export const ANNOTATIONS_BYTES_MAX = 256 * 1024;

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

export const SAYS_SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const SAYS_1123 =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SAYS_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SAYS_QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const SAYS_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Every sentence against `name`; [] means it may be used. */
export function nameProblems(name: string, rule: Resource['nameRule']): readonly string[] {
  switch (rule) {
    case 'subdomain':
      return against(name, SUBDOMAIN, SUBDOMAIN_CHARS_MAX, SAYS_SUBDOMAIN);
    case 'label1123':
      return against(name, LABEL_1123, LABEL_CHARS_MAX, SAYS_1123);
    case 'label1035':
      return against(name, LABEL_1035, LABEL_CHARS_MAX, SAYS_1035);
    case 'path':
      if (name === '.' || name === '..') return [`may not be '${name}'`];
      return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
  }
}

function against(text: string, pattern: RegExp, charsMax: number, says: string): readonly string[] {
  return [
    ...(text.length > charsMax ? [`must be no more than ${charsMax} characters`] : []),
    ...(pattern.test(text) ? [] : [says]),
  ];
}

/** `example.com/name` or `name`. */
export function qualifiedNameProblems(text: string): readonly string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return [
      'a qualified name must consist of a name and an optional DNS subdomain prefix with a / between them',
    ];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : null;
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== null) {
    problems.push(
      ...against(prefix, SUBDOMAIN, SUBDOMAIN_CHARS_MAX, SAYS_SUBDOMAIN).map((says) => `prefix part ${says}`),
    );
  }
  if (name === '') problems.push('name part must be non-empty');
  if (name.length > LABEL_CHARS_MAX)
    problems.push(`name part must be no more than ${LABEL_CHARS_MAX} characters`);
  if (!QUALIFIED.test(name)) problems.push(SAYS_QUALIFIED);
  return problems;
}

export const labelValueProblems = (value: string): readonly string[] =>
  against(value, LABEL_VALUE, LABEL_CHARS_MAX, SAYS_VALUE);

/** Complaints about metadata that every kind shares. */
export function metaProblems(object: JsonObject, of: Resource): readonly FieldError[] {
  const meta = metaOf(object);
  const name = textAt(meta, 'name');
  const errors = nameProblems(name, of.nameRule).map((says) => wrong('metadata.name', name, says));
  const generate = textAt(meta, 'generateName');
  if (generate !== '') {
    const sample = generate.replace(/-+$/, 'a');
    errors.push(
      ...nameProblems(sample, of.nameRule).map((says) => wrong('metadata.generateName', generate, says)),
    );
  }
  errors.push(...labelProblems(meta['labels'], 'metadata.labels'));
  errors.push(...annotationProblems(meta));
  errors.push(...finalizerProblems(meta));
  return errors;
}

export function labelProblems(labels: unknown, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries((labels ?? {}) as Record<string, string>)) {
    errors.push(...qualifiedNameProblems(key).map((says) => wrong(at, key, says)));
    errors.push(...labelValueProblems(value).map((says) => wrong(at, value, says)));
  }
  return errors;
}

function annotationProblems(meta: JsonObject): readonly FieldError[] {
  const annotations = meta['annotations'];
  if (!isObject(annotations)) return [];
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    errors.push(
      ...qualifiedNameProblems(key.toLowerCase()).map((says) => wrong('metadata.annotations', key, says)),
    );
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  return bytes > ANNOTATIONS_BYTES_MAX
    ? [...errors, tooLong('metadata.annotations', ANNOTATIONS_BYTES_MAX)]
    : errors;
}

function finalizerProblems(meta: JsonObject): readonly FieldError[] {
  const finalizers = meta['finalizers'];
  if (!Array.isArray(finalizers)) return [];
  return finalizers.flatMap((item) =>
    qualifiedNameProblems(String(item)).map((says) => wrong('metadata.finalizers', String(item), says)),
  );
}

/** Once an object is being deleted, finalizers may go and none may come. */
export function finalizerAdditions(object: JsonObject, before: JsonObject): readonly FieldError[] {
  const list = (of: JsonObject): readonly unknown[] => {
    const held = metaOf(of)['finalizers'];
    return Array.isArray(held) ? held : [];
  };
  const added = list(object).filter((item) => !list(before).includes(item));
  if (added.length === 0 || metaOf(before)['deletionTimestamp'] === undefined) return [];
  return [
    prohibited(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((item) => JSON.stringify(item)).join(', ')}}`,
    ),
  ];
}
