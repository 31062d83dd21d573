/** `berth calico`: the model of Calico's announcements, asked directly. */
import type { FlagTable } from '../../base/flags.ts';
import type { Command } from '../command.ts';

export const CALICO_FLAGS = {
  file: {
    kind: 'text',
    value: 'FILE',
    says: 'the case, as JSON; - is standard input',
    short: 'f',
  },
} as const satisfies FlagTable;

export const CALICO_COMMAND: Command<typeof CALICO_FLAGS> = {
  verb: 'calico',
  usage: ['model -f CASE.json'],
  about: [
    'model: reads a cluster, its routers and what is done to it step by step, and prints what the nodes and the routers would be seen to have, before and after each step. A case is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, Calico\'s objects), and where they matter "routers", "off", "then", "calicoVersion", "confdEnv" and "bird"; what is printed has its "observed" and "then".',
  ],
  flags: CALICO_FLAGS,
  examples: [{ does: 'what the routers of this cluster learn', run: 'berth calico model -f cluster.json' }],
  words: ['model'],
};
