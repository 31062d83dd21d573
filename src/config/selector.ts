/** Reads label selectors (`metav1.LabelSelector`) into validated ones, whose matching cannot fail. */

import { compareText } from '../base/text.ts';
import type { LabelSelector, SelectorRequirement } from '../objects/selector.ts';
import { type ConfigIssue, quoteText } from './issue.ts';
import type { ObjectReader } from './object-reader.ts';

/** Limit of a label's name, without the prefix of its key, and of its value (Kubernetes, "Labels and Selectors"). */
const LABEL_NAME_CHARS_MAX = 63;
const LABEL_PREFIX_CHARS_MAX = 253;
const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const OPERATORS: readonly SelectorRequirement['operator'][] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export type SelectorFieldNames = { readonly labels: string; readonly expressions: string };
const SELECTOR_FIELDS: SelectorFieldNames = { labels: 'matchLabels', expressions: 'matchExpressions' };
/** The spelling in the old ConfigMap. */
export const LEGACY_SELECTOR_FIELDS: SelectorFieldNames = {
  labels: 'match-labels',
  expressions: 'match-expressions',
};

/** A selector as it is written: labels and expressions apart. */
type WrittenSelector = {
  readonly labels: readonly SelectorRequirement[];
  readonly expressions: readonly WrittenExpression[];
};

type WrittenExpression = SelectorRequirement & { readonly path: string };

/** Reads one selector. An invalid requirement is left out and reported in `issues`. */
export const readLabelSelector = (
  reader: ObjectReader,
  issues: ConfigIssue[],
  keys: SelectorFieldNames = SELECTOR_FIELDS,
): LabelSelector => toLabelSelector(readWritten(reader, issues, keys));

const toLabelSelector = ({ labels, expressions }: WrittenSelector): LabelSelector => ({
  requirements: [...labels, ...expressions.map(({ key, operator, values }) => ({ key, operator, values }))],
});

function readWritten(
  reader: ObjectReader,
  issues: ConfigIssue[],
  keys: SelectorFieldNames = SELECTOR_FIELDS,
): WrittenSelector {
  const labels: SelectorRequirement[] = [];
  for (const { key, value, path } of reader.stringMap(keys.labels)) {
    const wrong = labelKeyError(key) ?? labelValueError(value);
    if (wrong === null) labels.push({ key, operator: 'In', values: [value] });
    else issues.push({ path, message: wrong });
  }
  const expressions = reader.objects(keys.expressions).flatMap((expression): WrittenExpression[] => {
    const requirement = readRequirement(expression, issues);
    return requirement === null ? [] : [{ ...requirement, path: expression.path }];
  });
  reader.rejectUnknownFields();
  return { labels, expressions };
}

/**
 * Reads a list of selectors. As in MetalLB, nothing may be written twice: a selector in the list, an expression in a
 * selector, a value in an expression. The same meaning in other words is allowed.
 */
export function readLabelSelectors(
  reader: ObjectReader,
  field: string,
  issues: ConfigIssue[],
): LabelSelector[] {
  const seen = new Map<string, string>();
  return reader.objects(field).map((item) => {
    const selector = readWritten(item, issues);
    rejectRepeated(seen, writtenText(selector), item.path, issues);
    const expressions = new Map<string, string>();
    for (const one of selector.expressions) {
      rejectRepeated(expressions, expressionText(one), one.path, issues);
      rejectRepeatedValues(one, issues);
    }
    return toLabelSelector(selector);
  });
}

/** `seen` are the texts of before, with their paths. */
function rejectRepeated(seen: Map<string, string>, text: string, path: string, issues: ConfigIssue[]): void {
  const earlier = seen.get(text);
  if (earlier === undefined) seen.set(text, path);
  else issues.push({ path, message: `says the same as ${earlier}` });
}

function rejectRepeatedValues({ values, path }: WrittenExpression, issues: ConfigIssue[]): void {
  for (const [index, value] of values.entries()) {
    if (values.indexOf(value) < index)
      issues.push({ path: `${path}.values[${index}]`, message: `${quoteText(value)} is listed twice` });
  }
}

function readRequirement(reader: ObjectReader, issues: ConfigIssue[]): SelectorRequirement | null {
  const issuesBefore = issues.length;
  const key = reader.requiredString('key');
  const name = reader.requiredString('operator');
  const items = reader.strings('values');
  reader.rejectUnknownFields();
  const keyWrong = key === undefined ? null : labelKeyError(key);
  if (keyWrong !== null) reader.addIssue('key', keyWrong);
  for (const { path, value } of items) {
    const wrong = labelValueError(value);
    if (wrong !== null) issues.push({ path, message: wrong });
  }
  const operator = OPERATORS.find((known) => known === name);
  if (name !== undefined && operator === undefined) {
    reader.addIssue('operator', `must be one of ${OPERATORS.join(', ')}, not ${quoteText(name)}`);
  }
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (operator !== undefined && needsValues && items.length === 0) {
    reader.addIssue('values', `needs at least one value for the operator ${operator}`);
  }
  if (operator !== undefined && !needsValues && items.length > 0) {
    reader.addIssue('values', `must be empty for the operator ${operator}`);
  }
  if (key === undefined || operator === undefined || issues.length > issuesBefore) return null;
  return { key, operator, values: items.map(({ value }) => value) };
}

/** The end of a sentence about an invalid label key; null for a valid one. */
function labelKeyError(key: string): string | null {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const good =
    name.length <= LABEL_NAME_CHARS_MAX &&
    LABEL_NAME.test(name) &&
    (prefix === null || (prefix.length <= LABEL_PREFIX_CHARS_MAX && LABEL_PREFIX.test(prefix)));
  return good ? null : `${quoteText(key)} cannot be the key of a label`;
}

function labelValueError(value: string): string | null {
  const good = value === '' || (value.length <= LABEL_NAME_CHARS_MAX && LABEL_NAME.test(value));
  return good ? null : `${quoteText(value)} cannot be the value of a label`;
}

/** The order of labels, and of values, has no meaning. */
const writtenText = ({ labels, expressions }: WrittenSelector): string =>
  JSON.stringify([labels.map(expressionText).sort(compareText), expressions.map(expressionText)]);

const expressionText = ({ key, operator, values }: SelectorRequirement): string =>
  JSON.stringify([key, operator, values.toSorted(compareText)]);
