/** What a Service may turn out to have. */
import type { Address } from '../net/address.ts';
import type { AssignedCondition } from './condition-reasons.ts';

/** Held by us, from `pool`: which may be gone, or not be what the Service wants any more. */
export type HeldAssignment = {
  readonly kind: 'held';
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Why it does not hold all that it shows; null where it does. */
  readonly clearedCause: string | null;
  /** What it does not hold belongs to another Service. */
  readonly hasConflict: boolean;
};

export type CurrentAssignment =
  | { readonly kind: 'none' }
  | HeldAssignment
  /** Written by somebody else; counted as taken, left alone. */
  | { readonly kind: 'external'; readonly condition: AssignedCondition }
  /** What it shows may not be its own; nothing is held. */
  | { readonly kind: 'lost'; readonly cause: string; readonly hasConflict: boolean };
