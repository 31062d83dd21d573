import type { Command } from '../../framework/command.ts';
import { SPEAKER_EXIT_CODES } from '../speakers/exit-code.ts';
import { SPEAKER_QUERY_FLAGS, SPEAKER_QUERY_RIGHTS } from '../speakers/flags.ts';

export const PEERS_COMMAND = {
  name: 'bgp peers',
  summary: 'Show the BGP sessions of the speakers, and why some are not established',
  usage: ['[--node NODE ...] [-o text|json|yaml]'],
  about: [
    'Use it when a router has no session with a node. It prints the last error of each session that is not established, then a table of all sessions.',
    SPEAKER_QUERY_RIGHTS,
  ],
  flags: SPEAKER_QUERY_FLAGS,
  examples: [{ description: 'which sessions are not established, and why?', commandLine: 'berth bgp peers' }],
  exitCodes: {
    0: 'all sessions are established',
    3: 'a session is not established, or a BGPPeer is not valid',
    ...SPEAKER_EXIT_CODES,
  },
} as const satisfies Command;
