/** One failure of the node that answers, and its return: how long it took until another node announced the address. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../../../test/e2e/native/support/segment/monotonic.ts';
import type { SegmentRecorder } from '../../../test/e2e/native/support/segment/segment-recorder.ts';

export type FailureKind = 'killed' | 'link down' | 'frozen';

export type FailoverSubject = {
  readonly name: string;
  readonly address: string;
  readonly recorder: SegmentRecorder;
  readonly fail: (node: string, kind: FailureKind) => void;
  /** The node runs again; resolves when all are ready for the next failure. */
  readonly recover: (node: string, kind: FailureKind) => Promise<void>;
};

/** Milliseconds. */
export type FailoverTimes = {
  /** From the failure to the first gratuitous ARP of another node. */
  readonly announced: number;
  readonly silence: number;
  readonly overlap: number;
};

/** Who has answered alone for this long is the owner. */
const SETTLED_MS = 400;
/** The failure comes at any moment of an interval between two packets. */
const PACKET_INTERVAL_MS = 200;

/** The node that answers alone. */
export const settledOwner = (recorder: SegmentRecorder, address: string): Promise<string> =>
  recorder.until((record) => {
    const now = monotonicNow();
    const [owner, ...others] = record.answering(address, { from: now - SETTLED_MS });
    if (owner === undefined || others.length > 0)
      throw new Error(`${address}: ${owner} and ${others} answer`);
    return owner;
  });

export async function failoverRound(subject: FailoverSubject, kind: FailureKind): Promise<FailoverTimes> {
  const { address, recorder } = subject;
  recorder.forget();
  const owner = await settledOwner(recorder, address);
  await sleep(Math.random() * PACKET_INTERVAL_MS);
  const from = monotonicNow();
  subject.fail(owner, kind);
  const announcedAt = await recorder.until((record) => {
    const at = record.announcedElsewhere(address, owner, { from });
    if (at === null)
      throw new Error(`${subject.name}: nobody announced ${address} after ${owner} was ${kind}`);
    return at;
  });
  await subject.recover(owner, kind);
  await settledOwner(recorder, address);
  const span = { from, to: monotonicNow() };
  const record = recorder.record();
  return {
    announced: announcedAt - from,
    silence: record.longestSilence(address, span),
    overlap: record.longestOverlap(address, span),
  };
}
