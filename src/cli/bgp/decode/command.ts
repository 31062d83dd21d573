import type { Command } from '../../framework/command.ts';

export const DECODE_COMMAND = {
  name: 'bgp decode',
  summary: 'Decode BGP messages',
  usage: ['[-f FILE] [-o text|json|hex] [--external] [--two-octet-as]'],
  about: [
    'Use it to read a captured session, of any implementation of BGP. It takes the messages of one direction, one after the other, as octets or in hex with blanks, colons and comments (#).',
    'Each malformed path attribute is shown with its error handling of RFC 7606. Decoding stops at the first message that ends a session, with the NOTIFICATION that answers it.',
  ],
  flags: {
    file: { kind: 'text', short: 'f', value: 'FILE', help: 'the messages; default: standard input' },
    output: {
      kind: 'text',
      short: 'o',
      choices: ['text', 'json', 'hex'],
      fallback: 'text',
      help: 'text for people, json for scripts; hex: each message as Berth would encode it',
    },
    external: {
      kind: 'switch',
      help: 'the session is external (eBGP): attributes of internal sessions are discarded',
    },
    'two-octet-as': { kind: 'switch', help: 'AS numbers have two octets, whatever the OPENs say' },
  },
  examples: [
    { description: 'what did one side of a session send?', commandLine: 'berth bgp decode -f stream.bin' },
    {
      description: 'from hex digits, for a script',
      commandLine: 'xxd -p stream.bin | berth bgp decode -o json',
    },
  ],
  exitCodes: { 1: 'the input cannot be read, or holds a message that is invalid; stderr says why' },
} as const satisfies Command;
