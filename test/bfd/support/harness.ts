/** One BFD session whose clock, packets and settings the test moves by hand. */
import { createHash } from 'node:crypto';
import { sendingKey, signPacket } from '../../../src/bfd/authentication.ts';
import { SHA1_SECTION_OCTETS } from '../../../src/bfd/authentication-section.ts';
import type { BfdAction, BfdProtocolEvent } from '../../../src/bfd/events.ts';
import {
  type ControlPacket,
  type DecodedPacket,
  decodePacket,
  encodePacket,
} from '../../../src/bfd/packet.ts';
import { type BfdSession, newBfdSession, nextBfdDeadline } from '../../../src/bfd/session.ts';
import type { BfdAuthentication, BfdSettings } from '../../../src/bfd/settings.ts';
import { stepBfd } from '../../../src/bfd/step.ts';

export const sha1 = (octets: Uint8Array): Uint8Array => createHash('sha1').update(octets).digest();

export const SETTINGS: BfdSettings = {
  desiredMinTx: 300,
  requiredMinRx: 300,
  detectMultiplier: 3,
  passive: false,
  minimumTtl: 255,
  authentication: null,
};

export const key = (text: string): Uint8Array => new TextEncoder().encode(text);

export const METICULOUS: BfdAuthentication = {
  type: 'meticulous-keyed-sha1',
  keys: [{ id: 7, key: key('first key') }],
  activeKeyId: 7,
};

const LOCAL = 0x11111111;
const REMOTE = 0x22222222;
/** Our next discriminator. */
export const SPARE = 0x33333333;
/** Sequence number of our first packet. */
export const FIRST_SEQUENCE = 1000;

/** What the remote says unless a test says otherwise; 0.1 s × 3. */
const REMOTE_PACKET: ControlPacket = {
  diagnostic: 'none',
  state: 'Down',
  poll: false,
  final: false,
  demand: false,
  detectMultiplier: 3,
  myDiscriminator: REMOTE,
  yourDiscriminator: LOCAL,
  desiredMinTx: 100,
  requiredMinRx: 100,
};

/** How a packet of the remote is signed. */
export type Signing = { readonly authentication: BfdAuthentication; readonly sequence: number };

export class BfdHarness {
  session: BfdSession;
  now = 0;
  /** Of jitter: 1 would be none, and is not reached. */
  chance = 0.999_999;
  actions: readonly BfdAction[] = [];

  constructor(settings: Partial<BfdSettings> = {}) {
    this.session = newBfdSession({
      settings: { ...SETTINGS, ...settings },
      localDiscriminator: LOCAL,
      sendSequence: FIRST_SEQUENCE,
      now: 0,
    });
  }

  apply(event: BfdProtocolEvent): this {
    const { now, chance } = this;
    const { session, actions } = stepBfd(this.session, event, {
      now,
      chance,
      sha1,
      spareDiscriminator: SPARE,
    });
    this.session = session;
    this.actions = actions;
    return this;
  }

  receive(packet: Partial<ControlPacket>, signing: Signing | null = null): this {
    return this.receiveOctets(remotePacket(packet, signing));
  }

  receiveOctets(octets: Uint8Array): this {
    const decoded = decodePacket(octets);
    if (!decoded.ok) throw new Error(`the test's packet is malformed: ${decoded.error}`);
    return this.apply({ kind: 'received', packet: decoded.value, octets });
  }

  edit(settings: Partial<BfdSettings>): this {
    return this.apply({ kind: 'settings', settings: { ...this.session.settings, ...settings } });
  }

  /** Waits, and sends one tick at the end. */
  advance(millis: number): this {
    this.now += millis;
    return this.apply({ kind: 'tick' });
  }

  /** Waits for the next deadline, and sends the tick. */
  toDeadline(): this {
    const at = nextBfdDeadline(this.session);
    if (at === null) throw new Error('there is no deadline');
    return this.advance(Math.max(at - this.now, 0));
  }

  /** Packets of the last step. */
  get sent(): readonly DecodedPacket[] {
    return this.actions.flatMap((action) => (action.kind === 'send' ? [decoded(action.octets)] : []));
  }

  /** Actions of the last step, in order: `Up`, `Up P`, `Up F` for packets, `discard replayed`; not `changed`. */
  get actionNames(): readonly string[] {
    return this.actions.flatMap((action) => {
      if (action.kind === 'discard') return [`discard ${action.fault}`];
      return action.kind === 'send' ? [packetName(decoded(action.octets))] : [];
    });
  }

  get hasChanged(): boolean {
    return this.actions.some(({ kind }) => kind === 'changed');
  }
}

export function remotePacket(packet: Partial<ControlPacket>, signing: Signing | null = null): Uint8Array {
  const octets = encodePacket({ ...REMOTE_PACKET, ...packet }, signing === null ? 0 : SHA1_SECTION_OCTETS);
  if (signing !== null) {
    const { authentication, sequence } = signing;
    signPacket(octets, { type: authentication.type, key: sendingKey(authentication, null) }, sequence, sha1);
  }
  return octets;
}

export function decoded(octets: Uint8Array): DecodedPacket {
  const result = decodePacket(octets);
  if (!result.ok) throw new Error(`a session sent a malformed packet: ${result.error}`);
  return result.value;
}

const packetName = ({ state, poll, final }: ControlPacket): string =>
  `${state}${poll ? ' P' : ''}${final ? ' F' : ''}`;
