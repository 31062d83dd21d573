import type { Command } from '../../framework/command.ts';
import { SPEAKER_EXIT_CODES } from '../speakers/exit-code.ts';
import { SPEAKER_QUERY_FLAGS, SPEAKER_QUERY_RIGHTS } from '../speakers/flags.ts';

export const WHY_COMMAND = {
  name: 'bgp why',
  summary: 'Show which nodes advertise a Service, and if none does, what to change',
  usage: ['SERVICE [-n NAMESPACE] [--node NODE ...] [-o text|json|yaml]'],
  about: [
    'Use it when the address of a Service is not reachable. For each node it prints to which routers it advertises the Service, or why it does not. If no node does, it prints the cause and the fix.',
    SPEAKER_QUERY_RIGHTS,
  ],
  flags: {
    namespace: {
      kind: 'text',
      short: 'n',
      value: 'NAME',
      help: "namespace of the Service; default: the context's own, else default",
    },
    ...SPEAKER_QUERY_FLAGS,
  },
  examples: [
    { description: 'which nodes advertise the Service "web"?', commandLine: 'berth bgp why web -n shop' },
  ],
  exitCodes: {
    0: 'a node advertises it to a router',
    3: 'no node advertises it',
    ...SPEAKER_EXIT_CODES,
  },
} as const satisfies Command;
