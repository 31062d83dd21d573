/** Simulates single frames of a case: an observer sends each on a segment, and every interface there answers or is silent. */
import { fieldsOf, numberOf, type Raw, textOf } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { answer } from '../packets/answer.ts';
import { arpFrame } from '../packets/arp-packet.ts';
import {
  BROADCAST_MAC,
  ETHERNET_HEADER_BYTES,
  MAC_BYTES,
  parseMac,
  type ReceivedFrame,
  writeUint16,
} from '../packets/ethernet-frame.ts';
import type { Standing } from '../packets/frame-verdict.ts';
import {
  groupMac,
  icmpFrame,
  isMulticast,
  solicitedNodeGroup,
  writeAddressBits,
} from '../packets/ipv6-packet.ts';
import type { Segment } from './network.ts';

/** An interface on a segment, and the addresses that it answers for, as text. */
export type FrameReceiver = {
  /** `node:interface`. */
  readonly by: string;
  readonly segment: Segment;
  readonly answersFor: (address: Address) => boolean;
};

const OBSERVER_MAC = Uint8Array.of(0x02, 0, 0, 0xff, 0xff, 1);
const NO_MAC = new Uint8Array(MAC_BYTES);
/** Of an interface that is not on the network. */
const NOBODY_MAC = Uint8Array.of(0x02, 0, 0, 0xff, 0xff, 2);
const OBSERVER = { 4: '10.213.0.250', 6: 'fe80::250' } as const;
const [SOLICITATION, MESSAGE_BYTES, OPTION_BYTES] = [135, 24, 8];
const HOP_LIMIT_OFFSET = ETHERNET_HEADER_BYTES + 7;
const [ARP_HARDWARE_OFFSET, ARP_OPERATION_OFFSET] = [ETHERNET_HEADER_BYTES, ETHERNET_HEADER_BYTES + 6];

/** Who answers each frame, by its name in the case. */
export function simulateFrames(
  frames: Raw,
  receivers: readonly FrameReceiver[],
): Readonly<Record<string, readonly string[]>> {
  const sorted = [...receivers].sort((a, b) => compareText(a.by, b.by));
  const macs = new Map(sorted.map(({ by }, index) => [by, Uint8Array.of(0x02, 0, 0, 0, 1, index)]));
  return Object.fromEntries(
    Object.entries(frames).map(([name, raw]) => {
      const fields = fieldsOf(raw);
      const segment = textOf(fields['segment']) || 'a';
      const frame = frameOfCase(fields, macs);
      const answering = sorted.filter(({ by, segment: own, answersFor }) => {
        if (own !== segment || frame === null) return false;
        const standing = (address: Address): Standing => (answersFor(address) ? 'answering' : 'not owned');
        const verdict = answer(frame, macs.get(by) ?? NO_MAC, {
          ofIpv4: (ip) => standing({ family: 4, bits: BigInt(ip) }),
          ofIpv6: (bits) => standing({ family: 6, bits }),
        });
        return verdict.kind === 'answer' || (verdict.kind === 'claim' && verdict.response !== null);
      });
      return [name, answering.map(({ by }) => by)];
    }),
  );
}

/** The frame that a case describes; `macs` are those of interfaces, by `node:interface`. Null for one without a target. */
export function frameOfCase(fields: Raw, macs: ReadonlyMap<string, Uint8Array>): ReceivedFrame | null {
  const target = parseAddress(textOf(fields['target']));
  if (!target.ok) return null;
  const macOf = (field: string): Uint8Array | null => stationMac(textOf(fields[field]), macs);
  const bytes =
    target.value.family === 4
      ? arpRequest(fields, target.value, macOf)
      : solicitation(fields, target.value, macOf);
  bytes.set(macOf('from') ?? OBSERVER_MAC, MAC_BYTES);
  return { bytes, vlanTag: numberOf(fields['vlan']), isForAnotherHost: false };
}

/** `client`, `broadcast`, the interface of a node, or a MAC address; null where nothing is said. */
function stationMac(text: string, macs: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  if (text === '') return null;
  if (text === 'client') return OBSERVER_MAC;
  if (text === 'broadcast') return BROADCAST_MAC;
  return macs.get(text) ?? parseMac(text) ?? NOBODY_MAC;
}

/** The MAC address that a field of the frame names. */
type MacOf = (field: string) => Uint8Array | null;

function arpRequest(fields: Raw, target: Address, macOf: MacOf): Uint8Array {
  const sender = bitsOf(textOf(fields['sender']) || OBSERVER[4]);
  const frame = arpFrame(macOf('to') ?? BROADCAST_MAC, {
    isRequest: true,
    senderMac: macOf('senderMac') ?? OBSERVER_MAC,
    senderIp: Number(sender),
    targetMac: macOf('targetMac') ?? NO_MAC,
    targetIp: Number(target.bits),
  });
  writeUint16(frame, ARP_HARDWARE_OFFSET, numberOf(fields['hardware']) ?? 1);
  writeUint16(frame, ARP_OPERATION_OFFSET, numberOf(fields['op']) ?? 1);
  return frame;
}

function solicitation(fields: Raw, { bits: target }: Address, macOf: MacOf): Uint8Array {
  const named = textOf(fields['dst']);
  const destination = named === '' ? solicitedNodeGroup(target) : named === 'target' ? target : bitsOf(named);
  const hasOption = textOf(fields['lla']) !== 'none';
  const message = new Uint8Array(MESSAGE_BYTES + (hasOption ? OPTION_BYTES : 0));
  message[0] = SOLICITATION;
  writeAddressBits(message, OPTION_BYTES, target);
  if (hasOption) message.set([1, 1, ...(macOf('senderMac') ?? OBSERVER_MAC)], MESSAGE_BYTES);
  const frame = icmpFrame(
    {
      sourceMac: OBSERVER_MAC,
      destinationMac: macOf('to') ?? (isMulticast(destination) ? groupMac(destination) : BROADCAST_MAC),
      source: bitsOf(textOf(fields['src']) || OBSERVER[6]),
      destination,
    },
    message,
  );
  const hop = numberOf(fields['hop']);
  if (hop !== null) frame[HOP_LIMIT_OFFSET] = hop;
  const last = frame.length - 1;
  if (fields['badSum'] === true) frame[last] = (frame[last] ?? 0) ^ 0xff;
  return frame;
}

function bitsOf(text: string): bigint {
  const address = parseAddress(text);
  return address.ok ? address.value.bits : 0n;
}
