/** `berth bgp`: picks the word, and imports what it takes only then. */
import { misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { BGP_COMMAND, BGP_WORDS, foreignFlags, isBgpWord, isForeignOutput } from './command.ts';

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
  if (!isBgpWord(word)) {
    const all = BGP_WORDS.join(', ');
    return misused(BGP_COMMAND, context, [`say what is wanted: ${context.program} bgp with one of ${all}`]);
  }
  const takesOne = word === 'dial' || word === 'why';
  const [target, more] = takesOne ? [words[0] ?? '', words.slice(1)] : ['', words];
  const foreign = foreignFlags(word).filter((name) => (given as ReadonlySet<string>).has(name));
  const complaints = [
    ...more.map((one) => `${JSON.stringify(one)} means nothing to bgp ${word}`),
    ...foreign.map((name) => `--${name} means nothing to bgp ${word}`),
    ...(isForeignOutput(flags.output, word) ? [`-o ${flags.output} means nothing to bgp ${word}`] : []),
  ];
  switch (word) {
    case 'model':
      return (await import('./model.ts')).modelMain(flags, complaints, context);
    case 'decode':
      return (await import('./decode.ts')).decodeMain(flags, complaints, context);
    case 'dial':
      return (await import('./dial.ts')).dialMain(target, flags, complaints, context, stopSignal());
    case 'peers':
      return (await import('./peers.ts')).peersMain(flags, complaints, context);
    case 'routes':
      return (await import('./routes.ts')).routesMain(flags, complaints, context);
    case 'why':
      return (await import('./why.ts')).whyMain(target, flags, complaints, context);
  }
}
