/** Parses BFDProfiles (metallb.io/v1beta1): timers and modes of the BFD session with a BGP peer (RFC 5880). */
import type { Millis } from '../base/clock.ts';
import type { ConfigIssue } from './issue.ts';
import { type NumberBounds, ObjectReader } from './object-reader.ts';

export type BfdProfile = {
  readonly name: string;
  /** Required Min RX Interval (RFC 5880 4.1), at least `BFD_INTERVAL_MIN`. */
  readonly receiveInterval: Millis;
  /** Desired Min TX Interval (RFC 5880 4.1) while the session is up, at least `BFD_INTERVAL_MIN`. */
  readonly transmitInterval: Millis;
  /** The session goes down after so many intervals without a packet (RFC 5880 6.8.4). */
  readonly detectMultiplier: number;
  /** We send nothing before the peer's first packet (RFC 5880 6.1). */
  readonly isPassive: boolean;
  /** Lowest TTL of a received packet that a multihop session accepts (RFC 5883 5); single-hop sessions require 255. */
  readonly minimumTtl: number;
};

export type BfdProfileReading = {
  /** Null if and only if there are issues. */
  readonly profile: BfdProfile | null;
  readonly issues: readonly ConfigIssue[];
  /** Permitted, and not what the fields say. */
  readonly warnings: readonly ConfigIssue[];
};

/** MetalLB's schema, in milliseconds. */
export const BFD_INTERVAL: NumberBounds = { min: 10, max: 60_000 };
/** MetalLB's schema; with 1 a single lost packet would end the session. */
export const BFD_MULTIPLIER: NumberBounds = { min: 2, max: 255 };
/** MetalLB's schema; 255 would permit no hop. */
export const BFD_TTL: NumberBounds = { min: 1, max: 254 };

/** Shortest interval that is negotiated: a process that is not real-time cannot keep a shorter one. */
export const BFD_INTERVAL_MIN: Millis = 50;

/** Values of fields that are not set: those of FRR, which MetalLB runs. */
export const BFD_DEFAULTS: Omit<BfdProfile, 'name'> = {
  receiveInterval: 300,
  transmitInterval: 300,
  detectMultiplier: 3,
  isPassive: false,
  minimumTtl: 254,
};

const ECHO_WARNING =
  'has no effect, because a program in user space cannot have echo packets looped back by the kernel: control packets alone detect failures; set transmitInterval and receiveInterval instead';

/** `raw` is the whole object. */
export function readBfdProfile(raw: unknown): BfdProfileReading {
  const issues: ConfigIssue[] = [];
  const warnings: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  if (object === null) return { profile: null, issues, warnings };
  object.ignore('apiVersion', 'kind', 'status');
  const name = object.object('metadata')?.requiredString('name');
  if (!object.has('metadata')) object.addIssue('metadata', 'is required');
  const spec = object.object('spec');
  object.rejectUnknownFields();
  const profile: BfdProfile = {
    ...BFD_DEFAULTS,
    ...(spec === null ? {} : readSpec(spec, warnings)),
    name: name ?? '',
  };
  return { profile: issues.length > 0 ? null : profile, issues, warnings };
}

function readSpec(spec: ObjectReader, warnings: ConfigIssue[]): Omit<BfdProfile, 'name'> {
  const warn = (field: string, message: string): void => {
    warnings.push({ path: spec.pathOf(field), message });
  };
  const interval = (field: 'receiveInterval' | 'transmitInterval'): Millis => {
    const value = spec.integer(field, BFD_INTERVAL) ?? BFD_DEFAULTS[field];
    if (value < BFD_INTERVAL_MIN)
      warn(
        field,
        `${value} ms is too short for a program without real-time scheduling, so ${BFD_INTERVAL_MIN} ms is negotiated: set ${BFD_INTERVAL_MIN} or more`,
      );
    return Math.max(value, BFD_INTERVAL_MIN);
  };
  const read = {
    receiveInterval: interval('receiveInterval'),
    transmitInterval: interval('transmitInterval'),
    detectMultiplier: spec.integer('detectMultiplier', BFD_MULTIPLIER) ?? BFD_DEFAULTS.detectMultiplier,
    isPassive: spec.boolean('passiveMode') ?? BFD_DEFAULTS.isPassive,
    minimumTtl: spec.integer('minimumTtl', BFD_TTL) ?? BFD_DEFAULTS.minimumTtl,
  };
  spec.integer('echoInterval', BFD_INTERVAL); // matters with echo mode only
  if (spec.boolean('echoMode') === true) warn('echoMode', ECHO_WARNING);
  spec.rejectUnknownFields();
  return read;
}
