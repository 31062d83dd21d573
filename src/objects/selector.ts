/** Label selectors (`metav1.LabelSelector`): already parsed, so matching cannot fail. */
import { ownValue } from '../base/own-value.ts';

export type SelectorRequirement = {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
};

/** All requirements must hold; none at all matches everything. `matchLabels` become `In` with one value. */
export type LabelSelector = { readonly requirements: readonly SelectorRequirement[] };

export type Labels = Readonly<Record<string, string>>;

/** Characters of all labels of a Service or Namespace together, keys and values; hand-written ones have some hundred. */
export const LABELS_CHARS_MAX = 8192;

/** No label of Kubernetes has such a key. */
const OVERSIZED_KEY = '(too many labels)';

/** Stands for more labels than `LABELS_CHARS_MAX`. It matches no requirement: one may exclude what was not kept. */
export const OVERSIZED_LABELS: Labels = Object.freeze({ [OVERSIZED_KEY]: '' });

export const areOversized = (labels: Labels): boolean => Object.hasOwn(labels, OVERSIZED_KEY);

/** `labels`, or `OVERSIZED_LABELS` for too many. Their owners may be tenants, who may write a megabyte of them. */
export function limitLabels(labels: Labels): Labels {
  let chars = 0;
  for (const [key, value] of Object.entries(labels)) chars += key.length + value.length;
  return chars > LABELS_CHARS_MAX ? OVERSIZED_LABELS : labels;
}

/** NotIn holds where the label is missing, as in `labels.Requirement.Matches` of apimachinery. */
function requirementMatches(requirement: SelectorRequirement, labels: Labels): boolean {
  if (areOversized(labels)) return false;
  const value = ownValue(labels, requirement.key);
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

export const selectorMatches = (selector: LabelSelector, labels: Labels): boolean =>
  selector.requirements.every((requirement) => requirementMatches(requirement, labels));

/** One line in kubectl's notation, for sentences: `app=web,tier in (a,b),!legacy`. */
export function formatSelector(selector: LabelSelector): string {
  if (selector.requirements.length === 0) return 'everything';
  return selector.requirements.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: SelectorRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
