/**
 * This file has the two ends of a BGP session in a playground: the speaker's driver, and the settings of the simulated
 * router.
 */

import { routerIdFor } from '../../announce/config/router-id.ts';
import type { SessionHandler } from '../../bgp/session/driver.ts';
import type { Remote, TransportAddress } from '../../bgp/session/remote.ts';
import { type BgpSessionSettings, CONNECT_TIME, IDLE_HOLD } from '../../bgp/session/settings.ts';
import { type TcpSessionContext, TcpSessionDriver } from '../../bgp/transport/tcp-session-driver.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { NodeAddresses } from '../../objects/node.ts';

/** Returns the current addresses of a node. */
export type GetNodeAddresses = () => NodeAddresses;

export type SpeakerSideOptions = {
  readonly context: TcpSessionContext;
  /** The address of the node, in the family of the peer's address. */
  readonly nodeAddress: () => Address | null;
  /** Called after the session was stopped and its connection is closed. */
  readonly onClosed: () => void;
};

/**
 * The driver of the speaker's end. Its local address is that of the node, not of the loopback socket, because it is the
 * next hop of routes.
 */
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

/** Private AS numbers (RFC 6996). With `dynamicASN: external` the router gets one that differs from the speaker's. */
const PRIVATE_ASNS = [64_512, 64_513] as const;

/** The settings of the simulated router, which match those that the speaker expects of its peer. */
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
