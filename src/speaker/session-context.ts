/** What a session that stands means for the routes that go over it. */

import type { SessionContext } from '../announce/routes/path-builder.ts';
import type { BgpSessionSettings } from '../bgp/session/settings.ts';
import type { NegotiatedTerms } from '../bgp/wire/negotiated.ts';
import type { Address } from '../net/address.ts';
import type { NodeAddresses } from '../objects/node.ts';

export type SessionContextSource = {
  readonly settings: BgpSessionSettings;
  readonly negotiated: NegotiatedTerms;
  /** Our end of the connection; null where it broke before anybody could ask. */
  readonly localAddress: Address | null;
  readonly nodeAddresses: NodeAddresses;
};

/** Packets for the announced addresses come the way that the session runs; for the other family, to the node. */
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
