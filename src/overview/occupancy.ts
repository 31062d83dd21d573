/**
 * Occupancy: which addresses the statuses of Services show, whoever wrote them. It counts as the controller's ledger does,
 * and finds Services that show one address without the right to share it.
 */
import { readIngressStatus } from '../allocation/ingress-status.ts';
import { toLedgerPools } from '../allocation/pool-diff.ts';
import { sharingOf } from '../allocation/request.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import { type Claim, Ledger } from '../ipam/ledger.ts';
import { formatPort } from '../ipam/sharing.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { SortedKeys } from './sorted-keys.ts';

export class Occupancy {
  readonly ledger = Ledger.empty();
  /** Addresses that Services show which may not share them; as text. */
  readonly #contested = new Map<string, Address>();
  readonly #contestedOrder = new SortedKeys();

  setPools(poolSet: PoolSet): void {
    this.ledger.setPools(toLedgerPools(poolSet));
  }

  put(service: Service): void {
    this.#replace(service.key, service, readIngressStatus(service).addresses);
  }

  remove(key: ServiceKey): void {
    this.#replace(key, null, []);
  }

  /** Each with the Services that show it, sorted by address as text. */
  conflicts(): readonly { readonly address: Address; readonly services: readonly ServiceKey[] }[] {
    const conflicts: { readonly address: Address; readonly services: readonly ServiceKey[] }[] = [];
    this.#contestedOrder.each((text) => {
      const address = this.#contested.get(text);
      if (address !== undefined) conflicts.push({ address, services: this.#holdersOf(address) });
    });
    return conflicts;
  }

  #holdersOf(address: Address): readonly ServiceKey[] {
    return this.ledger.claimsOn(address).map(({ holder }) => holder);
  }

  #replace(key: ServiceKey, service: Service | null, after: readonly Address[]): void {
    const before = this.ledger.assignedTo(key).map(({ address }) => address);
    const transaction = this.ledger.begin();
    transaction.release(key);
    if (service !== null) {
      const claim = { holder: key, sharing: sharingOf(service), ports: service.ports ?? [] };
      const pool = service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null;
      for (const address of after) {
        const from = pool !== null && this.ledger.hasPool(pool) ? this.ledger.poolOf(address, pool) : null;
        transaction.adopt(claim, address, from, { force: true });
      }
    }
    transaction.commit();
    for (const address of [...before, ...after]) this.#judge(address);
  }

  #judge(address: Address): void {
    const text = formatAddress(address);
    if (mayAllShare(this.ledger.claimsOn(address))) {
      this.#contested.delete(text);
      this.#contestedOrder.delete(text);
    } else {
      this.#contested.set(text, address);
      this.#contestedOrder.add(text);
    }
  }
}

/** One pass, however many share: the same key and backend, and no port twice. */
function mayAllShare(claims: readonly Claim[]): boolean {
  const [first, ...others] = claims;
  if (first === undefined || others.length === 0) return true;
  const { key, backend } = first.sharing;
  if (key === '') return false;
  const ports = new Set<string>();
  for (const { sharing, ports: own } of claims) {
    if (sharing.key !== key || sharing.backend !== backend) return false;
    const names = new Set(own.map(formatPort));
    for (const name of names) {
      if (ports.has(name)) return false;
      ports.add(name);
    }
  }
  return true;
}
