/** Refusals of the ledger. Code and tests read the code; `allocation/refusal-text.ts` makes sentences of them. */

import type { Address, Family } from '../net/address.ts';
import type { ServiceKey, ServicePort } from '../objects/service.ts';

export type LedgerRefusal =
  | { readonly code: 'no-such-pool'; readonly pool: string }
  /** Every address that the pool may grant in this family is taken, or it may grant none. */
  | { readonly code: 'pool-exhausted'; readonly pool: string; readonly family: Family }
  /** The pool lists no address of this family. */
  | { readonly code: 'pool-lacks-family'; readonly pool: string; readonly family: Family }
  | { readonly code: 'not-in-pool'; readonly address: Address; readonly pool: string | null }
  /** An older pool lists the address, too, and grants it; `grantingPool` is null where that is not known. */
  | {
      readonly code: 'not-grantable';
      readonly address: Address;
      readonly pool: string;
      readonly grantingPool: string | null;
    }
  /** The address ends in .0 or .255, and the pool has `avoidBuggyIPs`. */
  | { readonly code: 'address-avoided'; readonly address: Address; readonly pool: string }
  /** A holder of the address, or the requester, does not share. */
  | { readonly code: 'address-taken'; readonly address: Address; readonly holders: readonly ServiceKey[] }
  /** `holders` are those that conflict, sorted; `port` is the first of the requester's ports that is in use. */
  | {
      readonly code: 'sharing-refused';
      readonly address: Address;
      readonly holders: readonly ServiceKey[];
      readonly mismatch: 'key' | 'backend';
    }
  | {
      readonly code: 'sharing-refused';
      readonly address: Address;
      readonly holders: readonly ServiceKey[];
      readonly mismatch: 'port';
      readonly port: ServicePort;
    };
