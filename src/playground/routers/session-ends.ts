/** The two ends of a session in a playground: the speaker's, and that of the router that is played. */

import { routerIdFor } from '../../announce/config/router-id.ts';
import type { SessionHandler } from '../../bgp/session/driver.ts';
import type { Remote, TransportAddress } from '../../bgp/session/remote.ts';
import { type BgpSessionSettings, CONNECT_TIME, IDLE_HOLD } from '../../bgp/session/settings.ts';
import { type TcpSessionContext, TcpSessionDriver } from '../../bgp/transport/tcp-session-driver.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { NodeAddresses } from '../../objects/node.ts';

/** A node's addresses, as of now. */
export type GetNodeAddresses = () => NodeAddresses;

export type SpeakerSideOptions = {
  readonly context: TcpSessionContext;
  /** Of the node, of the family that it believes to speak by. */
  readonly nodeAddress: () => Address | null;
  /** Called once the session has ended for good. */
  readonly onClosed: () => void;
};

/** The speaker's end, which has the node's address where the socket has one of this machine: routes go by way of it. */
export class SpeakerSideDriver extends TcpSessionDriver {
  readonly #options: SpeakerSideOptions;

  constructor(
    settings: BgpSessionSettings,
    remote: Remote,
    handler: SessionHandler,
    options: SpeakerSideOptions,
  ) {
    super(settings, remote, handler, options.context);
    this.#options = options;
  }

  override get localAddress(): TransportAddress | null {
    const address = this.#options.nodeAddress();
    const socketAddress = super.localAddress;
    return socketAddress === null || address === null ? null : { address, port: socketAddress.port };
  }

  override stop(cease: number, communication: string): void {
    super.stop(cease, communication);
    this.#notifyClosed();
  }

  override abandon(): void {
    super.abandon();
    this.#notifyClosed();
  }

  #notifyClosed(): void {
    void this.closed().then(this.#options.onClosed);
  }
}

/** Inside and outside of an AS where the peer's object names none: numbers for private use (RFC 6996). */
const PRIVATE_ASNS = [64_512, 64_513] as const;

/** Whom the speaker takes for its router. */
export function routerSettings(
  { asn, peerAsn }: BgpSessionSettings,
  { address }: Remote,
): BgpSessionSettings {
  return {
    asn: typeof peerAsn === 'number' ? peerAsn : peerAsn === 'internal' ? asn : differentAsn(asn),
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

const differentAsn = (asn: number): number => (asn === PRIVATE_ASNS[0] ? PRIVATE_ASNS[1] : PRIVATE_ASNS[0]);
