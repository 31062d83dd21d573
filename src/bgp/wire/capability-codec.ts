/** Encodes and decodes capabilities: code, length, value (RFC 5492 4). */
import { err, ok, type Result } from '../../base/result.ts';
import { CAPABILITY, type Capability, RESTART_TIME_MAX } from './capability.ts';
import { put16, put32, u8, u16, u32 } from './octets.ts';

/** Flags of the graceful restart capability (first octet), and of one of its families (last octet). */
const RESTARTING = 0x80;
const NOTIFICATION = 0x40;
const FORWARDING = 0x80;

/** Reads the capabilities of one optional parameter; the error is the predicate of a sentence about the OPEN. */
export function readCapabilities(bytes: Uint8Array, into: Capability[]): string | null {
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 2) return 'ends within a capability';
    const [code, length] = [u8(bytes, at), u8(bytes, at + 1)];
    if (at + 2 + length > bytes.length) return `ends within capability ${code}`;
    const read = readCapability(code, bytes.subarray(at + 2, at + 2 + length));
    if (!read.ok) return read.error;
    into.push(read.value);
    at += 2 + length;
  }
  return null;
}

function readCapability(code: number, value: Uint8Array): Result<Capability, string> {
  const malformed = err(`has capability ${code} with ${value.length} octets`);
  switch (code) {
    case CAPABILITY.multiprotocol:
      return value.length === 4
        ? ok({ kind: 'multiprotocol', afi: u16(value, 0), safi: u8(value, 3) })
        : malformed;
    case CAPABILITY.routeRefresh:
      return value.length === 0 ? ok({ kind: 'route-refresh' }) : malformed;
    case CAPABILITY.enhancedRouteRefresh:
      return value.length === 0 ? ok({ kind: 'enhanced-route-refresh' }) : malformed;
    case CAPABILITY.extendedMessage:
      return value.length === 0 ? ok({ kind: 'extended-message' }) : malformed;
    case CAPABILITY.fourOctetAs:
      return value.length === 4 ? ok({ kind: 'four-octet-as', asn: u32(value, 0) }) : malformed;
    case CAPABILITY.extendedNextHop:
      return value.length % 6 === 0 ? ok(readExtendedNextHop(value)) : malformed;
    case CAPABILITY.gracefulRestart:
      return value.length % 4 === 2 ? ok(readGracefulRestart(value)) : malformed;
    default:
      return ok({ kind: 'unknown', code, value: value.slice() });
  }
}

function readExtendedNextHop(value: Uint8Array): Capability {
  const entries = [];
  for (let at = 0; at < value.length; at += 6) {
    entries.push({ afi: u16(value, at), safi: u16(value, at + 2), nextHopAfi: u16(value, at + 4) });
  }
  return { kind: 'extended-next-hop', entries };
}

function readGracefulRestart(value: Uint8Array): Capability {
  const families = [];
  for (let at = 2; at < value.length; at += 4) {
    const forwarding = (u8(value, at + 3) & FORWARDING) !== 0;
    families.push({ afi: u16(value, at), safi: u8(value, at + 2), forwarding });
  }
  const flags = u8(value, 0);
  return {
    kind: 'graceful-restart',
    restarting: (flags & RESTARTING) !== 0,
    notification: (flags & NOTIFICATION) !== 0,
    restartTime: u16(value, 0) & RESTART_TIME_MAX,
    families,
  };
}

/** Encodes code, length and value. */
export function encodeCapability(capability: Capability): Uint8Array {
  const value = encodePayload(capability);
  const bytes = new Uint8Array(2 + value.length);
  bytes[0] = capabilityCode(capability);
  bytes[1] = value.length;
  bytes.set(value, 2);
  return bytes;
}

export function capabilityCode(capability: Capability): number {
  switch (capability.kind) {
    case 'multiprotocol':
      return CAPABILITY.multiprotocol;
    case 'route-refresh':
      return CAPABILITY.routeRefresh;
    case 'enhanced-route-refresh':
      return CAPABILITY.enhancedRouteRefresh;
    case 'extended-next-hop':
      return CAPABILITY.extendedNextHop;
    case 'extended-message':
      return CAPABILITY.extendedMessage;
    case 'graceful-restart':
      return CAPABILITY.gracefulRestart;
    case 'four-octet-as':
      return CAPABILITY.fourOctetAs;
    case 'unknown':
      return capability.code;
  }
}

function encodePayload(capability: Capability): Uint8Array {
  switch (capability.kind) {
    case 'multiprotocol': {
      const value = new Uint8Array(4);
      put16(value, 0, capability.afi);
      value[3] = capability.safi;
      return value;
    }
    case 'four-octet-as': {
      const value = new Uint8Array(4);
      put32(value, 0, capability.asn);
      return value;
    }
    case 'extended-next-hop': {
      const value = new Uint8Array(6 * capability.entries.length);
      for (const [index, { afi, safi, nextHopAfi }] of capability.entries.entries()) {
        put16(value, 6 * index, afi);
        put16(value, 6 * index + 2, safi);
        put16(value, 6 * index + 4, nextHopAfi);
      }
      return value;
    }
    case 'graceful-restart': {
      const value = new Uint8Array(2 + 4 * capability.families.length);
      const flags = (capability.restarting ? RESTARTING : 0) | (capability.notification ? NOTIFICATION : 0);
      put16(value, 0, (flags << 8) | Math.min(capability.restartTime, RESTART_TIME_MAX));
      for (const [index, { afi, safi, forwarding }] of capability.families.entries()) {
        put16(value, 2 + 4 * index, afi);
        value[4 + 4 * index] = safi;
        value[5 + 4 * index] = forwarding ? FORWARDING : 0;
      }
      return value;
    }
    case 'unknown':
      return capability.value;
    default:
      return new Uint8Array(0);
  }
}
