/** Traffic from the client, all the time that something happens to the speakers. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadProgram } from '../../../support/netns/programs/load.mjs';
import type { NativeCluster } from './native-cluster.ts';

export type LoadResult = {
  readonly tried: number;
  readonly served: number;
  /** How many pages came from each. */
  readonly pods: Readonly<Record<string, number>>;
  readonly failed: readonly { readonly at: number; readonly error: string }[];
  readonly longLived: readonly {
    readonly pod: string;
    readonly broke: { readonly at: number; readonly error: string } | null;
  }[];
};

const EVERY_MS = 15;

/** So long before anything happens, and after it, so that there is something to lose. */
const LEAD_TIME_MS = 1_000;

let runs = 0;

/** What became of the traffic to this address while `happens` went on. */
export async function runUnderLoad(
  { client }: NativeCluster,
  { host, longLived }: { readonly host: string; readonly longLived: number },
  during: () => Promise<void>,
): Promise<LoadResult> {
  runs += 1;
  const args = [loadProgram, host, '80', `${EVERY_MS}`, `${longLived}`];
  const load = client.start(`load-${runs}`, process.execPath, ...args);
  await sleep(LEAD_TIME_MS);
  await during();
  await sleep(LEAD_TIME_MS);
  await load.end('SIGTERM');
  const last = load.tail().split('\n').at(-1) ?? '';
  assert.match(last, /^\{/, `the client says: ${last}`);
  return JSON.parse(last) as LoadResult;
}

export const brokenConnections = ({ longLived }: LoadResult): LoadResult['longLived'] =>
  longLived.filter(({ broke }) => broke !== null);
