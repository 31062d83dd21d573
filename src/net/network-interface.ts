/** A network that is attached to one of the node's interfaces. */
import type { Address } from './address.ts';
import { type Prefix, prefixContains } from './prefix.ts';

export type NetworkInterface = { readonly name: string; readonly network: Prefix };

/** The interface whose network contains the address; null for an address that is reached through a gateway. */
export const interfaceTowards = (
  interfaces: readonly NetworkInterface[],
  address: Address,
): NetworkInterface | null => interfaces.find(({ network }) => prefixContains(network, address)) ?? null;
