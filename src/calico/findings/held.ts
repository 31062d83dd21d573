/** Addresses that Services of type LoadBalancer hold. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { CalicoService } from '../objects/services.ts';
import type { Picture } from '../picture.ts';

/** An address of a Service of type LoadBalancer, and all that hold it. */
export type HeldAddress = {
  readonly text: string;
  readonly address: Address;
  readonly services: readonly CalicoService[];
};

export function heldAddresses({ cluster }: Picture): readonly HeldAddress[] {
  const held = new Map<string, { address: Address; services: CalicoService[] }>();
  for (const service of cluster.services.values()) {
    if (service.type !== 'LoadBalancer') continue;
    for (const address of service.statusIPs) {
      const text = formatAddress(address);
      const there = held.get(text);
      if (there === undefined) held.set(text, { address, services: [service] });
      else there.services.push(service);
    }
  }
  return [...held].map(([text, one]) => ({ text, ...one }));
}
