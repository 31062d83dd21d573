/** `berth bgp`: what the native speakers would announce, asked of the model of it. */
import type { Flags, FlagTable } from '../../base/flags.ts';
import type { Command } from '../command.ts';

/** For `model`. */
export const MODEL_FLAGS = {
  file: {
    kind: 'text',
    value: 'FILE',
    says: 'model: the case, as JSON; decode: the messages; - is standard input',
    short: 'f',
  },
} as const satisfies FlagTable;

/** For `decode`, beside the file. */
export const DECODE_FLAGS = {
  output: {
    kind: 'text',
    short: 'o',
    choices: ['text', 'json', 'hex'],
    fallback: 'text',
    says: 'decode: for people, for programs, or as Berth itself would write the same',
  },
  external: {
    kind: 'switch',
    says: 'decode: the two are in different ASes: what must not cross is discarded',
  },
  'two-octet-as': { kind: 'switch', says: 'decode: AS numbers have two octets, whatever the OPENs say' },
} as const satisfies FlagTable;

export const BGP_FLAGS = { ...MODEL_FLAGS, ...DECODE_FLAGS };

export type BgpFlags = Flags<typeof BGP_FLAGS>;

/** Flags that say nothing to the word. */
export const FOREIGN_FLAGS = {
  model: Object.keys(DECODE_FLAGS),
  decode: [],
} as const satisfies Record<string, readonly string[]>;

export const BGP_COMMAND: Command<typeof BGP_FLAGS> = {
  verb: 'bgp',
  usage: ['model -f CASE.json', 'decode [-f FILE] [-o text|json|hex] [--external] [--two-octet-as]'],
  about: [
    'model: reads a cluster, its routers and what is done to it step by step, and prints what a speaker on each node would announce to each of its peers: a list of states, one for the start and one for each step. A case is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, the objects of metallb.io), and where they matter "routers", "speakers", "args" and "steps".',
    'decode: reads messages of BGP, one behind the other, as octets or in hex with blanks, colons and comments (#), and prints what they mean, with the verdict of RFC 7606 on each attribute that is malformed. It stops at the first message that ends a session and says which NOTIFICATION answers it.',
  ],
  flags: BGP_FLAGS,
  examples: [
    { does: 'what the routers of this cluster hear', run: 'berth bgp model -f cluster.json' },
    { does: 'what one side of a session said', run: 'berth bgp decode -f stream.bin' },
  ],
  words: ['model', 'decode'],
};
