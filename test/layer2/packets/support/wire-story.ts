/** A responder with a clock and interfaces that a test sets; what it does is kept as lines of text. */

import type {
  OwnedAddress,
  PacketCounts,
  WireEvent,
  WireInterface,
} from '../../../../src/layer2/packets/layer2-wire.ts';
import { OwnedTable } from '../../../../src/layer2/packets/owned-changes.ts';
import { Responder } from '../../../../src/layer2/packets/responder.ts';
import { formatAddress, parseAddress } from '../../../../src/net/address.ts';
import { describeFrame } from './frames.ts';

export function owned(text: string, fields: Partial<OwnedAddress> = {}): OwnedAddress {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(`${text} ${address.error}`);
  return { address: address.value, interfaces: null, isProbed: false, ...fields };
}

/** `eth0` has index 2. */
export const eth = (number: number): WireInterface => ({
  name: `eth${number}`,
  index: number + 2,
  mac: `02:00:00:00:00:${(0xaa + number).toString(16)}`,
  families: { 4: true, 6: true },
  addresses: [{ address: owned('192.0.2.100').address, prefixLength: 24 }],
});

export class WireStory {
  readonly responder: Responder;
  now = 0;
  canSend = true;
  readonly #lines: string[] = [];
  readonly #counts: string[] = [];
  readonly #table = new OwnedTable();
  #names = new Map<number, string>();

  constructor(interfaces: readonly WireInterface[] = [eth(0)]) {
    this.responder = new Responder({
      send: (index, frame) => {
        if (this.canSend) this.#lines.push(`${this.#names.get(index)}: ${describeFrame(frame)}`);
        return this.canSend;
      },
      emit: (event) => {
        if (event.kind === 'counted') this.#counts.push(...event.counts.map(describeCounts));
        else this.#lines.push(describeEvent(event));
      },
      join: (index, group) =>
        this.#lines.push(`join ${formatAddress({ family: 6, bits: group })} on ${index}`),
      leave: (index, group) =>
        this.#lines.push(`leave ${formatAddress({ family: 6, bits: group })} on ${index}`),
    });
    this.setInterfaces(interfaces);
    this.take();
  }

  setInterfaces(interfaces: readonly WireInterface[]): void {
    this.#names = new Map(interfaces.map(({ index, name }) => [index, name]));
    this.responder.setInterfaces(interfaces, this.now);
    this.run(0);
  }

  /** Sets the table, and lets the time stand. */
  own(...table: readonly OwnedAddress[]): void {
    this.responder.changeOwned(this.#table.replace(table), this.now);
    this.run(0);
  }

  /** What follows at once from a frame. */
  receive(bytes: Uint8Array, interfaceNumber = 0): string[] {
    this.responder.receive(interfaceNumber + 2, { bytes, vlanTag: null, isForAnotherHost: false }, this.now);
    return this.take();
  }

  /** Lets the time pass, as a driver does. */
  run(duration: number): void {
    const end = this.now + duration;
    for (;;) {
      this.responder.tick(this.now);
      const next = this.responder.nextDue(this.now);
      if (next === null || next > end) break;
      this.now = Math.max(next, this.now + 1e-3);
    }
    this.now = end;
  }

  /** All lines since the last call. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  /** For each address, its requests, responses and gratuitous packets. */
  takeCounts(): string[] {
    return this.#counts.splice(0);
  }
}

const describeCounts = ({ address, requests, responses, gratuitous }: PacketCounts): string =>
  `${formatAddress(address)} ${requests}/${responses}/${gratuitous}`;

function describeEvent(event: Exclude<WireEvent, { kind: 'counted' }>): string {
  switch (event.kind) {
    case 'interfaces':
      return `interfaces ${event.interfaces.map(({ name }) => name).join(' ')}`;
    case 'answering':
      return `answering ${formatAddress(event.address)} ${event.interface}`;
    case 'refused':
      return `refused ${formatAddress(event.address)} ${event.interface} ${event.mac}`;
    case 'claimed':
      return `claimed ${formatAddress(event.address)} ${event.interface} ${event.mac} ${event.isSpeaker ? 'speaker' : 'unknown'} ${event.isAnnouncement ? 'announces' : 'uses'}`;
    case 'suspended':
      return `suspended ${event.duration}`;
    case 'problem':
    case 'failed':
      return `${event.kind}: ${event.message}`;
  }
}
