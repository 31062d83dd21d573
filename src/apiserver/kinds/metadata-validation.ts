/** Validates names, labels, annotations and finalizers (apimachinery/pkg/util/validation). */

import { type FieldError, forbiddenField, invalidValue, tooLong } from '../object/field-error.ts';
import { isObject, type JsonObject, metaOf, textAt } from '../object/value.ts';
import type { ServedResource } from './served-resource.ts';

export const SUBDOMAIN_CHARS_MAX = 253;
export const LABEL_CHARS_MAX = 63;
export const ANNOTATIONS_BYTES_MAX = 256 * 1024;

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

export const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1123_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_NAME_MESSAGE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** All errors of `name`; [] where it is valid. */
export function validateName(name: string, rule: ServedResource['nameRule']): readonly string[] {
  switch (rule) {
    case 'subdomain':
      return checkPattern(name, SUBDOMAIN, SUBDOMAIN_CHARS_MAX, SUBDOMAIN_MESSAGE);
    case 'label1123':
      return checkPattern(name, LABEL_1123, LABEL_CHARS_MAX, LABEL_1123_MESSAGE);
    case 'label1035':
      return checkPattern(name, LABEL_1035, LABEL_CHARS_MAX, LABEL_1035_MESSAGE);
    case 'path':
      if (name === '.' || name === '..') return [`may not be '${name}'`];
      return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
  }
}

function checkPattern(text: string, pattern: RegExp, charsMax: number, message: string): readonly string[] {
  return [
    ...(text.length > charsMax ? [`must be no more than ${charsMax} characters`] : []),
    ...(pattern.test(text) ? [] : [message]),
  ];
}

/** `example.com/name` or `name`. */
export function validateQualifiedName(text: string): readonly string[] {
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
      ...checkPattern(prefix, SUBDOMAIN, SUBDOMAIN_CHARS_MAX, SUBDOMAIN_MESSAGE).map(
        (message) => `prefix part ${message}`,
      ),
    );
  }
  if (name === '') problems.push('name part must be non-empty');
  if (name.length > LABEL_CHARS_MAX)
    problems.push(`name part must be no more than ${LABEL_CHARS_MAX} characters`);
  if (!QUALIFIED.test(name)) problems.push(QUALIFIED_NAME_MESSAGE);
  return problems;
}

export const validateLabelValue = (value: string): readonly string[] =>
  checkPattern(value, LABEL_VALUE, LABEL_CHARS_MAX, LABEL_VALUE_MESSAGE);

/** Errors in the metadata that all kinds share. */
export function validateObjectMeta(object: JsonObject, resource: ServedResource): readonly FieldError[] {
  const meta = metaOf(object);
  const name = textAt(meta, 'name');
  const errors = validateName(name, resource.nameRule).map((message) =>
    invalidValue('metadata.name', name, message),
  );
  const generate = textAt(meta, 'generateName');
  if (generate !== '') {
    const sample = generate.replace(/-+$/, 'a');
    errors.push(
      ...validateName(sample, resource.nameRule).map((message) =>
        invalidValue('metadata.generateName', generate, message),
      ),
    );
  }
  errors.push(...validateLabels(meta['labels'], 'metadata.labels'));
  errors.push(...validateAnnotations(meta));
  errors.push(...validateFinalizers(meta));
  return errors;
}

export function validateLabels(labels: unknown, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries((labels ?? {}) as Record<string, string>)) {
    errors.push(...validateQualifiedName(key).map((message) => invalidValue(field, key, message)));
    errors.push(...validateLabelValue(value).map((message) => invalidValue(field, value, message)));
  }
  return errors;
}

function validateAnnotations(meta: JsonObject): readonly FieldError[] {
  const annotations = meta['annotations'];
  if (!isObject(annotations)) return [];
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    errors.push(
      ...validateQualifiedName(key.toLowerCase()).map((message) =>
        invalidValue('metadata.annotations', key, message),
      ),
    );
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  return bytes > ANNOTATIONS_BYTES_MAX
    ? [...errors, tooLong('metadata.annotations', ANNOTATIONS_BYTES_MAX)]
    : errors;
}

function validateFinalizers(meta: JsonObject): readonly FieldError[] {
  const finalizers = meta['finalizers'];
  if (!Array.isArray(finalizers)) return [];
  return finalizers.flatMap((item) =>
    validateQualifiedName(String(item)).map((message) =>
      invalidValue('metadata.finalizers', String(item), message),
    ),
  );
}

/** While an object is being deleted, finalizers may be removed but not added. */
export function validateNoNewFinalizers(object: JsonObject, before: JsonObject): readonly FieldError[] {
  const finalizersOf = (from: JsonObject): readonly unknown[] => {
    const finalizers = metaOf(from)['finalizers'];
    return Array.isArray(finalizers) ? finalizers : [];
  };
  const added = finalizersOf(object).filter((item) => !finalizersOf(before).includes(item));
  if (added.length === 0 || metaOf(before)['deletionTimestamp'] === undefined) return [];
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((item) => JSON.stringify(item)).join(', ')}}`,
    ),
  ];
}
