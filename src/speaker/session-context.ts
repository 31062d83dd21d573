/** Session context: what the paths of an established session depend on. */

import type { SessionContext } from '../announce/routes/path-builder.ts';
import type { BgpSessionSettings } from '../bgp/session/settings.ts';
import type { NegotiatedTerms } from '../bgp/wire/negotiated.ts';
import type { Address } from '../net/address.ts';
import type { NodeAddresses } from '../objects/node.ts';

export type SessionContextSource = {
  readonly settings: BgpSessionSettings;
  readonly negotiated: NegotiatedTerms;
  /** The local end of the connection; null if it was lost before its address was read. */
  readonly localAddress: Address | null;
  readonly nodeAddresses: NodeAddresses;
  readonly interfaceAddresses: (local: Address) => NodeAddresses;
};

/**
 * The next hop is the local end of the session. For the other family it is the node's address, or that of the interface that
 * the session runs over: many clusters show one family on their Nodes.
 */
export function sessionContextOf({
  settings,
  negotiated,
  localAddress,
  nodeAddresses,
  interfaceAddresses,
}: SessionContextSource): SessionContext {
  return {
    isInternal: negotiated.internal,
    localAsn: settings.asn,
    nextHop: localAddress === null ? nodeAddresses : nextHops(localAddress),
    linkLocal: null,
    hasExtendedNextHop: negotiated.extendedNextHop,
  };

  function nextHops(local: Address): NodeAddresses {
    const other = local.family === 4 ? 6 : 4;
    // With RFC 8950, IPv4 routes need no IPv4 next hop: the local IPv6 address serves.
    const isNeeded = other === 6 || !negotiated.extendedNextHop;
    const ofOther = nodeAddresses[other] ?? (isNeeded ? interfaceAddresses(local)[other] : null);
    return local.family === 4 ? { 4: local, 6: ofOther } : { 4: ofOther, 6: local };
  }
}
