/** `berth bgp why`: which nodes announce a Service, to whom, and if none does, what to change. */

import { err, ok, type Result } from '../../base/result.ts';
import { VIEW_PATHS } from '../../speaker/viewpaths.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { askedValue, askSpeakers, wrongSpeakers } from './speakers.ts';
import { concludeWhy, readAnnouncing } from './whyread.ts';
import { printWhy } from './whytext.ts';

export async function whyMain(
  target: string,
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const named = readTarget(target, flags.namespace);
  const wrong = [...complaints, ...(named.ok ? [] : [named.error]), ...wrongSpeakers(flags)];
  if (!named.ok || wrong.length > 0) return misused(BGP_COMMAND, context, wrong);
  let service = '';
  const asking = await askSpeakers(context, flags, (namespace) => {
    service = `${named.value.namespace || (namespace ?? 'default')}/${named.value.name}`;
    return { path: VIEW_PATHS.services, query: { service } };
  });
  if (!asking.ok) return failed(BGP_COMMAND, context, [asking.error]);
  const { asked } = asking.value;
  const nodes = asked.flatMap(({ node, answer }) => (answer.ok ? [readAnnouncing(node, answer.value)] : []));
  const conclusion = concludeWhy(service, nodes, asked.length);
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatValue({ service, ...conclusion, speakers: askedValue(asked) }, output)
      : printWhy({ service, nodes, asked, conclusion }, paintFor(context.stdout, context.environment)),
  );
  if (nodes.length === 0) return EXIT.failed;
  return conclusion.announced ? EXIT.fine : EXIT.changes;
}

type Target = { readonly namespace: string; readonly name: string };

const KINDS = ['service', 'services', 'svc'];

/** `NAME`, `service/NAME`, or `NAMESPACE/NAME`, as every answer has it. */
function readTarget(text: string, said: string): Result<Target, string> {
  const [, head = '', name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name === '') return err('name one Service: bgp why SERVICE -n NAMESPACE');
  if (head === '' || KINDS.includes(head)) return ok({ namespace: said, name });
  return said === '' || said === head
    ? ok({ namespace: head, name })
    : err(`${text} is in the namespace ${head}, and -n says ${said}`);
}
