import type { ControlPacket } from '../../../../src/bfd/packet.ts';
import { detectionTime, transmitInterval } from '../../../../src/bfd/session.ts';
import type { BfdSettings } from '../../../../src/bfd/settings.ts';
import type { BfdSessionState } from '../../../../src/bfd/status.ts';
import type { BfdHarness } from '../harness.ts';
import type { StateVariant } from '../states.ts';

export type Step = (harness: BfdHarness) => BfdHarness;

type Options = {
  readonly settings?: Partial<BfdSettings>;
  /** What holds after the row, beside actions and state. */
  readonly check?: { readonly read: (harness: BfdHarness) => unknown; readonly expected: unknown };
};

/** `rfc` is a section of RFC 5880 unless it names another; `actions` are those of the last event. */
export type Row = readonly [
  rfc: string,
  from: StateVariant,
  rule: string,
  happens: Step,
  actions: readonly string[],
  to: BfdSessionState,
  options?: Options,
];

/** A packet of the remote arrives. */
export const hears =
  (state: BfdSessionState, packet: Partial<ControlPacket> = {}): Step =>
  (one) =>
    one.receive({ state, ...packet });

export const waits =
  (millis: number): Step =>
  (one) =>
    one.advance(millis);

/** Until the next deadline. */
export const waitsOn: Step = (one) => one.toDeadline();

export const edited =
  (settings: Partial<BfdSettings>): Step =>
  (one) =>
    one.edit(settings);

export const disabled: Step = (one) => one.apply({ kind: 'disable' });
export const enabled: Step = (one) => one.apply({ kind: 'enable' });

export const repeated: Step = (one) => one.apply({ kind: 'repeat' });

export const all =
  (...steps: readonly Step[]): Step =>
  (one) =>
    steps.reduce((now, step) => step(now), one);

/** The answer to our poll. */
export const answered: Step = hears('Up', { final: true });

export const finds = (read: (harness: BfdHarness) => unknown, expected: unknown): Options => ({
  check: { read, expected },
});

export const diagnosticIs = (expected: string): Options =>
  finds(({ session }) => session.diagnostic, expected);
export const intervalIs = (expected: number): Options =>
  finds(({ session }) => transmitInterval(session), expected);
export const detectionIs = (expected: number): Options =>
  finds(({ session }) => detectionTime(session), expected);

/** Until the next periodic packet, in whole milliseconds. */
export const waitIs = (expected: number): Options =>
  finds(({ session, now }) => Math.round((session.sendAt ?? Number.NaN) - now), expected);

/** Intervals in the packets of the last event. */
export const announces = (desiredMinTx: number, requiredMinRx: number): Options =>
  finds(
    ({ sent }) => sent.map((packet) => [packet.desiredMinTx, packet.requiredMinRx]),
    [[desiredMinTx, requiredMinRx]],
  );

export const isPassive: Options = { settings: { passive: true } };
