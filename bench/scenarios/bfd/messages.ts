/** Messages between the benchmark and its two processes. Times are milliseconds since the Unix epoch. */
import type { BfdDiagnostic, BfdSessionState } from '../../../src/bfd/status.ts';

export type FromSide =
  | { readonly kind: 'all-up' }
  | {
      readonly kind: 'changed';
      readonly key: string;
      readonly from: BfdSessionState;
      readonly to: BfdSessionState;
      readonly diagnostic: BfdDiagnostic;
      readonly at: number;
      /** The remote: when it sent before, the latest last. */
      readonly sentAt: readonly number[];
    }
  | { readonly kind: 'sent'; readonly key: string; readonly sentAt: readonly number[] }
  | { readonly kind: 'counted'; readonly received: number };

export type ToSide =
  /** The subject: blocks its main thread for so long in each second. */
  | { readonly kind: 'block'; readonly millis: number }
  /** The remote: sends nothing more for that session. It answers with `sent`. */
  | { readonly kind: 'silence'; readonly key: string }
  /** The remote: when did it send? */
  | { readonly kind: 'when'; readonly key: string }
  | { readonly kind: 'count' };
