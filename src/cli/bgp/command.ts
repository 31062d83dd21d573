/** `berth bgp`: what the native speakers would announce, what speakers say, and whether a router talks to this node. */
import type { Flags, FlagTable } from '../../base/flags.ts';
import type { Command } from '../command.ts';
import { DIAL_FLAGS } from './dialflags.ts';

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
    says: 'decode, dial: for people, for programs; decode also: as Berth itself would write the same',
  },
  external: {
    kind: 'switch',
    says: 'decode: the two are in different ASes: what must not cross is discarded',
  },
  'two-octet-as': { kind: 'switch', says: 'decode: AS numbers have two octets, whatever the OPENs say' },
} as const satisfies FlagTable;

export const BGP_FLAGS = { ...MODEL_FLAGS, ...DECODE_FLAGS, ...DIAL_FLAGS };

export type BgpFlags = Flags<typeof BGP_FLAGS>;

/** Flags that say nothing to the word. */
export const FOREIGN_FLAGS = {
  model: Object.keys({ ...DECODE_FLAGS, ...DIAL_FLAGS }),
  decode: Object.keys(DIAL_FLAGS),
  dial: Object.keys({ ...MODEL_FLAGS, ...DECODE_FLAGS }).filter((name) => name !== 'output'),
} as const satisfies Record<string, readonly string[]>;

export const BGP_COMMAND: Command<typeof BGP_FLAGS> = {
  verb: 'bgp',
  usage: [
    'model -f CASE.json',
    'decode [-f FILE] [-o text|json|hex] [--external] [--two-octet-as]',
    'dial ADDRESS[:PORT] --as N --peer-as N|internal|external [FLAGS]',
  ],
  about: [
    'model: reads a cluster, its routers and what is done to it step by step, and prints what a speaker on each node would announce to each of its peers: a list of states, one for the start and one for each step. A case is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, the objects of metallb.io), and where they matter "routers", "speakers", "args" and "steps".',
    'decode: reads messages of BGP, one behind the other, as octets or in hex with blanks, colons and comments (#), and prints what they mean, with the verdict of RFC 7606 on each attribute that is malformed. It stops at the first message that ends a session and says which NOTIFICATION answers it.',
    'dial: talks to one router by hand and tells line by line what happens: states and their reasons, what the two agree on, how many routes come. Done is when a session was established, whatever became of it. A router that has a session with this node already turns this one away.',
  ],
  flags: BGP_FLAGS,
  examples: [
    { does: 'what the routers of this cluster hear', run: 'berth bgp model -f cluster.json' },
    { does: 'what one side of a session said', run: 'berth bgp decode -f stream.bin' },
    {
      does: 'whether this router takes a session from here',
      run: 'berth bgp dial 192.0.2.1 --as 64512 --peer-as 64513',
    },
  ],
  words: ['model', 'decode', 'dial'],
};
