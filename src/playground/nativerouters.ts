/**
 * The routers of a playground. Whatever address a BGPPeer names, a router answers in its stead, with the number of AS and
 * the password that are expected of it. The sessions are real ones over TCP, and none leaves this machine: all routers
 * share one port, and each session comes from a loopback address of its own, by which it is known.
 */
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Why } from '../bgp/session/event.ts';
import { CEASE } from '../bgp/wire/codes.ts';
import { notificationText } from '../bgp/wire/notificationtext.ts';
import { type Address, formatAddress, LAST_BITS } from '../net/address.ts';
import { Listener } from '../sockets/listener.ts';
import { Peering } from '../sockets/peering.ts';
import type { Far, OpenLine } from '../speaker/ports.ts';
import { type HomeOf, NearEnd, playedSettings } from './nativeends.ts';
import { RouterRib, type Teller } from './nativerib.ts';

/** Where the routers are; systems that do not have it have none for the nodes either. */
const HOSTS = { 4: '127.0.0.10', 6: '::1' } as const;
const LOOPBACK: Address = { family: 4, bits: 0x7f00_000an };

export type RoutersOptions = {
  readonly clock: Clock;
  readonly random: () => number;
};

/** Called with a line worth saying. */
export type Say = (line: string) => void;

export class NativeRouters {
  readonly #options: RoutersOptions;
  readonly #listener: Listener;
  readonly #ribs = new Map<string, RouterRib>();
  readonly #ends = new Set<Peering>();
  #lastSource = LOOPBACK.bits;
  #isClosed = false;
  /** Of sessions that come and go. */
  say: Say = () => {};

  private constructor(options: RoutersOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The error is a sentence. */
  static async open(options: RoutersOptions): Promise<Result<NativeRouters, string>> {
    const listener = await Listener.open([4], 0, HOSTS);
    if (listener.ok) return ok(new NativeRouters(options, listener.value));
    return err(`--native needs loopback addresses beside 127.0.0.1, as Linux has them: ${listener.error}`);
  }

  /** What each router knows, by its address. */
  get ribs(): ReadonlyMap<string, RouterRib> {
    return this.#ribs;
  }

  /** Grows with everything that any of them hears. */
  get changes(): number {
    return this.#sum((rib) => rib.changes);
  }

  countFrom(node: string): number {
    return this.#sum((rib) => rib.countFrom(node));
  }

  /** For the speaker of that node. */
  lineOf(node: string, homeOf: HomeOf): OpenLine {
    return (settings, far, owner, missed) => {
      const { clock, random } = this.#options;
      const source = this.#nextSource();
      const end = new Peering(
        playedSettings(settings, far),
        { ...far, address: source },
        this.#ownerOf(node, far, () => end),
        { clock, random },
      );
      this.#ends.add(end);
      end.start();
      void this.#listener
        .expect({ ...far, address: source }, (socket) => end.accept(socket))
        .then((because) => because !== null && missed(because));
      return new NearEnd({ ...settings, role: 'dial' }, this.#nearRemote(far, source), owner, {
        around: { clock, random, missed },
        standsAt: () => homeOf()[far.address.family],
        over: () => {
          this.#listener.forget(source);
          this.#ends.delete(end);
          end.stop(CEASE.administrativeShutdown, '');
        },
      });
    };
  }

  /** Hangs up on all speakers, in peace, and frees the port. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const end of this.#ends) end.stop(CEASE.administrativeShutdown, 'the playground ends');
    await Promise.all([...this.#ends].map((end) => end.settled()));
  }

  #nearRemote(far: Far, source: Address): Far {
    return { ...far, address: LOOPBACK, port: this.#listener.port, source };
  }

  #ownerOf(node: string, { address }: Far, end: () => Peering): ConstructorParameters<typeof Peering>[2] {
    const name = formatAddress(address);
    const rib = this.#ribs.get(name) ?? new RouterRib();
    this.#ribs.set(name, rib);
    let teller: Teller | null = null;
    return {
      moved: (from, to, why) => {
        if (to === 'Established') {
          teller = { node, internal: end().agreement?.internal ?? false };
          this.#tell(`${node}  has a session with ${name}`);
        }
        if (from !== 'Established' || teller === null) return;
        rib.forget(teller);
        teller = null;
        this.#tell(`${node}  has no session with ${name} any more: ${endedBy(why)}`);
      },
      received: (message) => {
        if (message.kind === 'update' && teller !== null) rib.hear(teller, message);
      },
      writable: () => {},
    };
  }

  #tell(line: string): void {
    if (!this.#isClosed) this.say(line);
  }

  #nextSource(): Address {
    this.#lastSource = (this.#lastSource + 1n) & LAST_BITS[4];
    return { family: 4, bits: this.#lastSource };
  }

  #sum(of: (rib: RouterRib) => number): number {
    return [...this.#ribs.values()].reduce((sum, rib) => sum + of(rib), 0);
  }
}

/** Here the router is the one that listens: to its session the node is the peer, and to whoever reads this it is not. */
const endedBy = ({ says, received }: Why): string =>
  received === null ? says : `it said ${notificationText(received)}`;
