/** The observer: a host on both segments that asks for addresses, and sees who answers and who announces itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { arpFrame, readArp } from '../../../../../src/layer2/packets/arp-packet.ts';
import {
  BROADCAST_MAC,
  ETHERTYPE,
  formatMac,
  isSameMac,
  macAt,
  parseMac,
  readEthernetHeader,
} from '../../../../../src/layer2/packets/ethernet-frame.ts';
import {
  groupMac,
  icmpFrame,
  solicitedNodeGroup,
  writeAddressBits,
} from '../../../../../src/layer2/packets/ipv6-packet.ts';
import { readNeighbourPacket } from '../../../../../src/layer2/packets/neighbour-packet.ts';
import { type Address, formatAddress, formatIPv4, parseAddress } from '../../../../../src/net/address.ts';
import { LineProgram } from '../../../../layer2/transport/support/line-program.ts';
import { stretched } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { answerTo } from './answer.ts';
import { AnswerWatch } from './answer-watch.ts';
import {
  CLIENT_INTERFACE,
  CLIENT_IPV6,
  CLIENT_MAC,
  type Layer2Network,
  SEGMENTS,
  type Segment,
} from './layer2-network.ts';

const HOST = new URL('../../../../layer2/transport/support/frame-program.ts', import.meta.url);

/** MAC addresses by IP address and segment. */
export type Sightings = ReadonlyMap<string, Readonly<Record<Segment, ReadonlySet<string>>>>;
type Recorded = Map<string, Record<Segment, Set<string>>>;

/** Time for an answer, in milliseconds of a quiet machine; each question is asked twice. */
const ANSWER_WITHIN_MS = 50;
const ROUNDS = 2;

const [SOLICITATION, SOURCE_LINK_LAYER] = [135, 1];
/** An address on each segment that nobody else has. */
const CLIENT_IPV4: Readonly<Record<Segment, string>> = { a: '10.213.0.253', b: '10.214.0.253' };

export class Observer {
  readonly #client: NetworkNamespace;
  readonly #hosts: Readonly<Record<Segment, LineProgram>>;
  #answers: Recorded = new Map();
  #announcements: Recorded = new Map();
  readonly #watches: AnswerWatch[] = [];

  private constructor(client: NetworkNamespace, hosts: Readonly<Record<Segment, LineProgram>>) {
    this.#client = client;
    this.#hosts = hosts;
  }

  static async start({ client }: Layer2Network): Promise<Observer> {
    const hosts = {
      a: new LineProgram(client, HOST, [CLIENT_INTERFACE.a]),
      b: new LineProgram(client, HOST, [CLIENT_INTERFACE.b]),
    };
    for (const segment of SEGMENTS)
      await hosts[segment].next((line) => line === 'ready', `observer of segment ${segment}`);
    return new Observer(client, hosts);
  }

  stop(): void {
    this.endWatches();
    for (const segment of SEGMENTS) this.#hosts[segment].kill();
  }

  /** Forgets the announcements so far. */
  mark(): void {
    this.#read();
    this.#announcements = new Map();
  }

  /** Gratuitous ARP packets and unsolicited advertisements since the mark. */
  announcements(): Sightings {
    this.#read();
    return this.#announcements;
  }

  /** Sends a frame, and returns the MAC addresses that answer for `address` on its segment. */
  async sendFrame(
    frame: Uint8Array,
    {
      segment,
      address,
      isDetection,
    }: { readonly segment: Segment; readonly address: string; readonly isDetection: boolean },
  ): Promise<readonly string[]> {
    this.#read();
    this.#hosts[segment].send(Buffer.from(frame).toString('hex'));
    await sleep(stretched(ANSWER_WITHIN_MS));
    const lines = this.#hosts[segment].lines.splice(0);
    return [
      ...new Set(lines.flatMap((line) => answerTo(address, Buffer.from(line, 'hex'), isDetection) ?? [])),
    ];
  }

  /** Asks for an address on both segments until `end`. */
  async watch(address: string): Promise<AnswerWatch> {
    const watch = await AnswerWatch.start(this.#client, address, (segment) => {
      const [frame = new Uint8Array()] = questions(addressOf(address), segment, null);
      return frame;
    });
    this.#watches.push(watch);
    return watch;
  }

  /** Also those of a case that failed. */
  endWatches(): void {
    for (const watch of this.#watches.splice(0)) watch.end();
  }

  /** Who answers to questions that go to all hosts, or each to one of `macs`. */
  async ask(addresses: readonly string[], macs: readonly string[] | null = null): Promise<Sightings> {
    this.#read();
    this.#answers = new Map();
    for (let round = 0; round < ROUNDS; round++) {
      for (const segment of SEGMENTS)
        for (const address of addresses)
          for (const frame of questions(addressOf(address), segment, macs))
            this.#hosts[segment].send(Buffer.from(frame).toString('hex'));
      await sleep(stretched(ANSWER_WITHIN_MS));
    }
    this.#read();
    return this.#answers;
  }

  #read(): void {
    for (const segment of SEGMENTS)
      for (const line of this.#hosts[segment].lines.splice(0)) this.#see(segment, Buffer.from(line, 'hex'));
  }

  #see(segment: Segment, bytes: Uint8Array): void {
    const header = readEthernetHeader({ bytes, vlanTag: null, isForAnotherHost: false });
    if (header?.type === ETHERTYPE.arp) {
      const packet = readArp(bytes, header.payload);
      if (typeof packet === 'string') return;
      const { isRequest, senderIp, targetIp } = packet;
      const isAnswer = !isRequest && isSameMac(bytes, packet.targetMacAt, macOf(CLIENT_MAC[segment]));
      if (!isAnswer && senderIp !== targetIp) return;
      this.#record(isAnswer, formatIPv4(senderIp), segment, macAt(bytes, packet.senderMacAt));
    } else if (header?.type === ETHERTYPE.ipv6) {
      const packet = readNeighbourPacket(bytes, header.payload);
      if (typeof packet === 'string' || packet.isSolicitation || packet.linkLayer === null) return;
      const ip = formatAddress({ family: 6, bits: packet.target });
      this.#record(packet.isSolicited, ip, segment, packet.linkLayer);
    }
  }

  #record(isAnswer: boolean, ip: string, segment: Segment, mac: Uint8Array): void {
    const recorded = isAnswer ? this.#answers : this.#announcements;
    const segments = recorded.get(ip) ?? { a: new Set(), b: new Set() };
    segments[segment].add(formatMac(mac));
    recorded.set(ip, segments);
  }
}

function questions(
  address: Address,
  segment: Segment,
  macs: readonly string[] | null,
): readonly Uint8Array[] {
  const own = macOf(CLIENT_MAC[segment]);
  if (address.family === 4) {
    const packet = {
      isRequest: true,
      senderMac: own,
      senderIp: Number(addressOf(CLIENT_IPV4[segment]).bits),
      targetMac: new Uint8Array(6),
      targetIp: Number(address.bits),
    };
    return (macs?.map(macOf) ?? [BROADCAST_MAC]).map((destination) => arpFrame(destination, packet));
  }
  const group = solicitedNodeGroup(address.bits);
  const message = new Uint8Array(32);
  message[0] = SOLICITATION;
  writeAddressBits(message, 8, address.bits);
  message.set([SOURCE_LINK_LAYER, 1, ...own], 24);
  return (macs?.map(macOf) ?? [groupMac(group)]).map((destinationMac) =>
    icmpFrame(
      {
        sourceMac: own,
        destinationMac,
        source: addressOf(CLIENT_IPV6).bits,
        destination: macs === null ? group : address.bits,
      },
      message,
    ),
  );
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(address.error);
  return address.value;
}

function macOf(text: string): Uint8Array {
  const mac = parseMac(text);
  if (mac === null) throw new Error(`${text} is no MAC address`);
  return mac;
}
