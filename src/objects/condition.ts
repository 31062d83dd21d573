/** Status conditions (`metav1.Condition`). */
import { formatRfc3339, type Millis } from '../base/clock.ts';
import { fieldsOf, listOf, textOf } from '../base/json.ts';

/** Those fields of a condition that are read and written here. */
export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, whole seconds; changes only when `status` does (Kubernetes API conventions). */
  readonly lastTransitionTime: string;
};

/** What a condition says, without its type and time; `R` are the reasons that it may have. */
export type ConditionValue<R extends string = string> = Pick<Condition, 'status' | 'message'> & {
  readonly reason: R;
};

/** A status that is neither True nor False is Unknown. */
export function decodeCondition(raw: unknown): Condition {
  const { type, status, reason, message, lastTransitionTime } = fieldsOf(raw);
  return {
    type: textOf(type),
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: textOf(reason),
    message: textOf(message),
    lastTransitionTime: textOf(lastTransitionTime),
  };
}

/** `value` is `status.conditions` of an object. */
export const decodeConditions = (value: unknown): readonly Condition[] => listOf(value).map(decodeCondition);

/** The status of the condition of this type; null where the object has none. */
export const conditionStatus = (conditions: readonly Condition[], type: string): Condition['status'] | null =>
  conditions.find((one) => one.type === type)?.status ?? null;

/** Whether two conditions differ in nothing but their time. */
export const sameCondition = (a: Condition, b: Condition): boolean =>
  a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;

/** The condition as it is written now: it has the time of the one before, unless that differs in its status or has none. */
export function conditionSince(
  before: Condition | undefined,
  after: Omit<Condition, 'lastTransitionTime'>,
  wall: Millis,
): Condition {
  const isSame = before?.status === after.status && before.lastTransitionTime !== '';
  return { ...after, lastTransitionTime: isSame ? before.lastTransitionTime : formatRfc3339(wall) };
}
