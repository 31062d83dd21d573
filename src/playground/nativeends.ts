/** The two ends of a session in a playground: the speaker's, and that of the router that is played. */
import { routerIdFor } from '../announce/routerid.ts';
import { CONNECT_TIME, IDLE_HOLD, type Settings } from '../bgp/session/settings.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { End } from '../sockets/connection.ts';
import { type Around, Peering, type PeeringOwner } from '../sockets/peering.ts';
import type { Remote } from '../sockets/remote.ts';
import type { Far } from '../speaker/ports.ts';

/** A node's addresses, as of now. */
export type HomeOf = () => Readonly<Record<Family, Address | null>>;

export type NearOptions = {
  readonly around: Around;
  /** Of the node, of the family that it believes to speak by. */
  readonly standsAt: () => Address | null;
  /** Called once the session has ended for good. */
  readonly over: () => void;
};

/** The speaker's end, which has the node's address where the socket has one of this machine: routes go by way of it. */
export class NearEnd extends Peering {
  readonly #options: NearOptions;

  constructor(settings: Settings, remote: Remote, owner: PeeringOwner, options: NearOptions) {
    super(settings, remote, owner, options.around);
    this.#options = options;
  }

  override get local(): End | null {
    const address = this.#options.standsAt();
    const end = super.local;
    return end === null || address === null ? null : { address, port: end.port };
  }

  override stop(cease: number, communication: string): void {
    super.stop(cease, communication);
    this.#end();
  }

  override abandon(): void {
    super.abandon();
    this.#end();
  }

  #end(): void {
    void this.settled().then(this.#options.over);
  }
}

/** Inside and outside of an AS where the peer's object names none: numbers for private use (RFC 6996). */
const OTHER_ASNS = [64_512, 64_513] as const;

/** Whom the speaker takes for its router. */
export function playedSettings({ asn, peerAsn }: Settings, { address }: Far): Settings {
  return {
    asn: typeof peerAsn === 'number' ? peerAsn : peerAsn === 'internal' ? asn : otherAsn(asn),
    routerId: routerIdFor(address.family === 4 ? address : null, {
      name: formatAddress(address),
      addresses: { 4: null, 6: null },
    }),
    peerAsn: asn,
    holdTime: HOLD_SECONDS,
    keepaliveTime: null,
    families: [4, 6],
    extendedNextHop: true,
    gracefulRestart: null,
    role: 'listen',
    connectTime: CONNECT_TIME,
    delayOpen: 0,
    idleHold: IDLE_HOLD,
  };
}

const HOLD_SECONDS = 90;

const otherAsn = (asn: number): number => (asn === OTHER_ASNS[0] ? OTHER_ASNS[1] : OTHER_ASNS[0]);
