/** The addresses of Services of type LoadBalancer. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { ConvergedCluster } from '../cluster/converged-cluster.ts';
import type { CalicoService } from '../objects/services.ts';

/** An address of a Service of type LoadBalancer, with all Services that share it. */
export type AssignedAddress = {
  readonly text: string;
  readonly address: Address;
  readonly services: readonly CalicoService[];
};

export function assignedAddresses({ cluster }: ConvergedCluster): readonly AssignedAddress[] {
  const byText = new Map<string, { address: Address; services: CalicoService[] }>();
  for (const service of cluster.services.values()) {
    if (service.type !== 'LoadBalancer') continue;
    for (const address of service.statusIPs) {
      const text = formatAddress(address);
      const existing = byText.get(text);
      if (existing === undefined) byText.set(text, { address, services: [service] });
      else existing.services.push(service);
    }
  }
  return [...byText].map(([text, one]) => ({ text, ...one }));
}
