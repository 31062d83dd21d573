/** `berth bgp routes`: what each router is told, and what is not, and why. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { colorizerFor } from '../../framework/color.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';
import { querySpeakers, speakerFlagErrors, speakersJson } from '../speakers/status-query.ts';
import { readRouteReports } from './route-report.ts';
import { printAdvertisedRoutes } from './text.ts';

export async function runBgpRoutes(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const usageErrors = [...complaints, ...speakerFlagErrors(flags)];
  if (usageErrors.length > 0) return failUsage(BGP_COMMAND, context, usageErrors);
  const query = { peer: flags.peer || null };
  const queried = await querySpeakers(context, flags, () => ({ path: STATUS_API_PATHS.routes, query }));
  if (!queried.ok) return failCommand(BGP_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const responseCount = responses.filter(({ document }) => document.ok).length;
  const sessions = responses.flatMap(({ node, document }) =>
    document.ok ? readRouteReports(node, document.value) : [],
  );
  if (flags.peer !== '' && responseCount === responses.length && sessions.length === 0)
    return failCommand(BGP_COMMAND, context, [
      `none of these speakers has a session with a BGPPeer ${flags.peer}`,
    ]);
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatOutput({ speakers: speakersJson(responses) }, output)
      : printAdvertisedRoutes(
          sessions,
          responses,
          context.program,
          colorizerFor(context.stdout, context.environment),
        ),
  );
  if (responseCount === 0) return EXIT_CODES.failure;
  const isComplete =
    responseCount === responses.length &&
    sessions.every(({ routes }) => routes.every(({ status }) => status === 'told'));
  return isComplete ? EXIT_CODES.success : EXIT_CODES.changes;
}
