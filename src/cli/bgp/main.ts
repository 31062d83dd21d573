/** `berth bgp`: picks the word, and imports what it takes only then. */
import { misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { BGP_COMMAND, FOREIGN_FLAGS } from './command.ts';

/** `stopSignal` makes signals ours to answer: whoever does not ask for it is ended by them. */
export async function bgpMain(
  args: readonly string[],
  context: CliContext,
  stopSignal: () => AbortSignal = () => new AbortController().signal,
): Promise<number> {
  const line = readCommandLine(BGP_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, given, rest } = line;
  const [word = '', ...words] = rest;
  if (!isWord(word)) {
    const all = Object.keys(FOREIGN_FLAGS).join(', ');
    return misused(BGP_COMMAND, context, [`say what is wanted: ${context.program} bgp with one of ${all}`]);
  }
  const [target, more] = word === 'dial' ? [words[0] ?? '', words.slice(1)] : ['', words];
  const foreign = FOREIGN_FLAGS[word].filter((name) => (given as ReadonlySet<string>).has(name));
  const complaints = [
    ...more.map((one) => `${JSON.stringify(one)} means nothing to bgp ${word}`),
    ...foreign.map((name) => `--${name} means nothing to bgp ${word}`),
  ];
  switch (word) {
    case 'model':
      return (await import('./model.ts')).modelMain(flags, complaints, context);
    case 'decode':
      return (await import('./decode.ts')).decodeMain(flags, complaints, context);
    case 'dial':
      return (await import('./dial.ts')).dialMain(target, flags, complaints, context, stopSignal());
  }
}

const isWord = (word: string): word is keyof typeof FOREIGN_FLAGS => Object.hasOwn(FOREIGN_FLAGS, word);
