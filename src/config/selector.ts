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

/** Reads one selector. An invalid requirement is left out and reported in `issues`. */
export function readLabelSelector(
  reader: ObjectReader,
  issues: ConfigIssue[],
  keys: SelectorFieldNames = SELECTOR_FIELDS,
): LabelSelector {
  const requirements: SelectorRequirement[] = [];
  for (const { key, value, path } of reader.stringMap(keys.labels)) {
    const wrong = labelKeyError(key) ?? labelValueError(value);
    if (wrong === null) requirements.push({ key, operator: 'In', values: [value] });
    else issues.push({ path, message: wrong });
  }
  for (const expression of reader.objects(keys.expressions)) {
    const requirement = readRequirement(expression, issues);
    if (requirement !== null) requirements.push(requirement);
  }
  reader.rejectUnknownFields();
  return { requirements };
}

/** Reads a list of selectors; two equal ones are an issue. */
export function readLabelSelectors(
  reader: ObjectReader,
  field: string,
  issues: ConfigIssue[],
): LabelSelector[] {
  const seen = new Map<string, string>();
  return reader.objects(field).map((item) => {
    const selector = readLabelSelector(item, issues);
    const canonical = canonicalText(selector);
    const earlier = seen.get(canonical);
    if (earlier === undefined) seen.set(canonical, item.path);
    else issues.push({ path: item.path, message: `says the same as ${earlier}` });
    return selector;
  });
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

/** The same text for equal selectors: the order of requirements and of values has no meaning. */
function canonicalText({ requirements }: LabelSelector): string {
  return requirements
    .map(({ key, operator, values }) =>
      JSON.stringify([key, operator, [...new Set(values)].sort(compareText)]),
    )
    .sort(compareText)
    .join();
}
