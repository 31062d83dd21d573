/** Single frames of a case, sent to the speakers on a segment: who answers each of them. */
import type { ReceivedFrame } from '../../../../../src/layer2/packets/ethernet-frame.ts';
import { frameOfCase } from '../../../../../src/layer2/simulator/frames.ts';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import type { Layer2Bed } from './layer2-bed.ts';

/** By the name of the frame, the interfaces that answered. */
export async function observeFrames({ observer, network }: Layer2Bed, frames: AnyObject): Promise<AnyObject> {
  const macs = new Map(network.macs().map((mac) => [network.ownerOf(mac), bytesOf(mac)]));
  const result: AnyObject = {};
  for (const [name, fields] of Object.entries<AnyObject>(frames)) {
    const frame = frameOfCase(fields, macs);
    if (frame === null) throw new Error(`the frame "${name}" has no target`);
    const { segment = 'a', target: address, src } = fields;
    const to = { segment, address, isDetection: src === '::' };
    const answering = await observer.sendFrame(withTag(frame), to);
    result[name] = answering.map((mac) => network.ownerOf(mac)).sort();
  }
  return result;
}

const bytesOf = (mac: string): Uint8Array =>
  Uint8Array.from(mac.split(':').map((octet) => Number.parseInt(octet, 16)));

const BOTH_MACS_BYTES = 12;

/** A received frame has its tag beside it, one that is sent inside (IEEE 802.1Q). */
function withTag({ bytes, vlanTag }: ReceivedFrame): Uint8Array {
  if (vlanTag === null) return bytes;
  const tag = [0x81, 0x00, vlanTag >>> 8, vlanTag & 0xff];
  return Uint8Array.from([...bytes.slice(0, BOTH_MACS_BYTES), ...tag, ...bytes.slice(BOTH_MACS_BYTES)]);
}
