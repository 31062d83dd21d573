/**
 * V8 compiles what runs often. A wire that gets a few requests a second would answer them in slow code for hours, and the
 * first after a failover in the slowest. So the thread answers requests of its own before it begins, over a pair of sockets
 * that nobody else has.
 */
import type { Descriptor, Libc } from '../../sockets/libc.ts';
import { PacketReader, PacketSender } from '../../sockets/packet-socket.ts';
import { arpFrame } from '../packets/arp-packet.ts';
import { BROADCAST_MAC, formatMac, MAC_BYTES } from '../packets/ethernet-frame.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';
import { neighbourSolicitation } from '../packets/neighbour-packet.ts';
import type { OwnedChanges } from '../packets/owned-changes.ts';

/** Requests of each protocol, as many as V8 takes to compile all of it. */
export const REHEARSAL_ROUNDS = 1000;

const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const ASKER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 2);

/** It has the index of no interface. */
export const REHEARSAL_INTERFACE: WireInterface = {
  name: '',
  index: 0,
  mac: formatMac(OWN_MAC),
  families: { 4: true, 6: true },
  addresses: [],
};

/** Addresses for documentation (RFC 5737, RFC 3849). */
const [IPV4, ASKER_IPV4] = [0xc000_020a, 0xc000_0201];
const [IPV6, ASKER_IPV6] = [0x2001_0db8n << 96n, (0x2001_0db8n << 96n) + 1n];

export const REHEARSAL_ADDRESSES: OwnedChanges = {
  put: (
    [
      { family: 4, bits: BigInt(IPV4) },
      { family: 6, bits: IPV6 },
    ] as const
  ).map((address) => ({
    ...{ address, interfaces: null, isProbed: false },
  })),
  removed: [],
};

const QUESTIONS: readonly Uint8Array[] = [
  arpFrame(BROADCAST_MAC, {
    isRequest: true,
    senderMac: ASKER_MAC,
    senderIp: ASKER_IPV4,
    targetMac: new Uint8Array(MAC_BYTES),
    targetIp: IPV4,
  }),
  neighbourSolicitation({ source: ASKER_IPV6, target: IPV6, mac: ASKER_MAC }),
];

/** Asks from `asker`, one question after another; `answer` lets the other side take its turn. Returns the frames that came back. */
export function rehearse(libc: Libc, asker: Descriptor, answer: () => void): number {
  const [reader, sender] = [new PacketReader(libc), new PacketSender(libc)];
  let frames = 0;
  const count = (): void => {
    frames += 1;
  };
  for (let round = 0; round < REHEARSAL_ROUNDS; round++)
    for (const question of QUESTIONS) {
      sender.send(asker, question);
      answer();
      reader.receive(asker, count);
    }
  return frames;
}
