/** Messages of rtnetlink about interfaces and addresses, decoded. Messages of other types are left out. */

import { getSystemErrorName } from 'node:util';
import type { Address } from '../../net/address.ts';
import { IS_LITTLE_ENDIAN } from '../../sockets/socket-address.ts';
import { formatMac, MAC_BYTES } from '../packets/ethernet-frame.ts';
import { readAddressBits } from '../packets/ipv6-packet.ts';
import type { LinkAddress, LinkState } from '../packets/usable-interfaces.ts';

type NetlinkContent =
  | { readonly kind: 'link'; readonly link: LinkState }
  | { readonly kind: 'link gone'; readonly index: number }
  | { readonly kind: 'address'; readonly address: LinkAddress }
  | { readonly kind: 'address gone'; readonly address: LinkAddress }
  /** The end of a list. */
  | { readonly kind: 'done' }
  /** A list was refused. `code` is the name of the system's error. */
  | { readonly kind: 'refused'; readonly code: string };

/** `isInconsistent`: it belongs to a list during which something changed, so that the list may lack entries. */
export type NetlinkMessage = NetlinkContent & { readonly isInconsistent: boolean };

const HEADER_BYTES = 16;
const NLM_F_DUMP_INTR = 0x10;
const [NLMSG_ERROR, NLMSG_DONE] = [2, 3];
const [RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR] = [16, 17, 20, 21];
const [LINK_BODY_BYTES, ADDRESS_BODY_BYTES, ERROR_BYTES] = [16, 8, 4];
const LINK = { address: 1, name: 3, master: 10 } as const;
const ADDRESS = { address: 1, local: 2, flags: 8 } as const;
const [AF_UNSPEC, AF_INET, AF_INET6] = [0, 2, 10];
const ATTRIBUTE_TYPE_MASK = 0x3fff;
/** Tentative, or found to be a duplicate: it may not be used (RFC 4862 5.4). */
const UNUSABLE_ADDRESS = 0x40 | 0x08;

/** All messages of one datagram. What is cut off is left out. */
export function readNetlinkMessages(bytes: Uint8Array): readonly NetlinkMessage[] {
  const view = viewOf(bytes);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = view.getUint32(at, IS_LITTLE_ENDIAN);
    if (length < HEADER_BYTES || at + length > bytes.length) break;
    const type = view.getUint16(at + 4, IS_LITTLE_ENDIAN);
    const content = readContent(type, bytes.subarray(at + HEADER_BYTES, at + length));
    const isInconsistent = (view.getUint16(at + 6, IS_LITTLE_ENDIAN) & NLM_F_DUMP_INTR) !== 0;
    if (content !== null) messages.push({ ...content, isInconsistent });
    at += aligned(length);
  }
  return messages;
}

function readContent(type: number, body: Uint8Array): NetlinkContent | null {
  switch (type) {
    case NLMSG_DONE:
    case NLMSG_ERROR:
      return readEnd(body);
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return readLink(type === RTM_DELLINK, body);
    case RTM_NEWADDR:
    case RTM_DELADDR: {
      const address = readAddress(body);
      return address && { kind: type === RTM_DELADDR ? 'address gone' : 'address', address };
    }
    default:
      return null;
  }
}

/** Both ends begin with 0, or with the negative number of an error. */
function readEnd(body: Uint8Array): NetlinkContent {
  const code = body.length < ERROR_BYTES ? 0 : viewOf(body).getInt32(0, IS_LITTLE_ENDIAN);
  return code < 0 ? { kind: 'refused', code: getSystemErrorName(code) } : { kind: 'done' };
}

/** A bridge reports its ports with a family of its own: that a port left the bridge does not mean that it is gone. */
function readLink(isGone: boolean, body: Uint8Array): NetlinkContent | null {
  if (body.length < LINK_BODY_BYTES || body[0] !== AF_UNSPEC) return null;
  const view = viewOf(body);
  const index = view.getInt32(4, IS_LITTLE_ENDIAN);
  if (isGone) return { kind: 'link gone', index };
  const attributes = readAttributes(body.subarray(LINK_BODY_BYTES));
  const mac = attributes.get(LINK.address);
  const name = attributes.get(LINK.name);
  const master = attributes.get(LINK.master);
  if (name === undefined) return null;
  return {
    kind: 'link',
    link: {
      index,
      name: new TextDecoder().decode(name).replace(/\0.*$/s, ''),
      hardwareType: view.getUint16(2, IS_LITTLE_ENDIAN),
      flags: view.getUint32(8, IS_LITTLE_ENDIAN),
      mac: mac?.length === MAC_BYTES ? formatMac(mac) : null,
      hasMaster:
        master !== undefined && master.length === 4 && viewOf(master).getUint32(0, IS_LITTLE_ENDIAN) !== 0,
    },
  };
}

function readAddress(body: Uint8Array): LinkAddress | null {
  if (body.length < ADDRESS_BODY_BYTES) return null;
  const view = viewOf(body);
  const attributes = readAttributes(body.subarray(ADDRESS_BODY_BYTES));
  // Of a point-to-point link, `address` is the other end.
  const address = decodeAddress(body[0], attributes.get(ADDRESS.local) ?? attributes.get(ADDRESS.address));
  if (address === null) return null;
  const flags = attributes.get(ADDRESS.flags);
  const bits = flags?.length === 4 ? viewOf(flags).getUint32(0, IS_LITTLE_ENDIAN) : (body[2] ?? 0);
  return {
    index: view.getInt32(4, IS_LITTLE_ENDIAN),
    address,
    prefixLength: body[1] ?? 0,
    isUsable: (bits & UNUSABLE_ADDRESS) === 0,
  };
}

function decodeAddress(family: number | undefined, bytes: Uint8Array | undefined): Address | null {
  if (family === AF_INET && bytes?.length === 4)
    return { family: 4, bits: BigInt(viewOf(bytes).getUint32(0)) };
  if (family === AF_INET6 && bytes?.length === 16) return { family: 6, bits: readAddressBits(bytes, 0) };
  return null;
}

function readAttributes(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(bytes);
  const attributes = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint16(at, IS_LITTLE_ENDIAN);
    if (length < 4 || at + length > bytes.length) break;
    attributes.set(
      view.getUint16(at + 2, IS_LITTLE_ENDIAN) & ATTRIBUTE_TYPE_MASK,
      bytes.subarray(at + 4, at + length),
    );
    at += aligned(length);
  }
  return attributes;
}

const aligned = (length: number): number => (length + 3) & ~3;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
