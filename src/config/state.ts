/**
 * The status of our ConfigurationState object: whether the configuration is what its owner meant.
 *
 * Names, reasons and the prefix are MetalLB's, for whoever watches them. One thing is not: a condition's
 * `lastTransitionTime` moves only with its `status`, as Kubernetes means it.
 */
import { formatRfc3339, type Millis } from '../base/clock.ts';
import type { Condition } from '../objects/condition.ts';

export type ConfigurationStatus = {
  readonly result: 'Valid' | 'Invalid' | 'Unknown';
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
};

const ERROR_PREFIX = 'configuration error: ';

/** `metav1.Condition`: the longest message the API server takes, in characters. */
export const CONDITION_MESSAGE_CHARS_MAX = 32_768;

/** What one writer has to say of the configuration. */
export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/** `before` are the conditions that stand on the object; those of other writers stay. */
export function configurationStatus(
  update: ConditionUpdate,
  before: readonly Condition[],
  wall: Millis,
): ConfigurationStatus {
  const previous = before.find(({ type }) => type === update.type);
  const condition: Condition = {
    ...update,
    lastTransitionTime:
      previous?.status === update.status ? previous.lastTransitionTime : formatRfc3339(wall),
  };
  const conditions =
    previous === undefined
      ? [...before, condition]
      : before.map((other) => (other.type === update.type ? condition : other));
  const summary = conditions
    .filter(({ status }) => status === 'False')
    .map(({ message }) => message)
    .join('\n');
  return { result: configurationResult(conditions), errorSummary: clipMessage(summary), conditions };
}

/** MetalLB: no conditions, Unknown; one that is False for a configuration error, Invalid; else Valid. */
export function configurationResult(conditions: readonly Condition[]): ConfigurationStatus['result'] {
  if (conditions.length === 0) return 'Unknown';
  const wrong = conditions.some(
    ({ status, reason }) => status === 'False' && reason === 'ConfigurationError',
  );
  return wrong ? 'Invalid' : 'Valid';
}

/** Nothing to complain of, or all of it, a line each. */
export function conditionUpdateFor(type: string, lines: readonly string[]): ConditionUpdate {
  if (lines.length === 0) return { type, status: 'True', reason: 'Reconciled', message: '' };
  const message = clipMessage(ERROR_PREFIX + lines.join('\n'));
  return { type, status: 'False', reason: 'ConfigurationError', message };
}

function clipMessage(text: string): string {
  return text.length <= CONDITION_MESSAGE_CHARS_MAX
    ? text
    : `${text.slice(0, CONDITION_MESSAGE_CHARS_MAX - 1)}…`;
}
