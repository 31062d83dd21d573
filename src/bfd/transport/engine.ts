/**
 * All BFD sessions of a process: opens their sockets, passes received packets to them, and keeps to the specs of the owner. It
 * runs in a thread of its own, so that a busy main thread takes no session down.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { formatAddress } from '../../net/address.ts';
import { type Arrival, SessionIndex } from '../demultiplex.ts';
import type { BfdStateChange } from '../sessions.ts';
import type { BfdSessionSpec } from '../settings.ts';
import type { BfdStatus } from '../status.ts';
import { placeName, placeOf, remoteName } from './places.ts';
import { BfdReceivers } from './receivers.ts';
import { BfdSessionDriver, type SessionDriverContext } from './session-driver.ts';
import type { BfdPlace, BfdSockets, SenderAddress } from './sockets.ts';

export type BfdEngineContext = {
  readonly clock: Clock;
  /** In [0, 1), as of `Math.random`. */
  readonly random: () => number;
  readonly sockets: BfdSockets;
  readonly changed: (change: BfdStateChange) => void;
};

/** Each session has a socket. */
export const BFD_SESSIONS_MAX = 512;

/** Sockets that could not be opened are tried again: the interface comes up, or the other program ends. */
export const SOCKET_RETRY: Millis = 2000;

const DISCRIMINATOR_MAX = 0xffff_ffff;

export class BfdEngine {
  readonly #context: BfdEngineContext;
  readonly #driverContext: SessionDriverContext;
  readonly #receivers: BfdReceivers;
  readonly #index = new SessionIndex<BfdSessionDriver>();
  #drivers = new Map<string, BfdSessionDriver>();
  /** Of `#drivers`: those that have not begun, since others are in their way. */
  readonly #waiting = new Set<BfdSessionDriver>();
  readonly #ending = new Set<Promise<void>>();
  #isStopped = false;

  constructor(context: BfdEngineContext) {
    this.#context = context;
    this.#driverContext = {
      ...context,
      freeDiscriminator: () => this.#freeDiscriminator(),
      renumbered: (driver, discriminator) => {
        if (this.#drivers.get(driver.spec.key) === driver)
          this.#index.renumber(arrivalOf(driver.spec), discriminator);
      },
    };
    this.#receivers = new BfdReceivers(context.sockets, (place, octets, remote) =>
      this.#received(place, octets, remote),
    );
  }

  /** As `BfdSessions.apply`. */
  apply(specs: readonly BfdSessionSpec[]): void {
    if (this.#isStopped) return;
    const wanted = new Map(specs.map((spec) => [spec.key, spec]));
    for (const [key, driver] of this.#drivers) {
      const spec = wanted.get(key);
      if (spec === undefined || !isSameSession(spec, driver.spec)) this.#end(driver);
      else driver.edit(spec);
    }
    const before = this.#drivers;
    this.#drivers = new Map();
    for (const [key, spec] of wanted) {
      const driver = before.get(key);
      if (driver !== undefined && isSameSession(spec, driver.spec)) {
        this.#drivers.set(key, driver);
        continue;
      }
      const fresh = new BfdSessionDriver(spec, this.#driverContext);
      this.#drivers.set(key, fresh);
      this.#waiting.add(fresh);
    }
    this.#receivers.expect([...this.#drivers.values()].map(({ spec }) => spec));
    for (const driver of this.#waiting) this.#begin(driver);
  }

  get statuses(): readonly BfdStatus[] {
    return [...this.#drivers.values()].map(({ status }) => status);
  }

  /** As `BfdSessions.stop`. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const driver of this.#drivers.values()) this.#end(driver);
    this.#drivers.clear();
    await Promise.all(this.#ending);
    await this.#receivers.close();
  }

  /** Begins a session that waits, unless others are still in its way. */
  #begin(driver: BfdSessionDriver): void {
    const { spec } = driver;
    if (this.#drivers.size - this.#waiting.size >= BFD_SESSIONS_MAX)
      driver.problem = `the session is one too many: at most ${BFD_SESSIONS_MAX} are possible`;
    else if (!this.#index.add(arrivalOf(spec), driver.localDiscriminator, driver))
      driver.problem = `another session with ${formatAddress(spec.remote)} uses the same port: remove one of them`;
    else {
      driver.problem = null;
      this.#waiting.delete(driver);
      void this.#open(driver);
    }
  }

  /** Opens the sockets, again and again until it succeeds or the session is not wanted any more. */
  async #open(driver: BfdSessionDriver): Promise<void> {
    const { clock, sockets } = this.#context;
    const { spec } = driver;
    const isWanted = (): boolean => this.#drivers.get(spec.key) === driver;
    const place = placeOf(spec);
    const failure = await this.#receivers.opened(place);
    const sender = failure === null ? await sockets.openSender({ ...place, ...addressesOf(spec) }) : null;
    if (!isWanted()) {
      if (sender?.ok === true) await sender.value.close();
      return;
    }
    if (sender?.ok === true) {
      driver.problem = null;
      driver.start(sender.value);
      return;
    }
    driver.problem = failure ?? (sender === null ? null : sender.error);
    clock.after(SOCKET_RETRY, () => {
      if (isWanted()) void this.#open(driver);
    });
  }

  #received(place: string, octets: Uint8Array, remote: string): void {
    // Octets 8 to 11: without them the packet is malformed, and its session counts that.
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    const yourDiscriminator = octets.length < 12 ? 0 : view.getUint32(8);
    const found = this.#index.find({ place, remote }, { yourDiscriminator });
    if (found.kind === 'session') found.session.receive(octets);
    else if (found.kind === 'unknown-discriminator') found.session.discard();
  }

  #end(driver: BfdSessionDriver): void {
    this.#waiting.delete(driver);
    const arrival = arrivalOf(driver.spec);
    const found = this.#index.find(arrival, { yourDiscriminator: 0 });
    if (found.kind === 'session' && found.session === driver) this.#index.remove(arrival);
    const ending = driver.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Random (RFC 5880 6.8.1), and of no other session. */
  #freeDiscriminator(): number {
    for (;;) {
      const discriminator = 1 + Math.floor(this.#context.random() * DISCRIMINATOR_MAX);
      if (!this.#index.hasDiscriminator(discriminator)) return discriminator;
    }
  }
}

const arrivalOf = (spec: BfdSessionSpec): Arrival => ({
  place: placeName(placeOf(spec)),
  remote: remoteName(spec),
});

const addressesOf = ({
  remote,
  local,
  interface: name,
}: BfdSessionSpec): Omit<SenderAddress, keyof BfdPlace> => ({
  remote,
  local,
  interface: name,
});

const identityOf = (spec: BfdSessionSpec): string =>
  [
    placeName(placeOf(spec)),
    formatAddress(spec.remote),
    spec.local === null ? '' : formatAddress(spec.local),
    spec.interface ?? '',
    spec.multihop,
  ].join(' ');

const isSameSession = (one: BfdSessionSpec, other: BfdSessionSpec): boolean =>
  identityOf(one) === identityOf(other);
