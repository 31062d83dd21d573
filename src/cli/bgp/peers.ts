/** `berth bgp peers`: which sessions stand, and what is wrong with the others. */
import { VIEW_PATHS } from '../../speaker/viewpaths.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { printPeers } from './peerstext.ts';
import { isUp, readPeers } from './readpeers.ts';
import { askedValue, askSpeakers, wrongSpeakers } from './speakers.ts';

export async function peersMain(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const wrong = [...complaints, ...wrongSpeakers(flags)];
  if (wrong.length > 0) return misused(BGP_COMMAND, context, wrong);
  const asking = await askSpeakers(context, flags, () => ({ path: VIEW_PATHS.peers, query: {} }));
  if (!asking.ok) return failed(BGP_COMMAND, context, [asking.error]);
  const { asked } = asking.value;
  const nodes = asked.flatMap(({ node, answer }) => (answer.ok ? [readPeers(node, answer.value)] : []));
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatValue({ speakers: askedValue(asked) }, output)
      : printPeers(nodes, asked, paintFor(context.stdout, context.environment)),
  );
  if (nodes.length === 0) return EXIT.failed;
  const isFine =
    nodes.length === asked.length &&
    nodes.every(
      ({ notReady, sessions, notInForce }) =>
        notReady === null && notInForce.length === 0 && sessions.every(isUp),
    );
  return isFine ? EXIT.fine : EXIT.changes;
}
