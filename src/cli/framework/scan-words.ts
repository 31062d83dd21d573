/** Which words of a command line are operands, and which flags are named, whether or not the line is valid. */
import type { FlagSpec, FlagTable } from '../../base/flags.ts';

export type ScannedWords = {
  /** Indexes of the words that are neither flags nor values of flags. */
  readonly operands: readonly number[];
  /** Names of the known flags that are given. */
  readonly flags: readonly string[];
};

export function scanWords(table: FlagTable, words: readonly string[]): ScannedWords {
  const operands: number[] = [];
  const flags: string[] = [];
  const end = words.indexOf('--');
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (index === end) continue;
    const flag = end < 0 || index < end ? findFlag(table, word) : null;
    if (flag !== null) {
      flags.push(flag.name);
      if (!flag.hasValue) index++;
    } else if (word === '-' || !word.startsWith('-') || (end >= 0 && index > end)) operands.push(index);
  }
  return { operands, flags };
}

export type FoundFlag = {
  readonly name: string;
  /** The word holds the value, or there is none to come: a switch, `--port=1`, `-oyaml`. */
  readonly hasValue: boolean;
};

/** The flag that `word` spells: `-n`, `-nVALUE`, `-n=VALUE`, `-namespace`, `--namespace`, `--namespace=VALUE`. */
export function findFlag(table: FlagTable, word: string): FoundFlag | null {
  const long = /^--?([a-z][a-z0-9-]+)(=.*)?$/s.exec(word);
  const longName = long?.[1] ?? '';
  if (Object.hasOwn(table, longName))
    return { name: longName, hasValue: long?.[2] !== undefined || table[longName]?.kind === 'switch' };
  const short = /^-([a-zA-Z])/.exec(word)?.[1];
  const found = Object.entries<FlagSpec>(table).find(
    ([, spec]) => short !== undefined && spec.short === short,
  );
  return found === undefined
    ? null
    : { name: found[0], hasValue: word.length > 2 || found[1].kind === 'switch' };
}
