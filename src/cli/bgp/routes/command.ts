import type { Command } from '../../framework/command.ts';
import { SPEAKER_EXIT_CODES } from '../speakers/exit-code.ts';
import { SPEAKER_QUERY_FLAGS, SPEAKER_QUERY_RIGHTS } from '../speakers/flags.ts';

export const ROUTES_COMMAND = {
  name: 'bgp routes',
  summary: 'Show the routes that the speakers advertise to each router',
  usage: ['[--node NODE ...] [--peer PEER] [-o text|json|yaml]'],
  about: [
    'Use it when a router lacks a route, or has one with unexpected attributes. It prints the advertised routes of each session, then the routes that are not advertised and why.',
    SPEAKER_QUERY_RIGHTS,
  ],
  flags: {
    peer: { kind: 'text', value: 'NAME', help: 'sessions of this BGPPeer only' },
    ...SPEAKER_QUERY_FLAGS,
  },
  examples: [
    {
      description: 'what does this node advertise to each router?',
      commandLine: 'berth bgp routes --node worker-1',
    },
  ],
  exitCodes: {
    0: 'all routes are advertised',
    3: 'a route is not advertised',
    ...SPEAKER_EXIT_CODES,
  },
} as const satisfies Command;
