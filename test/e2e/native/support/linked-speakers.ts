/** Speakers that a speaker has a BFD session with, as its log says since it started. */
import type { LogLine } from '../../../controller/support/program.ts';

export function linkedSpeakers(log: readonly LogLine[]): ReadonlySet<string> {
  const linked = new Set<string>();
  for (const { msg, speaker } of log) {
    if (msg === 'BFD session with a speaker is up') linked.add(String(speaker));
    if (msg === 'BFD session with a speaker is down') linked.delete(String(speaker));
  }
  return linked;
}

/** Lines of JSON; one that is not complete yet is left out. */
export const readLog = (text: string): readonly LogLine[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
