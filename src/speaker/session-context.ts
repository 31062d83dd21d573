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
};

/** The next hop is the local end of the session, and for the other family the node's address. */
export function sessionContextOf({
  settings,
  negotiated,
  localAddress,
  nodeAddresses,
}: SessionContextSource): SessionContext {
  return {
    isInternal: negotiated.internal,
    localAsn: settings.asn,
    nextHop: { ...nodeAddresses, ...(localAddress === null ? {} : { [localAddress.family]: localAddress }) },
    linkLocal: null,
    hasExtendedNextHop: negotiated.extendedNextHop,
  };
}
