/** What could stand next on a command line. */
import type { FlagSpec, FlagTable } from '../../base/flags.ts';
import { CATALOGUE } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { isVerb, VERBS } from '../verbs.ts';

export type Candidate = { readonly text: string; readonly says: string };

/** `files`: where no candidate stands, a file may. */
export type Candidates = { readonly candidates: readonly Candidate[]; readonly files: boolean };

const NOTHING: Candidates = { candidates: [], files: false };
const FILES: Candidates = { candidates: [], files: true };

const HELP: Candidate = { text: '--help', says: 'tells more, with an example' };

/** Values that are files or folders. */
const IS_FILE = /^(FILE|DIR|FOLDER)/;

/** `words` is what stands after the program's name; the last one is being typed, and may be empty. */
export function candidatesFor(words: readonly string[]): Candidates {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  return matching(offered(before, current), current);
}

function offered(before: readonly string[], current: string): Candidates {
  const [verb, ...rest] = before;
  if (verb === undefined || (verb === 'help' && rest.length === 0)) {
    const verbs = Object.entries(VERBS).map(([text, says]) => ({ text, says }));
    return { candidates: current.startsWith('-') ? [HELP] : verbs, files: false };
  }
  if (!isVerb(verb)) return NOTHING;
  const command: Command = CATALOGUE[verb];
  const inline = /^(--?[a-z][a-z0-9-]*)=/.exec(current);
  if (inline !== null) {
    const spec = specOf(command.flags, inline[1] ?? '');
    return spec === null ? NOTHING : values(spec, inline[0]);
  }
  const waiting = specOf(command.flags, rest.at(-1) ?? '');
  if (waiting !== null && waiting.kind !== 'switch') return values(waiting, '');
  if (current.startsWith('-')) return { candidates: [...flags(command.flags), HELP], files: false };
  const said = positionals(command.flags, rest);
  if (said > 0 || command.words === undefined) return NOTHING;
  return { candidates: command.words.map((text) => ({ text, says: '' })), files: false };
}

function values({ choices, value = '' }: FlagSpec, prefix: string): Candidates {
  if (choices !== undefined) {
    const candidates = choices.filter(Boolean).map((one) => ({ text: `${prefix}${one}`, says: '' }));
    return { candidates, files: false };
  }
  return IS_FILE.test(value) && prefix === '' ? FILES : NOTHING;
}

const flags = (table: FlagTable): readonly Candidate[] =>
  Object.entries(table).map(([name, { says }]) => ({ text: `--${name}`, says }));

function specOf(table: FlagTable, word: string): FlagSpec | null {
  const long = /^--?([a-z][a-z0-9-]+)$/.exec(word)?.[1];
  if (long !== undefined && Object.hasOwn(table, long)) return table[long] ?? null;
  const short = /^-([a-z])$/.exec(word)?.[1];
  return Object.values(table).find((spec) => short !== undefined && spec.short === short) ?? null;
}

/** How many words are neither flags nor values of flags. */
function positionals(table: FlagTable, words: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const spec = specOf(table, word);
    if (spec !== null && spec.kind !== 'switch') index++;
    else if (!word.startsWith('-')) count++;
  }
  return count;
}

const matching = ({ candidates, files }: Candidates, current: string): Candidates => ({
  candidates: candidates.filter(({ text }) => text.startsWith(current)),
  files,
});
