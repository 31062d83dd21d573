/** Text that the commands which query speakers have in common. */
import { listSome, plural } from '../../../base/text.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { proseLines } from '../../framework/lines.ts';
import type { SpeakerResponse } from './status-query.ts';

/** Names that are listed; all of them are in -o json. */
const NAMES_MAX = 5;

/** `w1, w2, w3 and 4 more`. */
export const listNames = (names: readonly string[]): string => listSome(names, NAMES_MAX);

/** Groups of equal keys, in the order in which the keys occur first. */
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

/** The speakers that did not answer, grouped by error; empty if all did. */
export function unreachableLines(
  responses: readonly SpeakerResponse[],
  format: TextFormat,
): readonly string[] {
  const unreachable = responses.flatMap(({ node, document }) =>
    document.ok ? [] : [{ node, error: document.error }],
  );
  if (unreachable.length === 0) return [];
  return [
    format.paint('yellow', `${unreachable.length} of ${plural(responses.length, 'speaker')} did not answer`),
    ...groupBy(unreachable, ({ error }) => error).flatMap((group) =>
      proseLines(`${listNames(group.map(({ node }) => node))}: ${group[0]?.error ?? ''}`, format, {
        first: 2,
      }),
    ),
  ];
}
