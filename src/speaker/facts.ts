/** What a session that stands means for the routes that go over it. */
import type { SessionFacts } from '../announce/path.ts';
import type { Settings } from '../bgp/session/settings.ts';
import type { Agreement } from '../bgp/wire/agreement.ts';
import type { Address, Family } from '../net/address.ts';

export type Circumstances = {
  readonly settings: Settings;
  readonly agreement: Agreement;
  /** Our end of the connection; null where it broke before anybody could ask. */
  readonly local: Address | null;
  /** The node's, by family. */
  readonly addresses: Readonly<Record<Family, Address | null>>;
};

/** Packets for the announced addresses come the way that the session runs; for the other family, to the node. */
export function factsOf({ settings, agreement, local, addresses }: Circumstances): SessionFacts {
  return {
    internal: agreement.internal,
    localAsn: settings.asn,
    nextHop: { ...addresses, ...(local === null ? {} : { [local.family]: local }) },
    linkLocal: null,
    extendedNextHop: agreement.extendedNextHop,
  };
}
