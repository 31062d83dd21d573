/** Messages between the program and the thread of BFD. */
import type { Millis } from '../../base/clock.ts';
import type { BfdStateChange } from '../sessions.ts';
import type { BfdSessionSpec } from '../settings.ts';
import type { BfdStatus } from '../status.ts';

export type ToBfdThread =
  | { readonly kind: 'apply'; readonly specs: readonly BfdSessionSpec[] }
  | { readonly kind: 'stop' };

export type FromBfdThread =
  | { readonly kind: 'changed'; readonly change: BfdStateChange }
  /** Of all sessions; sent periodically, and after each `apply`. */
  | { readonly kind: 'statuses'; readonly statuses: readonly BfdStatus[] }
  | { readonly kind: 'stopped' };

/** Between two `statuses`, for the counters. */
export const STATUS_INTERVAL: Millis = 1000;
