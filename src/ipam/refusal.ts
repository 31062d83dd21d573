/** Why the ledger said no. People read a sentence made of it; code and tests read its code. */

import type { Address, Family } from '../net/address.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { Port } from './sharing.ts';

export type LedgerRefusal =
  | { readonly code: 'no-such-pool'; readonly pool: string }
  /** Every address that the pool may grant in this family is taken (or it may grant none of those it lists). */
  | { readonly code: 'pool-exhausted'; readonly pool: string; readonly family: Family }
  /** The pool lists no address of this family. */
  | { readonly code: 'pool-lacks-family'; readonly pool: string; readonly family: Family }
  | { readonly code: 'not-in-pool'; readonly address: Address; readonly pool: string | null }
  /** The pool lists the address, but an older one does so too; `owner` null where none is known. */
  | {
      readonly code: 'not-grantable';
      readonly address: Address;
      readonly pool: string;
      readonly grantingPool: string | null;
    }
  /** It ends in .0 or .255, and the pool has `avoidBuggyIPs`. */
  | { readonly code: 'address-avoided'; readonly address: Address; readonly pool: string }
  /** Somebody on it shares with nobody, or the newcomer does not. */
  | { readonly code: 'address-taken'; readonly address: Address; readonly holders: readonly ServiceKey[] }
  /** `holders` are those in the way, sorted; `port` the first of the newcomer's that is in use. */
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
      readonly port: Port;
    };
