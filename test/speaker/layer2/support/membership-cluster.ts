/**
 * Many speakers that watch each other, with the real membership of each. BFD, the network and the API server are simulated, at
 * steps of a fake clock: sessions come up within a second, and go down 600 ms after the last packet.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Millis } from '../../../../src/base/clock.ts';
import type { BfdSessions, BfdStateChange } from '../../../../src/bfd/sessions.ts';
import type { BfdSessionSpec } from '../../../../src/bfd/settings.ts';
import type { BfdSessionState, BfdStatus } from '../../../../src/bfd/status.ts';
import { type SpeakerKey, speakerKey } from '../../../../src/layer2/membership/key-ring.ts';
import type {
  Layer2Pod,
  PublishedSpeaker,
  SpeakerPresence,
} from '../../../../src/layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../../src/layer2/membership/watch-graph.ts';
import type { Address } from '../../../../src/net/address.ts';
import { Membership } from '../../../../src/speaker/layer2/membership.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const STEP: Millis = 100;
const COMES_UP_AFTER: Millis = 1000;
const DETECTION_TIME: Millis = 600;

export const bfdStatus = (
  key: string,
  state: BfdSessionState,
  remoteState: BfdSessionState = state,
): BfdStatus => ({
  ...{ key, state, remoteState, diagnostic: 'none', remoteDiagnostic: 'none', since: 0, problem: null },
  ...{ localDiscriminator: 1, remoteDiscriminator: 1, transmitInterval: 0, detectionTime: 0 },
  remoteMultiplier: 3,
  counters: {
    ...{ packetsSent: 0, packetsReceived: 0, packetsDiscarded: 0, authenticationFailures: 0 },
    ...{ sendErrors: 0, upEvents: 0, downEvents: 0 },
  },
});

class SimulatedBfd implements BfdSessions {
  wanted = new Set<string>();
  readonly #up = new Set<string>();
  #listener: (change: BfdStateChange) => void = () => {};

  apply(specs: readonly BfdSessionSpec[]): void {
    this.wanted = new Set(specs.map(({ key }) => key));
    for (const key of this.#up) if (!this.wanted.has(key)) this.#up.delete(key);
  }
  statuses(): readonly BfdStatus[] {
    return [];
  }
  onChange(listener: (change: BfdStateChange) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  async stop(): Promise<void> {
    this.wanted.clear();
  }
  set(key: string, isUp: boolean): void {
    if (this.#up.has(key) === isUp || !this.wanted.has(key)) return;
    if (isUp) this.#up.add(key);
    else this.#up.delete(key);
    this.#listener({ from: isUp ? 'Down' : 'Up', status: bfdStatus(key, isUp ? 'Up' : 'Down') });
  }
}

type SimulatedSpeaker = {
  readonly name: string;
  readonly address: Address;
  readonly bfd: SimulatedBfd;
  readonly membership: Membership;
  /** A dead one does nothing at all. */
  isDead: boolean;
  reachesApi: boolean;
  /** Speakers of different parts reach each other by no packet. */
  part: number;
  /** What it reads; of the past while it does not reach the API server. */
  published: readonly PublishedSpeaker[];
  pods: readonly Layer2Pod[];
  presence: SpeakerPresence | null;
  isDirty: boolean;
};

const interfaces: PublishedSpeaker['interfaces'] = [
  { name: 'eth0', mac: '02:00:00:00:00:01', families: { 4: true, 6: true }, subnets: null, addresses: null },
];

export class MembershipCluster {
  readonly clock = new FakeClock();
  /** Of all speakers. */
  keys: readonly SpeakerKey[] = [speakerKey('secret')];
  readonly names: readonly string[];
  readonly #speakers: ReadonlyMap<string, SimulatedSpeaker>;
  readonly #byAddress: ReadonlyMap<bigint, SimulatedSpeaker>;
  readonly #published = new Map<string, PublishedSpeaker>();
  #pods: readonly Layer2Pod[] = [];
  /** Since when both ends of a session want it and reach each other. */
  readonly #heard = new Map<string, { since: Millis; last: Millis }>();
  #hasPublished = true;
  /** How long the session of two speakers takes to come up, by their names in order. */
  comesUpAfter: (a: string, b: string) => Millis = () => COMES_UP_AFTER;
  /** Who noticed that which speaker can be reached again, in the order in which that happened. */
  readonly returns: string[] = [];

  constructor(size: number) {
    this.names = Array.from({ length: size }, (_, index) => `node-${index}`);
    const graphs = new WatchGraphs();
    this.#speakers = new Map(this.names.map((name, index) => [name, this.#makeSpeaker(name, index, graphs)]));
    this.#byAddress = new Map([...this.#speakers.values()].map((one) => [one.address.bits, one]));
    for (const { name } of this.#speakers.values()) this.#publish(name);
  }

  #makeSpeaker(name: string, index: number, graphs: WatchGraphs): SimulatedSpeaker {
    const bfd = new SimulatedBfd();
    const membership = new Membership({
      ...{ clock: this.clock, node: name, graphs, linkChanged: () => {} },
      returned: (other) => this.returns.push(`${name}: ${other}`),
      mesh: {
        ...{ sessions: bfd, port: 7946, authentication: () => null, boot: 'first', keys: () => this.keys },
        send: (octets, to) => this.#deliver(name, octets, to),
      },
      changed: () => this.#changed(name),
    });
    const address: Address = { family: 4, bits: 0x0a000001n + BigInt(index) };
    return {
      ...{ name, address, bfd, membership, isDead: false, reachesApi: true, part: 0 },
      ...{ published: [], pods: [], presence: null, isDirty: true },
    };
  }

  of(name: string): SimulatedSpeaker {
    const speaker = this.#speakers.get(name);
    if (speaker === undefined) throw new Error(`no speaker ${name}`);
    return speaker;
  }

  /** Those that a speaker takes for alive, where nobody is recorded. */
  livingFor(name: string): ReadonlySet<string> {
    return this.of(name).presence?.alive.among(this.names, null) ?? new Set();
  }

  /** The most sessions that a speaker has. */
  get sessionsMax(): number {
    return Math.max(...[...this.#speakers.values()].map(({ bfd }) => bfd.wanted.size));
  }

  kill(...names: readonly string[]): void {
    for (const name of names) this.of(name).isDead = true;
  }

  /** The API server shows that the Pods of their speakers are not ready. */
  podsFail(...names: readonly string[]): void {
    const failed = names.map((node) => ({
      name: `speaker-${node}`,
      node,
      isReady: false,
      isDeleting: false,
      metallb: null,
    }));
    this.#pods = [...this.#pods, ...failed];
    this.#hasPublished = true;
  }

  /** Its packets reach those of the same part only. */
  separate(names: readonly string[], { reachesApi }: { readonly reachesApi: boolean }): void {
    for (const name of names) Object.assign(this.of(name), { part: 1, reachesApi });
  }

  /** Nobody reaches the API server. */
  apiFails(): void {
    for (const speaker of this.#speakers.values()) speaker.reachesApi = false;
  }

  /** Nobody reaches anybody else. */
  scatter({ reachesApi }: { readonly reachesApi: boolean }): void {
    for (const [index, name] of this.names.entries())
      Object.assign(this.of(name), { part: index, reachesApi });
  }

  /** Those that a speaker takes for alive, for an address whose recorded owner is `recorded`. */
  ownersFor(judge: string, recorded: string): readonly string[] {
    return [...(this.of(judge).presence?.alive.among(this.names, recorded) ?? [])].sort();
  }

  /** All reach all others; the API server is reached by who reached it before. */
  rejoin(): void {
    for (const speaker of this.#speakers.values()) speaker.part = 0;
  }

  heal(): void {
    this.rejoin();
    for (const speaker of this.#speakers.values()) speaker.reachesApi = true;
    for (const { name } of this.#speakers.values()) this.#publish(name);
  }

  run(duration: Millis): void {
    for (const end = this.clock.now() + duration; this.clock.now() < end; ) {
      this.#judge();
      this.#moveSessions();
      this.clock.advance(STEP);
    }
    this.#judge();
  }

  /** A report arrives in the next step, where it arrives. */
  #deliver(from: string, octets: Uint8Array, to: readonly Address[]): void {
    const sender = this.of(from);
    this.clock.after(1, () => {
      for (const { bits } of to) {
        const one = this.#byAddress.get(bits);
        if (one === undefined || one.isDead || sender.isDead || one.part !== sender.part) continue;
        one.membership.receive(octets);
      }
    });
  }

  #changed(name: string): void {
    this.of(name).isDirty = true;
    this.#publish(name);
  }

  #publish(name: string): void {
    const speaker = this.of(name);
    if (!speaker.reachesApi || speaker.isDead) return;
    const { linked, lost, sequence } = speaker.membership;
    const before = this.#published.get(name);
    if (isDeepStrictEqual([before?.linked, before?.lost], [linked, lost])) return;
    this.#published.set(name, {
      ...{ node: name, pod: '', hasStopped: false, interfaces, address: speaker.address, linked, lost },
      ...{ boot: 'first', sequence },
      ...{ returned: [], conflicts: [] },
    });
    this.#hasPublished = true;
  }

  /** All that have something new to look at. */
  #judge(): void {
    const published = [...this.#published.values()];
    for (const speaker of this.#speakers.values()) {
      if (speaker.isDead) continue;
      if (this.#hasPublished && speaker.reachesApi) {
        speaker.published = published;
        speaker.pods = this.#pods;
        speaker.isDirty = true;
      }
      if (!speaker.isDirty) continue;
      speaker.isDirty = false;
      const own = { node: speaker.name, interfaces: interfaces ?? [] };
      const { published: speakers, address } = speaker;
      speaker.presence = speaker.membership.presence({ own, speakers, pods: speaker.pods, address });
    }
    this.#hasPublished = false;
  }

  #moveSessions(): void {
    const now = this.clock.now();
    for (const a of this.#speakers.values())
      for (const key of a.bfd.wanted) {
        const b = this.of(key);
        if (a.name > b.name && b.bfd.wanted.has(a.name)) continue; // the other end looks
        const names = [a.name, b.name].sort();
        const pair = names.join(' ');
        const reach = !a.isDead && !b.isDead && a.part === b.part && b.bfd.wanted.has(a.name);
        const heard = this.#heard.get(pair);
        if (reach) {
          const since = heard?.since ?? now;
          this.#heard.set(pair, { since, last: now });
          if (now >= since + this.comesUpAfter(names[0] ?? '', names[1] ?? '')) this.#set(a, b, true);
        } else if (heard !== undefined && now >= heard.last + DETECTION_TIME) {
          this.#heard.delete(pair);
          this.#set(a, b, false);
        }
      }
  }

  #set(a: SimulatedSpeaker, b: SimulatedSpeaker, isUp: boolean): void {
    if (!a.isDead) a.bfd.set(b.name, isUp);
    if (!b.isDead) b.bfd.set(a.name, isUp);
  }
}
