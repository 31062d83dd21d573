import type { Command } from '../../framework/command.ts';
import { LAYER2_QUERY_FLAGS, LAYER2_QUERY_RIGHTS } from '../cluster/flags.ts';

export const OWNERS_COMMAND = {
  name: 'l2 owners',
  summary: 'List which node answers for each address by ARP and NDP, and if none does, why',
  usage: ['[-f FILE] [-o text|json|yaml]'],
  about: [
    'Use it to see where the traffic of each address enters. It prints a line for each Service of type LoadBalancer that an L2Advertisement covers, with the node in its ServiceL2Status.',
    LAYER2_QUERY_RIGHTS,
  ],
  flags: LAYER2_QUERY_FLAGS,
  examples: [{ description: 'which node answers for each address?', commandLine: 'berth l2 owners' }],
  exitCodes: {
    0: 'each of these Services is answered for',
    1: 'the cluster could not be read; stderr says why',
    3: 'nobody answers for one of them',
    5: 'a part of the cluster could not be read; what is known is printed, and stderr names the rest',
  },
} as const satisfies Command;
