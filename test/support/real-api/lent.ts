/**
 * An API server that files of a run have one after the other, each for itself alone. Whoever has it cleans up and gives it
 * back. It saves those files the time in which a server of their own would start.
 */
import { readFileSync, renameSync } from 'node:fs';
import { type ApiAccess, type ApiClient, connect } from './client.ts';

export type LentApi = {
  readonly api: ApiClient;
  /** For the next file. A file that ends without it leaves the others to start their own. */
  giveBack(): void;
};

/** Null where the run lends none, or another file has it. The file that BERTH_LENT_API names exists while it is free. */
export function borrowApi(): LentApi | null {
  const free = process.env['BERTH_LENT_API'];
  if (free === undefined) return null;
  const taken = `${free}.${process.pid}`;
  try {
    renameSync(free, taken); // only one process can
  } catch {
    return null;
  }
  const access: ApiAccess = JSON.parse(readFileSync(taken, 'utf8'));
  return { api: connect(access), giveBack: () => renameSync(taken, free) };
}
