/** Finds the addresses of the network interface that a session runs over. */
import { networkInterfaces } from 'node:os';
import { type Address, parseAddress, sameAddress } from '../../net/address.ts';
import { parsePrefix, prefixContains } from '../../net/prefix.ts';
import type { NodeAddresses } from '../../objects/node.ts';

/** The addresses of all interfaces, as the system gives them. */
export type SystemInterfaces = Readonly<
  Record<string, readonly { readonly address: string; readonly internal: boolean }[] | undefined>
>;

const NO_ADDRESSES: NodeAddresses = { 4: null, 6: null };

/** Not valid on other links, so no next hop of a route (RFC 4291 2.5.6, RFC 3927). */
const LINK_LOCAL = ['fe80::/10', '169.254.0.0/16'].map((text) => {
  const prefix = parsePrefix(text);
  if (!prefix.ok) throw new TypeError(text);
  return prefix.value;
});

/** The first address of each family of the interface that has `local`; none on the loopback interface. */
export function interfaceAddresses(
  local: Address,
  interfaces: SystemInterfaces = networkInterfaces(),
): NodeAddresses {
  for (const listed of Object.values(interfaces)) {
    const all = (listed ?? []).flatMap(({ address, internal }) => {
      const parsed = parseAddress(address);
      return parsed.ok && !internal ? [parsed.value] : [];
    });
    if (!all.some((address) => sameAddress(address, local))) continue;
    const usable = all.filter((address) => !LINK_LOCAL.some((prefix) => prefixContains(prefix, address)));
    return {
      4: usable.find(({ family }) => family === 4) ?? null,
      6: usable.find(({ family }) => family === 6) ?? null,
    };
  }
  return NO_ADDRESSES;
}
