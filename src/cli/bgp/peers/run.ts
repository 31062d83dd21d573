/** `berth bgp peers`: the BGP sessions of the speakers. */
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { endSpeakerQuery } from '../speakers/exit-code.ts';
import { speakerFlagErrors } from '../speakers/flags.ts';
import { speakersJson } from '../speakers/json.ts';
import { querySpeakers } from '../speakers/status-query.ts';
import { PEERS_COMMAND } from './command.ts';
import { isEstablished, readNodeSessions } from './peer-session-report.ts';
import { peersLines } from './text.ts';

export async function runBgpPeers(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(PEERS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [...surplusOperands(line.positionals, 0), ...speakerFlagErrors(flags)];
  if (errors.length > 0) return failUsage(PEERS_COMMAND, context, errors);
  const queried = await querySpeakers(context, flags, () => ({ path: STATUS_API_PATHS.peers, query: {} }));
  if (!queried.ok) return failCommand(PEERS_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const nodes = responses.flatMap(({ node, document }) =>
    document.ok ? [readNodeSessions(node, document.value)] : [],
  );
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ speakers: speakersJson(responses) }, output)
      : peersLines(nodes, responses, context.stdout),
  );
  const isHealthy = nodes.every(
    ({ notReady, sessions, inactivePeers }) =>
      notReady === null && inactivePeers.length === 0 && sessions.every(isEstablished),
  );
  return endSpeakerQuery(PEERS_COMMAND, context, responses, isHealthy);
}
