/** The port of the wire without a kernel: the same responder, on interfaces that a test sets and a clock that it advances. */

import type { Clock } from '../../../src/base/clock.ts';
import { interfaceExclusion } from '../../../src/layer2/packets/excluded-interfaces.ts';
import type {
  Layer2Wire,
  MacAddress,
  OwnedAddress,
  WireInterface,
  WireOptions,
} from '../../../src/layer2/packets/layer2-wire.ts';
import { OwnedTable } from '../../../src/layer2/packets/owned-changes.ts';
import { Responder } from '../../../src/layer2/packets/responder.ts';
import type { Address } from '../../../src/net/address.ts';

export class SimulatedWire implements Layer2Wire {
  readonly #clock: Clock;
  readonly #responder: Responder;
  readonly #table = new OwnedTable();
  #all: readonly WireInterface[];
  #excluded: readonly string[];
  #cancelTimer: () => void = () => {};
  #isClosed = false;

  /** `sent` gets each frame with the index of its interface. */
  constructor(
    { excluded, onEvent }: WireOptions,
    interfaces: readonly WireInterface[],
    clock: Clock,
    sent: (interfaceIndex: number, frame: Uint8Array) => void,
  ) {
    this.#clock = clock;
    this.#all = interfaces;
    this.#excluded = excluded;
    this.#responder = new Responder({
      send: (index, frame) => {
        sent(index, frame);
        return true;
      },
      emit: onEvent,
      join: () => {},
      leave: () => {},
    });
    this.setInterfaces(interfaces);
  }

  setInterfaces(interfaces: readonly WireInterface[]): void {
    this.#all = interfaces;
    const isExcluded = interfaceExclusion(this.#excluded);
    this.#do((now) =>
      this.#responder.setInterfaces(
        interfaces.filter(({ name }) => !isExcluded(name)),
        now,
      ),
    );
  }

  setOwned(table: readonly OwnedAddress[]): void {
    this.#do((now) => this.#responder.changeOwned(this.#table.replace(table), now));
  }

  setSpeakers(macs: readonly MacAddress[]): void {
    this.#do((now) => this.#responder.setSpeakers(macs, now));
  }

  setExcluded(patterns: readonly string[]): void {
    this.#excluded = patterns;
    this.setInterfaces(this.#all);
  }

  defend(address: Address, interfaceName: string): void {
    this.#do((now) => this.#responder.defend(address, interfaceName, now));
  }

  announce(addresses: readonly Address[]): void {
    this.#do((now) => this.#responder.announce(addresses, now));
  }

  resume(): void {
    this.#do((now) => this.#responder.resume(now));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer();
  }

  /** A frame arrives on an interface. */
  receive(interfaceIndex: number, bytes: Uint8Array): void {
    this.#do((now) =>
      this.#responder.receive(interfaceIndex, { bytes, vlanTag: null, isForAnotherHost: false }, now),
    );
  }

  /** The process did not run for so long. */
  suspend(duration: number): void {
    this.#do(() => this.#responder.suspend(duration));
  }

  #do(action: (now: number) => void): void {
    if (this.#isClosed) return;
    action(this.#clock.now());
    this.#responder.tick(this.#clock.now());
    const due = this.#responder.nextDue(this.#clock.now());
    this.#cancelTimer();
    if (due !== null)
      this.#cancelTimer = this.#clock.after(due - this.#clock.now(), () => this.#do(() => {}));
  }
}
