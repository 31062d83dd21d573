/**
 * The status of Berth's ConfigurationState object: whether the configuration is valid.
 *
 * Names, reasons and the prefix are MetalLB's, since tools match them. One thing differs: a condition's
 * `lastTransitionTime` changes only with its `status`, by the API conventions of Kubernetes.
 */
import type { Millis } from '../base/clock.ts';
import { type Condition, conditionSince } from '../objects/condition.ts';

export type ConfigurationStatus = {
  readonly result: 'Valid' | 'Invalid' | 'Unknown';
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
};

const ERROR_PREFIX = 'configuration error: ';

/** Limit of the message of a `metav1.Condition`, in characters. */
export const CONDITION_MESSAGE_CHARS_MAX = 32_768;

/** The condition of one writer, without its time. */
export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/** `before` are the conditions in the object; those of other writers are kept. */
export function configurationStatus(
  update: ConditionUpdate,
  before: readonly Condition[],
  wall: Millis,
): ConfigurationStatus {
  const previous = before.find(({ type }) => type === update.type);
  const condition = conditionSince(previous, update, wall);
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

/** MetalLB: Unknown without conditions; Invalid if one is False with the reason ConfigurationError; else Valid. */
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
