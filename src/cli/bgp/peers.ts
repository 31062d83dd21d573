/** `berth bgp peers`: which sessions stand, and what is wrong with the others. */
import { STATUS_API_PATHS } from '../../speaker/viewpaths.ts';
import { failCommand, failUsage } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit.ts';
import { formatOutput } from '../output.ts';
import { colorizerFor } from '../paint.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { printPeers } from './peerstext.ts';
import { isEstablished, readNodeSessions } from './readpeers.ts';
import { querySpeakers, speakerFlagErrors, speakersJson } from './speakers.ts';

export async function runBgpPeers(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const usageErrors = [...complaints, ...speakerFlagErrors(flags)];
  if (usageErrors.length > 0) return failUsage(BGP_COMMAND, context, usageErrors);
  const queried = await querySpeakers(context, flags, () => ({ path: STATUS_API_PATHS.peers, query: {} }));
  if (!queried.ok) return failCommand(BGP_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const nodes = responses.flatMap(({ node, document }) =>
    document.ok ? [readNodeSessions(node, document.value)] : [],
  );
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatOutput({ speakers: speakersJson(responses) }, output)
      : printPeers(nodes, responses, colorizerFor(context.stdout, context.environment)),
  );
  if (nodes.length === 0) return EXIT_CODES.failure;
  const isHealthy =
    nodes.length === responses.length &&
    nodes.every(
      ({ notReady, sessions, inactivePeers }) =>
        notReady === null && inactivePeers.length === 0 && sessions.every(isEstablished),
    );
  return isHealthy ? EXIT_CODES.success : EXIT_CODES.changes;
}
