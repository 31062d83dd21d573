/**
 * The thread of the wire: it blocks until a frame, a change of interfaces, a command or a deadline comes, and lets the
 * responder decide. So a busy main thread delays no answer.
 */
import type { Millis } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { clearSignal } from '../../sockets/event-descriptor.ts';
import type { Libc } from '../../sockets/libc.ts';
import { MulticastGroups } from '../../sockets/multicast-groups.ts';
import { NO_DESCRIPTOR, PollSet } from '../../sockets/poll-set.ts';
import { openSocketPair } from '../../sockets/socket-pair.ts';
import { type RateLimit, TokenBucket } from '../../workqueue/token-bucket.ts';
import { coveringRanges } from '../packets/covering-ranges.ts';
import { interfaceExclusion } from '../packets/excluded-interfaces.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';
import { Responder, type ResponderOutput } from '../packets/responder.ts';
import { type LinkAddress, sameInterfaces, usableInterfaces } from '../packets/usable-interfaces.ts';
import { InterfaceWatch } from './interface-watch.ts';
import { REHEARSAL_ADDRESSES, REHEARSAL_INTERFACE, rehearse } from './rehearsal.ts';
import type { WireCommand, WireReport, WireThreadData } from './wire-command.ts';
import { FILTER_RANGES_MAX } from './wire-filters.ts';
import { WireSockets } from './wire-sockets.ts';

/** Connection to the main thread. */
export type WireChannel = {
  /** Monotonic time. */
  readonly now: () => Millis;
  readonly report: (report: WireReport) => void;
  /** The next command, or null. */
  readonly nextCommand: () => WireCommand | null;
};

/** Places in the list of descriptors that the thread waits for. */
const POSITION = { wake: 0, watch: 1, sockets: 2 } as const;

/** While interfaces change all the time, no list is consistent. After as many lists, the next one will do. */
const STRICT_RENEWALS_MAX = 10;

/**
 * Frames that pass the filters and are read in a second, and at one moment. A flood of requests must not cost the node a
 * core. Of what comes beyond, the kernel keeps some hundred frames for each socket, and drops the rest.
 */
const FRAME_RATE: RateLimit = { perSecond: 10_000, burst: 2000 };
/** The thread's own requests have no limit. */
const REHEARSAL_RATE: RateLimit = { perSecond: 1e9, burst: 1e9 };

/** Of the silence after which the process counts as suspended, the part that one wait may take. */
const WAITS_WITHIN_SUSPENSION = 3;

export class WireLoop {
  readonly #libc: Libc;
  readonly #data: WireThreadData;
  readonly #channel: WireChannel;
  #watch: InterfaceWatch;
  /** Since the lists were complete. */
  #renewals = 0;
  readonly #sockets: WireSockets;
  readonly #groups: MulticastGroups;
  readonly #poll: PollSet;
  #frameRate = new TokenBucket(REHEARSAL_RATE);
  #responder: Responder;
  #isExcluded: (name: string) => boolean;
  #interfaces: readonly WireInterface[] | null = null;
  /** Interfaces of which this was reported. */
  readonly #withoutGroups = new Set<number>();
  /** When it was last certain that the process runs. */
  #aliveAt: Millis;
  #isClosing = false;

  private constructor(libc: Libc, watch: InterfaceWatch, data: WireThreadData, channel: WireChannel) {
    this.#libc = libc;
    this.#watch = watch;
    this.#data = data;
    this.#channel = channel;
    this.#aliveAt = channel.now();
    this.#isExcluded = interfaceExclusion(data.excluded);
    this.#sockets = new WireSockets(libc, (index, frame) => {
      const now = this.#checkSuspension();
      this.#frameRate.take(now);
      this.#responder.receive(index, frame, now);
    });
    this.#groups = new MulticastGroups(libc);
    this.#poll = new PollSet(libc);
    this.#responder = this.#newResponder({
      emit: (event) => channel.report(event),
      join: (index, group) => this.#join(index, group),
      leave: (index, group) => this.#groups.leave(index, group),
    });
  }

  #newResponder(output: Omit<ResponderOutput, 'send'>): Responder {
    return new Responder({ ...output, send: (index, frame) => this.#sockets.send(index, frame) });
  }

  /** The error is a sentence. */
  static open(libc: Libc, data: WireThreadData, channel: WireChannel): Result<WireLoop, string> {
    const refusal = WireSockets.check(libc);
    if (refusal === 'EPERM')
      return err(
        'packet sockets need the capability NET_RAW: give the container "runAsUser: 0" and "add: [NET_RAW]" in the securityContext of its DaemonSet, as "kubectl apply -k deploy/layer2" does',
      );
    if (refusal !== null) return err(`the kernel refuses packet sockets: ${refusal}`);
    const watch = InterfaceWatch.open(libc, true);
    return watch.ok ? ok(new WireLoop(libc, watch.value, data, channel)) : watch;
  }

  /** Returns after the command `close`; null, or why it had to end by itself. */
  run(): string | null {
    this.#rehearse();
    this.#frameRate = new TokenBucket(FRAME_RATE);
    this.#setDescriptors();
    this.#channel.report({ kind: 'ready' });
    let failure: string | null = null;
    while (!this.#isClosing && failure === null) failure = this.#turn();
    this.#sockets.close();
    this.#groups.close();
    this.#watch.close();
    return failure;
  }

  /** Twice, for V8 first compiles for the one responder that it has seen. Nothing of it is reported. */
  #rehearse(): void {
    const pair = openSocketPair(this.#libc);
    if (pair === null) return;
    const [own, asker] = pair;
    const responder = this.#responder;
    this.#sockets.useOnly(own, REHEARSAL_INTERFACE.index);
    this.#poll.set([NO_DESCRIPTOR, NO_DESCRIPTOR, own]);
    for (let part = 0; part < 2; part++) {
      this.#responder = this.#newResponder({ emit: () => {}, join: () => {}, leave: () => {} });
      this.#responder.setInterfaces([REHEARSAL_INTERFACE], this.#channel.now());
      this.#responder.changeOwned(REHEARSAL_ADDRESSES, this.#channel.now());
      rehearse(this.#libc, asker, () => this.#turn());
    }
    this.#responder = responder;
    this.#sockets.close();
    this.#libc.close(asker);
  }

  #turn(): string | null {
    const now = this.#channel.now();
    const pause = this.#frameRate.wait(now);
    const failure =
      pause > 0
        ? this.#poll.wait(Math.min(pause, this.#waitLimit(now)), POSITION.sockets)
        : this.#poll.wait(this.#waitLimit(now));
    if (failure !== null) return failure;
    this.#checkSuspension();
    if (this.#poll.isReady(POSITION.wake)) this.#readCommands();
    if (this.#poll.isReady(POSITION.watch)) {
      const failure = this.#readChanges();
      if (failure !== null) return failure;
    }
    const { count } = this.#sockets;
    for (let index = 0; index < count; index++)
      if (this.#poll.isReady(POSITION.sockets + index)) this.#sockets.receive(index);
    this.#responder.tick(this.#channel.now());
    return null;
  }

  /** Null, or why interfaces cannot be watched any more. */
  #readChanges(): string | null {
    const outcome = this.#watch.drain();
    if (!outcome.ok) return outcome.error;
    if (outcome.value === 'outdated') return this.#renewWatch();
    if (outcome.value === 'changed') {
      this.#renewals = 0;
      this.#updateInterfaces();
    }
    return null;
  }

  /** Until the new watch has the lists, the interfaces stay as they are. */
  #renewWatch(): string | null {
    this.#renewals += 1;
    const watch = InterfaceWatch.open(this.#libc, this.#renewals < STRICT_RENEWALS_MAX);
    if (!watch.ok) return watch.error;
    this.#watch.close();
    this.#watch = watch.value;
    this.#setDescriptors();
    return null;
  }

  #waitLimit(now: Millis): Millis {
    const due = this.#responder.nextDue(now);
    const most = this.#data.suspendedAfter / WAITS_WITHIN_SUSPENSION;
    return due === null ? most : Math.max(0, Math.min(most, due - now));
  }

  /** Returns the time. Called before each frame: what waited while the process was stopped is not answered. */
  #checkSuspension(): Millis {
    const now = this.#channel.now();
    const gap = now - this.#aliveAt;
    if (gap >= this.#data.suspendedAfter) this.#responder.suspend(gap);
    this.#aliveAt = now;
    return now;
  }

  #readCommands(): void {
    clearSignal(this.#libc, this.#data.wakeDescriptor);
    for (let command = this.#channel.nextCommand(); command !== null; command = this.#channel.nextCommand())
      this.#perform(command);
  }

  #perform(command: WireCommand): void {
    const now = this.#channel.now();
    switch (command.kind) {
      case 'owned':
        this.#responder.changeOwned(command.changes, now);
        this.#setRanges();
        break;
      case 'speakers':
        this.#responder.setSpeakers(command.macs, now);
        break;
      case 'excluded':
        this.#isExcluded = interfaceExclusion(command.patterns);
        if (this.#watch.isComplete) this.#updateInterfaces();
        break;
      case 'defend':
        this.#responder.defend(command.address, command.interface, now);
        break;
      case 'announce':
        this.#responder.announce(command.addresses, now);
        break;
      case 'resume':
        this.#responder.resume(now);
        break;
      case 'close':
        this.#isClosing = true;
    }
  }

  #setRanges(): void {
    const ranges = coveringRanges(this.#responder.ownedIpv4(), FILTER_RANGES_MAX);
    const message = this.#sockets.setRanges(ranges);
    if (message !== null) this.#channel.report({ kind: 'problem', message });
  }

  #updateInterfaces(): void {
    const watch = this.#watch;
    const addressesOf = (index: number): Iterable<LinkAddress> => watch.addressesOf(index);
    const interfaces = usableInterfaces(watch.links, addressesOf, this.#isExcluded);
    if (this.#interfaces !== null && sameInterfaces(interfaces, this.#interfaces)) return;
    this.#interfaces = interfaces;
    for (const message of this.#sockets.setInterfaces(interfaces))
      this.#channel.report({ kind: 'problem', message });
    this.#responder.setInterfaces(interfaces, this.#channel.now());
    this.#setDescriptors();
  }

  #setDescriptors(): void {
    // In the order of `POSITION`.
    this.#poll.set([this.#data.wakeDescriptor, this.#watch.descriptor, ...this.#sockets.descriptors]);
  }

  #join(index: number, group: bigint): void {
    this.#checkSuspension(); // thousands of groups take a while, in which the process does run
    const failure = this.#groups.join(index, group);
    if (failure === null) return;
    if (this.#withoutGroups.has(index)) return;
    this.#withoutGroups.add(index);
    const name = this.#interfaces?.find((one) => one.index === index)?.name ?? `number ${index}`;
    const last = this.#sockets.receiveAllMulticast(index);
    const message =
      last === null
        ? `interface ${name} receives all multicast frames, because a group cannot be joined: ${failure}`
        : `interface ${name} cannot join a multicast group: ${failure}; switches may not forward neighbour solicitations`;
    this.#channel.report({ kind: 'problem', message });
  }
}
