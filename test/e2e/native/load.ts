/** Traffic from the client, all the time that something happens to the speakers. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadProgram } from '../../support/netns/programs/load.mjs';
import type { NativeCluster } from './cluster.ts';

export type Fared = {
  readonly tried: number;
  readonly served: number;
  /** How many pages came from each. */
  readonly pods: Readonly<Record<string, number>>;
  readonly failed: readonly { readonly at: number; readonly error: string }[];
  readonly lasting: readonly {
    readonly pod: string;
    readonly broke: { readonly at: number; readonly error: string } | null;
  }[];
};

const EVERY_MS = 15;

/** So long before anything happens, and after it, so that there is something to lose. */
const MARGIN_MS = 1_000;

let runs = 0;

/** What became of the traffic to this address while `happens` went on. */
export async function underLoad(
  { client }: NativeCluster,
  { host, lasting }: { readonly host: string; readonly lasting: number },
  happens: () => Promise<void>,
): Promise<Fared> {
  runs += 1;
  const args = [loadProgram, host, '80', `${EVERY_MS}`, `${lasting}`];
  const load = client.start(`load-${runs}`, process.execPath, ...args);
  await sleep(MARGIN_MS);
  await happens();
  await sleep(MARGIN_MS);
  await load.end('SIGTERM');
  const last = load.tail().split('\n').at(-1) ?? '';
  assert.match(last, /^\{/, `the client says: ${last}`);
  return JSON.parse(last) as Fared;
}

export const brokenOf = ({ lasting }: Fared): Fared['lasting'] =>
  lasting.filter(({ broke }) => broke !== null);
