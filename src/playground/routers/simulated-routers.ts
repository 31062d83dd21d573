/**
 * The routers of a playground. Whatever address a BGPPeer names, a router answers in its stead, with the number of AS and
 * the password that are expected of it. The sessions are real ones over TCP, and none leaves this machine: all routers
 * share one port, and each session comes from a loopback address of its own, by which it is known.
 */

import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { TransitionDetails } from '../../bgp/session/events.ts';
import type { Remote } from '../../bgp/session/remote.ts';
import { BgpListener } from '../../bgp/transport/bgp-listener.ts';
import { TcpSessionDriver } from '../../bgp/transport/tcp-session-driver.ts';
import { CEASE } from '../../bgp/wire/codes.ts';
import { notificationText } from '../../bgp/wire/notification-text.ts';
import { type Address, formatAddress, LAST_BITS } from '../../net/address.ts';
import type { OpenSession } from '../../speaker/ports.ts';
import { RouterRib, type RouteSource } from './router-rib.ts';
import { type GetNodeAddresses, routerSettings, SpeakerSideDriver } from './session-ends.ts';

/** Where the routers are; systems that do not have it have none for the nodes either. */
const LISTEN_HOSTS = { 4: '127.0.0.10', 6: '::1' } as const;
const LOOPBACK: Address = { family: 4, bits: 0x7f00_000an };

export type SimulatedRoutersOptions = {
  readonly clock: Clock;
  readonly random: () => number;
};

/** Called with a line worth saying. */
export type PrintLine = (line: string) => void;

export class SimulatedRouters {
  readonly #options: SimulatedRoutersOptions;
  readonly #listener: BgpListener;
  readonly #ribs = new Map<string, RouterRib>();
  readonly #drivers = new Set<TcpSessionDriver>();
  #lastSource = LOOPBACK.bits;
  #isClosed = false;
  /** Of sessions that come and go. */
  print: PrintLine = () => {};

  private constructor(options: SimulatedRoutersOptions, listener: BgpListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The error is a sentence. */
  static async open(options: SimulatedRoutersOptions): Promise<Result<SimulatedRouters, string>> {
    const listener = await BgpListener.open([4], 0, LISTEN_HOSTS);
    if (listener.ok) return ok(new SimulatedRouters(options, listener.value));
    return err(`--native needs loopback addresses beside 127.0.0.1, as Linux has them: ${listener.error}`);
  }

  /** What each router knows, by its address. */
  get ribs(): ReadonlyMap<string, RouterRib> {
    return this.#ribs;
  }

  /** Grows with everything that any of them hears. */
  get changeCount(): number {
    return this.#sumRibs((rib) => rib.changeCount);
  }

  countPrefixesFrom(node: string): number {
    return this.#sumRibs((rib) => rib.countPrefixesFrom(node));
  }

  /** For the speaker of that node. */
  sessionOpenerFor(node: string, getNodeAddresses: GetNodeAddresses): OpenSession {
    return (settings, remote, handler, connectFailed) => {
      const { clock, random } = this.#options;
      const source = this.#nextSource();
      const driver = new TcpSessionDriver(
        routerSettings(settings, remote),
        { ...remote, address: source },
        this.#handlerFor(node, remote, () => driver),
        { clock, random },
      );
      this.#drivers.add(driver);
      driver.start();
      void this.#listener
        .expect({ ...remote, address: source }, (socket) => driver.accept(socket))
        .then((because) => because !== null && connectFailed(because));
      return new SpeakerSideDriver(
        { ...settings, role: 'dial' },
        this.#speakerRemote(remote, source),
        handler,
        {
          context: { clock, random, connectFailed },
          nodeAddress: () => getNodeAddresses()[remote.address.family],
          onClosed: () => {
            this.#listener.forget(source);
            this.#drivers.delete(driver);
            driver.stop(CEASE.administrativeShutdown, '');
          },
        },
      );
    };
  }

  /** Hangs up on all speakers, in peace, and frees the port. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const driver of this.#drivers) driver.stop(CEASE.administrativeShutdown, 'the playground ends');
    await Promise.all([...this.#drivers].map((driver) => driver.closed()));
  }

  #speakerRemote(remote: Remote, source: Address): Remote {
    return { ...remote, address: LOOPBACK, port: this.#listener.port, source };
  }

  #handlerFor(
    node: string,
    { address }: Remote,
    getDriver: () => TcpSessionDriver,
  ): ConstructorParameters<typeof TcpSessionDriver>[2] {
    const name = formatAddress(address);
    const rib = this.#ribs.get(name) ?? new RouterRib();
    this.#ribs.set(name, rib);
    let routeSource: RouteSource | null = null;
    return {
      stateChanged: (from, to, reason) => {
        if (to === 'Established') {
          routeSource = { node, internal: getDriver().negotiated?.internal ?? false };
          this.#printUnlessClosed(`${node}  has a session with ${name}`);
        }
        if (from !== 'Established' || routeSource === null) return;
        rib.forget(routeSource);
        routeSource = null;
        this.#printUnlessClosed(
          `${node}  has no session with ${name} any more: ${describeSessionEnd(reason)}`,
        );
      },
      received: (message) => {
        if (message.kind === 'update' && routeSource !== null) rib.receive(routeSource, message);
      },
      writable: () => {},
    };
  }

  #printUnlessClosed(line: string): void {
    if (!this.#isClosed) this.print(line);
  }

  #nextSource(): Address {
    this.#lastSource = (this.#lastSource + 1n) & LAST_BITS[4];
    return { family: 4, bits: this.#lastSource };
  }

  #sumRibs(of: (rib: RouterRib) => number): number {
    return [...this.#ribs.values()].reduce((sum, rib) => sum + of(rib), 0);
  }
}

/** Here the router is the one that listens: to its session the node is the peer, and to whoever reads this it is not. */
const describeSessionEnd = ({ text, received }: TransitionDetails): string =>
  received === null ? text : `it said ${notificationText(received)}`;
