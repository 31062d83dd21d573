/** The inputs of a decision about one Service. */

import { quoted } from '../base/printable.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import type { Claim, Ledger, Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import { formatAddress } from '../net/address.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { AssignedCondition } from './condition-reasons.ts';
import type { ExternalClaims } from './external-claims.ts';
import { type NamespaceLabelLookup, type PoolOrder, poolsByAge } from './pool-selection.ts';
import type { ServiceRequest } from './request.ts';

export type AllocationOptions = {
  /** Where pools are read; those of other namespaces do not count. */
  readonly poolNamespace: string;
  /** `--lb-class`; null manages Services without a class. */
  readonly lbClass: string | null;
  /** `--foreign-addresses`. */
  readonly foreignAddresses: 'keep' | 'replace';
  /** `--unmet-requests`: a Service whose request cannot be met keeps its addresses, or releases them as with MetalLB. */
  readonly unmetRequests: 'keep' | 'release';
  /** `ipMode` to write on each ingress; null leaves it to the API server. */
  readonly ipMode: 'VIP' | 'Proxy' | null;
};

/** The inputs of every decision and every explanation. */
export type AllocationContext = {
  readonly options: AllocationOptions;
  readonly ledger: Ledger;
  readonly poolSet: PoolSet;
  readonly poolOrder: PoolOrder;
  readonly labelsOf: NamespaceLabelLookup;
  /** Services that Calico assigns; null where Calico announces nothing here. */
  readonly externalClaims: ExternalClaims | null;
  /** Pools that only an L2Advertisement covers; null while the advertisements are not known. */
  readonly layer2OnlyPools: ReadonlySet<string> | null;
};

export type ReconcileContext = AllocationContext & {
  /** Whether a pool that is missing was deleted so recently that its addresses are kept. */
  readonly isInGrace: (pool: string) => boolean;
  /** Whether another writer has replaced our status so often that Berth stopped writing it. */
  readonly hasStatusConflict: boolean;
  /** What its addresses were assigned in ignorance of: see `Allocator.reconsider`. Null for nothing. */
  readonly overlooked: OverlookedInputs | null;
  /** Whether the Service changed since a decision that is not written: then no write of it can arrive any more. */
  readonly canUndo: boolean;
};

/** Inputs that were there before a Service, and that the allocator learnt of after it had assigned its addresses. */
export type OverlookedInputs = {
  readonly pools: ReadonlySet<string>;
  /** Labels of Namespaces. */
  readonly namespaces: boolean;
};

/** One Service to decide on, its request, and the transaction to reserve in. */
export type AllocationTask = ReconcileContext & {
  readonly service: Service;
  readonly request: ServiceRequest;
  readonly tx: Transaction;
};

export const claimOf = ({ service, request }: Pick<AllocationTask, 'service' | 'request'>): Claim => ({
  holder: service.key,
  sharing: request.sharing,
  ports: request.ports,
});

/** A pool that lists all of these addresses: `preferred` if it does, else the oldest. Null where there is none. */
export function commonPool(
  { ledger, poolSet }: Pick<AllocationContext, 'ledger' | 'poolSet'>,
  addresses: readonly Address[],
  preferred: string | null,
): string | null {
  const [first] = addresses;
  if (first === undefined) return null;
  const listsAll = (pool: string): boolean =>
    ledger.hasPool(pool) && addresses.every((address) => ledger.poolOf(address, pool) === pool);
  if (preferred !== null && listsAll(preferred)) return preferred;
  const oldest = ledger.poolOf(first);
  if (oldest === null || addresses.length === 1 || listsAll(oldest)) return oldest;
  // Where pools overlap, a younger one may list all of what no single older one does.
  return poolsByAge(poolSet).find(({ name }) => listsAll(name))?.name ?? null;
}

/** `"ns/name"`, as MetalLB's messages have it. */
export const quoteKey = (key: ServiceKey): string => quoted(key);

export const quoteAddresses = (addresses: readonly Address[]): string =>
  addresses.map((address) => `"${formatAddress(address)}"`).join(' ');

/** Why a Service does not get what it requests: for the condition, and for the event. */
export type AllocationDenial = { readonly condition: AssignedCondition; readonly cause: string };

export const keepsUnmetRequests = ({ options }: Pick<AllocationContext, 'options'>): boolean =>
  options.unmetRequests === 'keep';
