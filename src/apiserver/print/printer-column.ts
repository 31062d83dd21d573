/** A column of `kubectl get`, as the Table answer describes it. */

import type { Millis } from '../../base/clock.ts';
import type { Json, JsonObject } from '../value.ts';

export type PrinterColumn = {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, anything higher only with `-o wide`. */
  readonly priority: number;
  /** The cell; `now` is wall time, for ages. */
  readonly cell: (object: JsonObject, now: Millis) => Json;
};
