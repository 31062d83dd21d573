/**
 * This file simulates the routers of a playground. For each address that a BGPPeer names, a simulated router accepts the
 * session, with the expected AS number and password. Sessions use real TCP over loopback, and none leaves this machine. All
 * routers share one port; the source address of a connection, one for each session, identifies the session.
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

/** The addresses of the listener. A system without 127.0.0.10 has no source addresses for the sessions either. */
const LISTEN_HOSTS = { 4: '127.0.0.10', 6: '::1' } as const;
const LOOPBACK: Address = { family: 4, bits: 0x7f00_000an };

export type SimulatedRoutersOptions = {
  readonly clock: Clock;
  readonly random: () => number;
};

/** Called with one line of output. */
export type PrintLine = (line: string) => void;

export class SimulatedRouters {
  readonly #options: SimulatedRoutersOptions;
  readonly #listener: BgpListener;
  readonly #ribs = new Map<string, RouterRib>();
  readonly #drivers = new Set<TcpSessionDriver>();
  #lastSource = LOOPBACK.bits;
  #isClosed = false;
  /** Called when a session is established and when it ends. */
  print: PrintLine = () => {};

  private constructor(options: SimulatedRoutersOptions, listener: BgpListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Opens the listener. The error is a sentence for people. */
  static async open(options: SimulatedRoutersOptions): Promise<Result<SimulatedRouters, string>> {
    const listener = await BgpListener.open([4], 0, LISTEN_HOSTS);
    if (listener.ok) return ok(new SimulatedRouters(options, listener.value));
    return err(
      `--native needs loopback addresses besides 127.0.0.1, which only Linux has by default: ${listener.error}`,
    );
  }

  /** The RIB of each router, by its address. */
  get ribs(): ReadonlyMap<string, RouterRib> {
    return this.#ribs;
  }

  /** The sum of the change counts of all routers. */
  get changeCount(): number {
    return this.#sumRibs((rib) => rib.changeCount);
  }

  countPrefixesFrom(node: string): number {
    return this.#sumRibs((rib) => rib.countPrefixesFrom(node));
  }

  /** Opens the sessions of the speaker of that node. */
  sessionOpenerFor(node: string, getNodeAddresses: GetNodeAddresses): OpenSession {
    return (settings, remote, handler, connectFailed) => {
      const { clock, random } = this.#options;
      const source = this.#nextSource();
      const speaker = { ...remote, address: source };
      const driver = new TcpSessionDriver(
        routerSettings(settings, remote),
        speaker,
        this.#handlerFor(node, remote, () => driver),
        { clock, random },
      );
      this.#drivers.add(driver);
      driver.start();
      void this.#listener
        .expect(speaker, (socket) => driver.accept(socket))
        .then((because) => because !== null && connectFailed(because));
      return new SpeakerSideDriver(
        { ...settings, role: 'dial' },
        this.#speakerRemote(remote, source),
        handler,
        {
          context: { clock, random, connectFailed },
          nodeAddress: () => getNodeAddresses()[remote.address.family],
          onClosed: () => {
            this.#listener.forget(speaker);
            this.#drivers.delete(driver);
            driver.stop(CEASE.administrativeShutdown, '');
          },
        },
      );
    };
  }

  /** Closes all sessions with a Cease NOTIFICATION, and frees the port. */
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

/** The text for the end of a session, as the router sees it: its peer is the node. */
const describeSessionEnd = ({ text, received }: TransitionDetails): string =>
  received === null ? text : `the node sent ${notificationText(received)}`;
