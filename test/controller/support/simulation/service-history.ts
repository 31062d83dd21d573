/**
 * History of the status of all Services, checked as it is written: no address is on two Services that may not share it, and
 * none changes or disappears unless the owner of the Service or of the pool caused it.
 */
import { type AnyObject, addressesOf } from '../rig.ts';

/** What people said, as far as it decides about an address. */
export const requestOf = ({ metadata, spec }: AnyObject): string => {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key.startsWith('metallb.') && !key.includes('allocated'),
  );
  return JSON.stringify([
    metadata.uid,
    spec.type,
    spec.loadBalancerIP,
    spec.loadBalancerClass,
    spec.clusterIPs,
    spec.ports,
    annotations.sort(),
  ]);
};

export const sharingKeyOf = ({ metadata }: AnyObject): string =>
  metadata.annotations?.['metallb.io/allow-shared-ip'] ?? '';

const portsOf = ({ spec }: AnyObject): readonly string[] =>
  spec.ports.map(({ protocol, port }: AnyObject) => `${protocol ?? 'TCP'}/${port}`);

/** MetalLB's rule, for Services with externalTrafficPolicy Cluster. */
export function mayShare(a: AnyObject, b: AnyObject): boolean {
  const key = sharingKeyOf(a);
  if (key === '' || key !== sharingKeyOf(b)) return false;
  return !portsOf(a).some((port) => portsOf(b).includes(port));
}

export class ServiceHistory {
  readonly violations: string[] = [];
  readonly #current = new Map<string, AnyObject>();
  readonly #withdrawn = new Set<string>();
  #events = 0;
  #granted = 0;

  get events(): number {
    return this.#events;
  }

  /** Addresses that appeared on Services. */
  get granted(): number {
    return this.#granted;
  }

  /** A pool's owner takes these addresses out of it: who has one may lose it. */
  withdraw(addresses: Iterable<string>): void {
    for (const address of addresses) this.#withdrawn.add(address);
  }

  /** Who went while nobody looked. */
  forgetMissing(present: readonly AnyObject[]): void {
    const uids = new Set(present.map(({ metadata }) => metadata.uid));
    for (const uid of this.#current.keys()) if (!uids.has(uid)) this.#current.delete(uid);
  }

  record({ type, object }: AnyObject): void {
    this.#events++;
    const { uid, name } = object.metadata;
    const before = this.#current.get(uid);
    if (type === 'DELETED') {
      this.#current.delete(uid);
      return;
    }
    this.#current.set(uid, object);
    const [addressesBefore, addressesAfter] = [
      before === undefined ? [] : addressesOf(before),
      addressesOf(object),
    ];
    const added = addressesAfter.filter((address) => !addressesBefore.includes(address));
    this.#granted += added.length;
    for (const address of added) {
      for (const other of this.#current.values()) {
        if (other === object || !addressesOf(other).includes(address) || mayShare(object, other)) continue;
        this.violations.push(`${address} was given to ${name} while ${other.metadata.name} had it`);
      }
    }
    const lost = addressesBefore.filter(
      (address) => !addressesAfter.includes(address) && !this.#withdrawn.has(address),
    );
    if (
      before !== undefined &&
      lost.length > 0 &&
      requestOf(before) === requestOf(object) &&
      !this.#changedRequests.delete(uid)
    ) {
      this.violations.push(
        `${name} had ${addressesBefore} and has ${addressesAfter.length === 0 ? 'nothing' : addressesAfter}, and nobody asked for that`,
      );
    }
    if (before !== undefined && requestOf(before) !== requestOf(object)) this.#changedRequests.add(uid);
  }

  /** Services whose owner has said something new that has not been followed by a change yet. */
  readonly #changedRequests = new Set<string>();
}
