/**
 * BFD control packets (RFC 5880 4.1) between octets and values. Decoding makes all checks of RFC 5880 6.8.6 that need no
 * session. It never throws.
 */
import type { Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type AuthenticationSection, decodeAuthentication } from './authentication-section.ts';
import { diagnosticCode, diagnosticOf } from './diagnostic.ts';
import type { BfdDiagnostic, BfdSessionState } from './status.ts';

/** Identifies a session on the system that chose it; 1 to 2^32−1, or 0 where it is not known. */
export type Discriminator = number;

export type ControlPacket = {
  readonly diagnostic: BfdDiagnostic;
  readonly state: BfdSessionState;
  /** P: the sender wants an answer with F. */
  readonly poll: boolean;
  /** F: answers a packet with P. */
  readonly final: boolean;
  /** D: the sender asks its remote not to send periodically while both are up. */
  readonly demand: boolean;
  readonly detectMultiplier: number;
  readonly myDiscriminator: Discriminator;
  readonly yourDiscriminator: Discriminator;
  readonly desiredMinTx: Millis;
  readonly requiredMinRx: Millis;
};

export type DecodedPacket = ControlPacket & { readonly authentication: AuthenticationSection | null };

/** Why a packet is discarded before a session is known (RFC 5880 6.8.6). */
export type MalformedPacket =
  | 'too-short'
  | 'version'
  | 'length'
  | 'zero-multiplier'
  | 'multipoint'
  | 'zero-discriminator'
  | 'state-without-discriminator'
  | 'authentication-section';

/** Length of a packet without authentication, in octets. */
export const PACKET_OCTETS = 24;
const VERSION = 1;
const FLAG = { poll: 0x20, final: 0x10, authentication: 0x04, demand: 0x02, multipoint: 0x01 } as const;

/** By their code on the wire. */
const STATES: readonly BfdSessionState[] = ['AdminDown', 'Down', 'Init', 'Up'];
const MICROS_PER_MILLI = 1000;
const UINT32_MAX = 0xffff_ffff;

export function decodePacket(octets: Uint8Array): Result<DecodedPacket, MalformedPacket> {
  if (octets.length < PACKET_OCTETS) return err('too-short');
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const first = view.getUint8(0);
  if (first >> 5 !== VERSION) return err('version');
  const flags = view.getUint8(1);
  const length = view.getUint8(3);
  if (length < PACKET_OCTETS || length > octets.length) return err('length');
  const detectMultiplier = view.getUint8(2);
  if (detectMultiplier === 0) return err('zero-multiplier');
  if ((flags & FLAG.multipoint) !== 0) return err('multipoint');
  const myDiscriminator = view.getUint32(4);
  if (myDiscriminator === 0) return err('zero-discriminator');
  const state = STATES[flags >> 6] ?? 'Down';
  const yourDiscriminator = view.getUint32(8);
  if (yourDiscriminator === 0 && state !== 'Down' && state !== 'AdminDown')
    return err('state-without-discriminator');
  const isAuthenticated = (flags & FLAG.authentication) !== 0;
  const authentication = isAuthenticated
    ? decodeAuthentication(octets.subarray(PACKET_OCTETS, length))
    : null;
  if (isAuthenticated && authentication === null) return err('authentication-section');
  return ok({
    diagnostic: diagnosticOf(first & 0x1f),
    state,
    poll: (flags & FLAG.poll) !== 0,
    final: (flags & FLAG.final) !== 0,
    demand: (flags & FLAG.demand) !== 0,
    detectMultiplier,
    myDiscriminator,
    yourDiscriminator,
    desiredMinTx: view.getUint32(12) / MICROS_PER_MILLI,
    requiredMinRx: view.getUint32(16) / MICROS_PER_MILLI,
    authentication,
  });
}

/**
 * Without authentication; `reserve`: that many zero octets follow for it, and the packet says so. We offer no echo, so
 * Required Min Echo RX Interval is 0.
 */
export function encodePacket(packet: ControlPacket, reserve: number): Uint8Array {
  const octets = new Uint8Array(PACKET_OCTETS + reserve);
  const view = new DataView(octets.buffer);
  view.setUint8(0, (VERSION << 5) | diagnosticCode(packet.diagnostic));
  view.setUint8(
    1,
    (STATES.indexOf(packet.state) << 6) |
      (packet.poll ? FLAG.poll : 0) |
      (packet.final ? FLAG.final : 0) |
      (reserve > 0 ? FLAG.authentication : 0) |
      (packet.demand ? FLAG.demand : 0),
  );
  view.setUint8(2, packet.detectMultiplier);
  view.setUint8(3, octets.length);
  view.setUint32(4, packet.myDiscriminator);
  view.setUint32(8, packet.yourDiscriminator);
  view.setUint32(12, micros(packet.desiredMinTx));
  view.setUint32(16, micros(packet.requiredMinRx));
  return octets;
}

/** At least 1: an interval of 0 has a meaning of its own. */
const micros = (interval: Millis): number =>
  interval === 0 ? 0 : Math.min(Math.max(Math.round(interval * MICROS_PER_MILLI), 1), UINT32_MAX);
