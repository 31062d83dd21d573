/** `berth bgp`: picks the word, and imports what it takes only then. */
import { failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import {
  BGP_COMMAND,
  BGP_SUBCOMMANDS,
  flagsNotTaken,
  isBgpSubcommand,
  isUnsupportedOutput,
} from './command.ts';

/** `stopSignal` makes signals ours to answer: whoever does not ask for it is ended by them. */
export async function runBgp(
  args: readonly string[],
  context: CliContext,
  stopSignal: () => AbortSignal = () => new AbortController().signal,
): Promise<number> {
  const line = readCommandLine(BGP_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, given, positionals } = line;
  const [subcommand = '', ...operands] = positionals;
  if (!isBgpSubcommand(subcommand)) {
    const all = BGP_SUBCOMMANDS.join(', ');
    return failUsage(BGP_COMMAND, context, [`say what is wanted: ${context.program} bgp with one of ${all}`]);
  }
  const takesOperand = subcommand === 'dial' || subcommand === 'why';
  const [target, surplus] = takesOperand ? [operands[0] ?? '', operands.slice(1)] : ['', operands];
  const flagsGivenInVain = flagsNotTaken(subcommand).filter((name) =>
    (given as ReadonlySet<string>).has(name),
  );
  const complaints = [
    ...surplus.map((one) => `${JSON.stringify(one)} means nothing to bgp ${subcommand}`),
    ...flagsGivenInVain.map((name) => `--${name} means nothing to bgp ${subcommand}`),
    ...(isUnsupportedOutput(flags.output, subcommand)
      ? [`-o ${flags.output} means nothing to bgp ${subcommand}`]
      : []),
  ];
  switch (subcommand) {
    case 'model':
      return (await import('./model/run.ts')).runBgpModel(flags, complaints, context);
    case 'decode':
      return (await import('./decode/run.ts')).runBgpDecode(flags, complaints, context);
    case 'dial':
      return (await import('./dial/run.ts')).runBgpDial(target, flags, complaints, context, stopSignal());
    case 'peers':
      return (await import('./peers/run.ts')).runBgpPeers(flags, complaints, context);
    case 'routes':
      return (await import('./routes/run.ts')).runBgpRoutes(flags, complaints, context);
    case 'why':
      return (await import('./why/run.ts')).runBgpWhy(target, flags, complaints, context);
  }
}
