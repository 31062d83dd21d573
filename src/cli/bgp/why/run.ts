/** `berth bgp why`: which nodes announce a Service, to whom, and if none does, what to change. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { STATUS_API_PATHS } from '../../../speaker/status-api/paths.ts';
import { colorizerFor } from '../../framework/color.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { formatOutput } from '../../framework/output.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';
import { querySpeakers, speakerFlagErrors, speakersJson } from '../speakers/status-query.ts';
import { concludeWhy, readNodeAnnouncement } from './conclusion.ts';
import { printWhy } from './text.ts';

export async function runBgpWhy(
  target: string,
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const serviceName = readServiceTarget(target, flags.namespace);
  const usageErrors = [
    ...complaints,
    ...(serviceName.ok ? [] : [serviceName.error]),
    ...speakerFlagErrors(flags),
  ];
  if (!serviceName.ok || usageErrors.length > 0) return failUsage(BGP_COMMAND, context, usageErrors);
  let service = '';
  const queried = await querySpeakers(context, flags, (namespace) => {
    service = `${serviceName.value.namespace || (namespace ?? 'default')}/${serviceName.value.name}`;
    return { path: STATUS_API_PATHS.services, query: { service } };
  });
  if (!queried.ok) return failCommand(BGP_COMMAND, context, [queried.error]);
  const { responses } = queried.value;
  const nodes = responses.flatMap(({ node, document }) =>
    document.ok ? [readNodeAnnouncement(node, document.value)] : [],
  );
  const conclusion = concludeWhy(service, nodes, responses.length);
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatOutput({ service, ...conclusion, speakers: speakersJson(responses) }, output)
      : printWhy(
          { service, nodes, responses, conclusion },
          colorizerFor(context.stdout, context.environment),
        ),
  );
  if (nodes.length === 0) return EXIT_CODES.failure;
  return conclusion.announced ? EXIT_CODES.success : EXIT_CODES.changes;
}

type ServiceTarget = { readonly namespace: string; readonly name: string };

const SERVICE_KINDS = ['service', 'services', 'svc'];

/** `NAME`, `service/NAME`, or `NAMESPACE/NAME`, as every answer has it. */
function readServiceTarget(text: string, namespaceFlag: string): Result<ServiceTarget, string> {
  const [, head = '', name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name === '') return err('name one Service: bgp why SERVICE -n NAMESPACE');
  if (head === '' || SERVICE_KINDS.includes(head)) return ok({ namespace: namespaceFlag, name });
  return namespaceFlag === '' || namespaceFlag === head
    ? ok({ namespace: head, name })
    : err(`${text} is in the namespace ${head}, and -n says ${namespaceFlag}`);
}
