/** `berth bgp routes`: what each router is told, and what is not, and why. */
import { VIEW_PATHS } from '../../speaker/viewpaths.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';
import { readRoutes } from './readroutes.ts';
import { printRoutes } from './routestext.ts';
import { askedValue, askSpeakers, wrongSpeakers } from './speakers.ts';

export async function routesMain(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const wrong = [...complaints, ...wrongSpeakers(flags)];
  if (wrong.length > 0) return misused(BGP_COMMAND, context, wrong);
  const query = { peer: flags.peer || null };
  const asking = await askSpeakers(context, flags, () => ({ path: VIEW_PATHS.routes, query }));
  if (!asking.ok) return failed(BGP_COMMAND, context, [asking.error]);
  const { asked } = asking.value;
  const answered = asked.filter(({ answer }) => answer.ok).length;
  const all = asked.flatMap(({ node, answer }) => (answer.ok ? readRoutes(node, answer.value) : []));
  if (flags.peer !== '' && answered === asked.length && all.length === 0)
    return failed(BGP_COMMAND, context, [
      `none of these speakers has a session with a BGPPeer ${flags.peer}`,
    ]);
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatValue({ speakers: askedValue(asked) }, output)
      : printRoutes(all, asked, context.program, paintFor(context.stdout, context.environment)),
  );
  if (answered === 0) return EXIT.failed;
  const isFine =
    answered === asked.length && all.every(({ routes }) => routes.every(({ status }) => status === 'told'));
  return isFine ? EXIT.fine : EXIT.changes;
}
