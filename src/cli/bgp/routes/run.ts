/** `berth bgp routes`: the routes that the speakers advertise to each router. */
import { fieldsOf, listOf, textOf } from '../../../base/json.ts';
import { didYouMean } from '../../../base/text.ts';
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { endSpeakerQuery } from '../speakers/exit-code.ts';
import { type SpeakerQueryFlags, speakerFlagErrors } from '../speakers/flags.ts';
import { speakersJson } from '../speakers/json.ts';
import { querySpeakers } from '../speakers/status-query.ts';
import { ROUTES_COMMAND } from './command.ts';
import { ADVERTISED, readRouteReports } from './route-report.ts';
import { advertisedRoutesLines } from './text.ts';

/** Names a similar peer: it asks the speakers for all sessions. */
async function unknownPeerText(peer: string, flags: SpeakerQueryFlags, context: CliContext): Promise<string> {
  const queried = await querySpeakers(context, flags, () => ({ path: STATUS_API_PATHS.peers, query: {} }));
  const documents = queried.ok ? queried.value.responses.map(({ document }) => document) : [];
  const names = documents.flatMap((document) =>
    document.ok ? listOf(document.value['peers']).map((one) => textOf(fieldsOf(one)['name'])) : [],
  );
  const hint = didYouMean(peer, names) ?? 'berth bgp peers lists the sessions';
  return `no speaker has a session of a BGPPeer ${peer}: ${hint}`;
}

export async function runBgpRoutes(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(ROUTES_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [...surplusOperands(line.positionals, 0), ...speakerFlagErrors(flags)];
  if (errors.length > 0) return failUsage(ROUTES_COMMAND, context, errors);
  const query = { peer: flags.peer || null };
  const queried = await querySpeakers(context, flags, () => ({ path: STATUS_API_PATHS.routes, query }));
  if (!queried.ok) return failCommand(ROUTES_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const responseCount = responses.filter(({ document }) => document.ok).length;
  const sessions = responses.flatMap(({ node, document }) =>
    document.ok ? readRouteReports(node, document.value) : [],
  );
  if (flags.peer !== '' && responseCount === responses.length && sessions.length === 0)
    return failCommand(ROUTES_COMMAND, context, [await unknownPeerText(flags.peer, flags, context)]);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ speakers: speakersJson(responses) }, output)
      : advertisedRoutesLines(sessions, responses, context.program, context.stdout),
  );
  const isComplete = sessions.every(({ routes }) => routes.every(({ status }) => status === ADVERTISED));
  return endSpeakerQuery(ROUTES_COMMAND, context, responses, isComplete);
}
