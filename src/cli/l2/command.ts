import { summaryOf } from '../framework/command-names.ts';
import type { CommandGroup } from '../framework/group.ts';
import { L2_MODEL_COMMAND } from './model/command.ts';
import { OWNERS_COMMAND } from './owners/command.ts';
import { REBALANCE_COMMAND } from './rebalance/command.ts';
import { L2_WHY_COMMAND } from './why/command.ts';

export const L2_GROUP = {
  name: 'l2',
  summary: summaryOf('l2'),
  about: [
    'owners, why and rebalance read a cluster, or its objects from files. model plays a cluster in a file, step by step.',
  ],
  subcommands: {
    owners: OWNERS_COMMAND,
    why: L2_WHY_COMMAND,
    rebalance: REBALANCE_COMMAND,
    model: L2_MODEL_COMMAND,
  },
  examples: [
    { description: 'which node answers for each address?', commandLine: 'berth l2 owners' },
    { description: 'who answers for the Service "web"?', commandLine: 'berth l2 why web -n shop' },
  ],
} as const satisfies CommandGroup;
