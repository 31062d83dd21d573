import type { Command } from '../../framework/command.ts';
import { LAYER2_QUERY_FLAGS, LAYER2_QUERY_RIGHTS } from '../cluster/flags.ts';

export const L2_WHY_COMMAND = {
  name: 'l2 why',
  summary: 'Show which node answers for a Service by ARP and NDP, and if none does, what to change',
  usage: ['SERVICE [-n NAMESPACE] [-f FILE] [-o text|json|yaml]'],
  about: [
    'Use it when the address of a Service is not reachable. For each node with a speaker it prints whether it answers, may answer, or why it may not. If nobody answers, it prints the cause and the fix.',
    LAYER2_QUERY_RIGHTS,
  ],
  flags: {
    namespace: {
      kind: 'text',
      short: 'n',
      value: 'NAME',
      help: "namespace of the Service; default: the context's own, else default",
    },
    ...LAYER2_QUERY_FLAGS,
  },
  examples: [{ description: 'who answers for the Service "web"?', commandLine: 'berth l2 why web -n shop' }],
  exitCodes: {
    0: 'a node answers for it',
    1: 'the cluster could not be read; stderr says why',
    3: 'nobody answers for it',
    5: 'a part of the cluster could not be read; what is known is printed, and stderr names the rest',
  },
} as const satisfies Command;
