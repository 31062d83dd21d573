/**
 * Everything that Services ever showed, judged as it comes: no address on two of them that may not share it, and
 * none that moves or vanishes unless its owner or the pool's asked for that.
 */
import { addressesOf, type Loose } from '../support/rig.ts';

/** What people said, as far as it decides about an address. */
export const wishOf = ({ metadata, spec }: Loose): string => {
  const wishes = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key.startsWith('metallb.') && !key.includes('allocated'),
  );
  return JSON.stringify([
    metadata.uid,
    spec.type,
    spec.loadBalancerIP,
    spec.loadBalancerClass,
    spec.clusterIPs,
    spec.ports,
    wishes.sort(),
  ]);
};

export const sharingKeyOf = ({ metadata }: Loose): string =>
  metadata.annotations?.['metallb.io/allow-shared-ip'] ?? '';

const portsOf = ({ spec }: Loose): readonly string[] =>
  spec.ports.map(({ protocol, port }: Loose) => `${protocol ?? 'TCP'}/${port}`);

/** MetalLB's rule, for Services with externalTrafficPolicy Cluster. */
export function mayShare(a: Loose, b: Loose): boolean {
  const key = sharingKeyOf(a);
  if (key === '' || key !== sharingKeyOf(b)) return false;
  return !portsOf(a).some((port) => portsOf(b).includes(port));
}

export class History {
  readonly complaints: string[] = [];
  readonly #now = new Map<string, Loose>();
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
  withdrew(addresses: Iterable<string>): void {
    for (const address of addresses) this.#withdrawn.add(address);
  }

  /** Who went while nobody looked. */
  missed(present: readonly Loose[]): void {
    const uids = new Set(present.map(({ metadata }) => metadata.uid));
    for (const uid of this.#now.keys()) if (!uids.has(uid)) this.#now.delete(uid);
  }

  saw({ type, object }: Loose): void {
    this.#events++;
    const { uid, name } = object.metadata;
    const before = this.#now.get(uid);
    if (type === 'DELETED') {
      this.#now.delete(uid);
      return;
    }
    this.#now.set(uid, object);
    const [was, is] = [before === undefined ? [] : addressesOf(before), addressesOf(object)];
    const added = is.filter((address) => !was.includes(address));
    this.#granted += added.length;
    for (const address of added) {
      for (const other of this.#now.values()) {
        if (other === object || !addressesOf(other).includes(address) || mayShare(object, other)) continue;
        this.complaints.push(`${address} was given to ${name} while ${other.metadata.name} had it`);
      }
    }
    const lost = was.filter((address) => !is.includes(address) && !this.#withdrawn.has(address));
    if (
      before !== undefined &&
      lost.length > 0 &&
      wishOf(before) === wishOf(object) &&
      !this.#asked.delete(uid)
    ) {
      this.complaints.push(
        `${name} had ${was} and has ${is.length === 0 ? 'nothing' : is}, and nobody asked for that`,
      );
    }
    if (before !== undefined && wishOf(before) !== wishOf(object)) this.#asked.add(uid);
  }

  /** Services whose owner has said something new that has not been followed by a change yet. */
  readonly #asked = new Set<string>();
}
