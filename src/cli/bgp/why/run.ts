/** `berth bgp why`: which nodes advertise a Service to which routers, and if none does, the fix. */
import { err, ok, type Result } from '../../../base/result.ts';
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { endSpeakerQuery } from '../speakers/exit-code.ts';
import { speakerFlagErrors } from '../speakers/flags.ts';
import { speakersJson } from '../speakers/json.ts';
import { querySpeakers } from '../speakers/status-query.ts';
import { WHY_COMMAND } from './command.ts';
import { concludeWhy, readNodeAnnouncement } from './conclusion.ts';
import { whyLines } from './text.ts';

export async function runBgpWhy(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(WHY_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  const target = readServiceTarget(positionals[0] ?? '', flags.namespace);
  const errors = [
    ...surplusOperands(positionals, 1),
    ...(target.ok ? [] : [target.error]),
    ...speakerFlagErrors(flags),
  ];
  if (!target.ok || errors.length > 0) return failUsage(WHY_COMMAND, context, errors);
  let service = '';
  const queried = await querySpeakers(context, flags, (namespace) => {
    service = `${target.value.namespace || (namespace ?? 'default')}/${target.value.name}`;
    return { path: STATUS_API_PATHS.services, query: { service } };
  });
  if (!queried.ok) return failCommand(WHY_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const nodes = responses.flatMap(({ node, document }) =>
    document.ok ? [readNodeAnnouncement(node, document.value)] : [],
  );
  const conclusion = concludeWhy(service, nodes, responses.length);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ service, ...conclusion, speakers: speakersJson(responses) }, output)
      : whyLines({ service, nodes, responses, conclusion }, context.stdout),
  );
  return endSpeakerQuery(WHY_COMMAND, context, responses, conclusion.announced);
}

type ServiceTarget = { readonly namespace: string; readonly name: string };

const SERVICE_WORDS = ['service', 'services', 'svc'];

/** `NAME`, `service/NAME` or `NAMESPACE/NAME`. The error is a sentence. */
function readServiceTarget(text: string, namespaceFlag: string): Result<ServiceTarget, string> {
  const [, head = '', name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name === '') return err('the Service is missing: bgp why SERVICE -n NAMESPACE');
  if (head === '' || SERVICE_WORDS.includes(head)) return ok({ namespace: namespaceFlag, name });
  return namespaceFlag === '' || namespaceFlag === head
    ? ok({ namespace: head, name })
    : err(`${text} is in the namespace ${head}, and -n says ${namespaceFlag}`);
}
