/** `berth bgp`: runs the subcommand, which is imported only then. */
import type { CliContext } from '../framework/context.ts';
import { runGroup } from '../framework/group.ts';
import { BGP_GROUP } from './command.ts';

/** `stopSignal` is called by the subcommand that handles signals itself; the others are ended by them. */
export const runBgp = (
  args: readonly string[],
  context: CliContext,
  stopSignal: () => AbortSignal = () => new AbortController().signal,
): Promise<number> =>
  runGroup(
    BGP_GROUP,
    {
      peers: async () => (await import('./peers/run.ts')).runBgpPeers,
      routes: async () => (await import('./routes/run.ts')).runBgpRoutes,
      why: async () => (await import('./why/run.ts')).runBgpWhy,
      dial: async () => {
        const { runBgpDial } = await import('./dial/run.ts');
        return (words, within) => runBgpDial(words, within, stopSignal);
      },
      model: async () => (await import('./model/run.ts')).runBgpModel,
      decode: async () => (await import('./decode/run.ts')).runBgpDecode,
    },
    args,
    context,
  );
