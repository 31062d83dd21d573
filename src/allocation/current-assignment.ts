/** The current assignment of a Service. */
import type { Address } from '../net/address.ts';
import type { AssignedCondition } from './condition-reasons.ts';

/** Addresses from `pool`, which may be deleted by now, or not what the Service requests any more. */
export type HeldAssignment = {
  readonly kind: 'held';
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Why it does not hold all addresses in its status; null where it does. */
  readonly clearedCause: string | null;
  /** The rest of the addresses in its status belongs to another Service. */
  readonly hasConflict: boolean;
};

export type CurrentAssignment =
  | { readonly kind: 'none' }
  | HeldAssignment
  /** Addresses that another writer put into the status: they count as taken, and are kept. */
  | { readonly kind: 'external'; readonly condition: AssignedCondition }
  /** The addresses in its status are not its own, so it holds none. */
  | { readonly kind: 'lost'; readonly cause: string; readonly hasConflict: boolean };
