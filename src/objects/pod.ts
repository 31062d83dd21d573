/** Pods. */
import { type Raw, textOf } from '../base/json.ts';
import { conditionStatus, decodeConditions } from './condition.ts';
import { nameOf, specOf, statusOf } from './metadata.ts';

export type Pod = {
  readonly name: string;
  /** '' until the Pod is scheduled. */
  readonly node: string;
  /** `Pending`, `Running`, …; '' where the status is missing. */
  readonly phase: string;
  /** The condition Ready is True. */
  readonly isReady: boolean;
};

export function decodePod(raw: Raw): Pod {
  const status = statusOf(raw);
  return {
    name: nameOf(raw),
    node: textOf(specOf(raw)['nodeName']),
    phase: textOf(status['phase']),
    isReady: conditionStatus(decodeConditions(status['conditions']), 'Ready') === 'True',
  };
}
