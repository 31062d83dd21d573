/** Label selectors as people write them (`metav1.LabelSelector`), read into selectors that cannot fail. */

import { compareText } from '../base/text.ts';
import type { LabelSelector, Requirement } from '../cluster/selector.ts';
import { type ConfigIssue, shownText } from './issue.ts';
import type { ObjectReader } from './reader.ts';

/** A label's name and its value, without the key's prefix. Kubernetes, "Labels and Selectors: syntax". */
const LABEL_NAME_CHARS_MAX = 63;
const LABEL_PREFIX_CHARS_MAX = 253;
const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const OPERATORS: readonly Requirement['operator'][] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export type SelectorKeys = { readonly labels: string; readonly expressions: string };
const SELECTOR_KEYS: SelectorKeys = { labels: 'matchLabels', expressions: 'matchExpressions' };
/** As the old ConfigMap spells them. */
export const LEGACY_SELECTOR_KEYS: SelectorKeys = {
  labels: 'match-labels',
  expressions: 'match-expressions',
};

/** Reads one selector object; what is wrong with it goes to `issues`, and that requirement is left out. */
export function readSelector(
  reader: ObjectReader,
  issues: ConfigIssue[],
  keys: SelectorKeys = SELECTOR_KEYS,
): LabelSelector {
  const requirements: Requirement[] = [];
  for (const { key, value, path } of reader.stringMap(keys.labels)) {
    const wrong = keyFault(key) ?? valueFault(value);
    if (wrong === null) requirements.push({ key, operator: 'In', values: [value] });
    else issues.push({ path, message: wrong });
  }
  for (const expression of reader.objects(keys.expressions)) {
    const requirement = readRequirement(expression, issues);
    if (requirement !== null) requirements.push(requirement);
  }
  reader.end();
  return { requirements };
}

/** A list of selectors, of which no two may say the same. */
export function readSelectors(reader: ObjectReader, field: string, issues: ConfigIssue[]): LabelSelector[] {
  const seen = new Map<string, string>();
  return reader.objects(field).map((item) => {
    const selector = readSelector(item, issues);
    const says = canonicalText(selector);
    const earlier = seen.get(says);
    if (earlier === undefined) seen.set(says, item.path);
    else issues.push({ path: item.path, message: `says the same as ${earlier}` });
    return selector;
  });
}

function readRequirement(reader: ObjectReader, issues: ConfigIssue[]): Requirement | null {
  const complaintsBefore = issues.length;
  const key = reader.requiredString('key');
  const name = reader.requiredString('operator');
  const items = reader.strings('values');
  reader.end();
  const keyWrong = key === undefined ? null : keyFault(key);
  if (keyWrong !== null) reader.complain('key', keyWrong);
  for (const { path, value } of items) {
    const wrong = valueFault(value);
    if (wrong !== null) issues.push({ path, message: wrong });
  }
  const operator = OPERATORS.find((known) => known === name);
  if (name !== undefined && operator === undefined) {
    reader.complain('operator', `must be one of ${OPERATORS.join(', ')}, not ${shownText(name)}`);
  }
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (operator !== undefined && wantsValues && items.length === 0) {
    reader.complain('values', `needs at least one value for the operator ${operator}`);
  }
  if (operator !== undefined && !wantsValues && items.length > 0) {
    reader.complain('values', `must be empty for the operator ${operator}`);
  }
  if (key === undefined || operator === undefined || issues.length > complaintsBefore) return null;
  return { key, operator, values: items.map(({ value }) => value) };
}

/** The end of a sentence about a label's key, or null where it may stand. */
function keyFault(key: string): string | null {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const good =
    name.length <= LABEL_NAME_CHARS_MAX &&
    LABEL_NAME.test(name) &&
    (prefix === null || (prefix.length <= LABEL_PREFIX_CHARS_MAX && LABEL_PREFIX.test(prefix)));
  return good ? null : `${shownText(key)} cannot be the key of a label`;
}

function valueFault(value: string): string | null {
  const good = value === '' || (value.length <= LABEL_NAME_CHARS_MAX && LABEL_NAME.test(value));
  return good ? null : `${shownText(value)} cannot be the value of a label`;
}

/** One text for all ways to write the same selector: the order of requirements and values says nothing. */
function canonicalText({ requirements }: LabelSelector): string {
  return requirements
    .map(({ key, operator, values }) =>
      JSON.stringify([key, operator, [...new Set(values)].sort(compareText)]),
    )
    .sort(compareText)
    .join();
}
