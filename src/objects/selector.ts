/** Label selectors (`metav1.LabelSelector`): already parsed, so matching cannot fail. */

export type SelectorRequirement = {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
};

/** All requirements must hold; none at all matches everything. `matchLabels` become `In` with one value. */
export type LabelSelector = { readonly requirements: readonly SelectorRequirement[] };

export type Labels = Readonly<Record<string, string>>;

/** NotIn holds where the label is missing, as in `labels.Requirement.Matches` of apimachinery. */
function requirementMatches(requirement: SelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
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
