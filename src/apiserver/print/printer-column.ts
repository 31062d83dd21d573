/** A column of `kubectl get` (`meta.k8s.io/v1` TableColumnDefinition). */

import type { Millis } from '../../base/clock.ts';
import type { Json, JsonObject } from '../object/value.ts';

export type PrinterColumn = {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, a higher one with `-o wide` only. */
  readonly priority: number;
  /** The cell; `now` is wall time, for ages. */
  readonly cell: (object: JsonObject, now: Millis) => Json;
};
