/** What all answers of speakers have in common when they are printed. */
import { plural, wrap } from '../../../base/text.ts';
import type { Colorize } from '../../framework/color.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';
import type { SpeakerResponse } from './status-query.ts';

/** Nodes that are named one by one; all of them are in -o json. */
const NAMES_MAX = 5;

/** `w1, w2, w3 and 4 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ');
  const more = names.length - NAMES_MAX;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

export const indentedLines = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent).map((line) => `${' '.repeat(indent)}${line}`);

/** By what each says, in the order in which it is said first. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Those that did not answer; nothing where all did. */
export function printUnreachable(responses: readonly SpeakerResponse[], paint: Colorize): readonly string[] {
  const unreachable = responses.flatMap(({ node, document }) =>
    document.ok ? [] : [{ node, says: document.error }],
  );
  if (unreachable.length === 0) return [];
  return [
    [
      paint('yellow', `${plural(unreachable.length, 'speaker')} of ${responses.length} did not answer`),
      ...groupBy(unreachable, ({ says: problem }) => problem).flatMap((group) =>
        indentedLines(`${listNames(group.map(({ node }) => node))}: ${group[0]?.says ?? ''}`, 2),
      ),
    ].join('\n'),
  ];
}
