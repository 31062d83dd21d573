/** `berth bgp peers`: which sessions stand, and what is wrong with the others. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { colorizerFor } from '../../framework/color.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';
import { querySpeakers, speakerFlagErrors, speakersJson } from '../speakers/status-query.ts';
import { isEstablished, readNodeSessions } from './peer-session-report.ts';
import { printPeers } from './text.ts';

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
