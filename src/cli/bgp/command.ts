/** `berth bgp`: what native speakers announce, would announce and have said, and whether a router talks to this node. */
import type { FlagSpec, Flags, FlagTable } from '../../base/flags.ts';
import type { Command } from '../framework/command.ts';
import { DIAL_FLAGS } from './dial/command.ts';
import { ROUTES_FLAGS, SPEAKER_QUERY_FLAGS, WHY_FLAGS } from './speakers/flags.ts';

/** For `model`. */
export const MODEL_FLAGS = {
  file: {
    kind: 'text',
    value: 'FILE',
    help: 'model: the case, as JSON; decode: the messages; - is standard input',
    short: 'f',
  },
} as const satisfies FlagTable;

/** For `decode`, beside the file. */
export const DECODE_FLAGS = {
  output: {
    kind: 'text',
    short: 'o',
    choices: ['text', 'json', 'yaml', 'hex'],
    fallback: 'text',
    help: 'for people, or for programs; yaml: peers, routes and why; hex: decode, as Berth would write the same',
  },
  external: {
    kind: 'switch',
    help: 'decode: the two are in different ASes: what must not cross is discarded',
  },
  'two-octet-as': { kind: 'switch', help: 'decode: AS numbers have two octets, whatever the OPENs say' },
} as const satisfies FlagTable;

export const BGP_FLAGS = {
  ...MODEL_FLAGS,
  ...DECODE_FLAGS,
  ...DIAL_FLAGS,
  ...SPEAKER_QUERY_FLAGS,
  ...ROUTES_FLAGS,
  ...WHY_FLAGS,
};

export type BgpFlags = Flags<typeof BGP_FLAGS>;

const { output } = DECODE_FLAGS;

/** What each word takes. */
const SUBCOMMAND_FLAGS = {
  model: MODEL_FLAGS,
  decode: { ...MODEL_FLAGS, ...DECODE_FLAGS },
  dial: { output, ...DIAL_FLAGS },
  peers: { output, ...SPEAKER_QUERY_FLAGS },
  routes: { output, ...SPEAKER_QUERY_FLAGS, ...ROUTES_FLAGS },
  why: { output, ...SPEAKER_QUERY_FLAGS, ...WHY_FLAGS },
} as const satisfies Record<string, FlagTable>;

export type BgpSubcommand = keyof typeof SUBCOMMAND_FLAGS;

export const isBgpSubcommand = (name: string): name is BgpSubcommand => Object.hasOwn(SUBCOMMAND_FLAGS, name);

export const BGP_SUBCOMMANDS: readonly string[] = Object.keys(SUBCOMMAND_FLAGS);

/** Flags that say nothing to the word. What the environment may say is said to nobody in particular. */
export const flagsNotTaken = (subcommand: BgpSubcommand): readonly string[] =>
  Object.entries<FlagSpec>(BGP_FLAGS)
    .filter(
      ([name, { environment }]) =>
        environment === undefined && !Object.hasOwn(SUBCOMMAND_FLAGS[subcommand], name),
    )
    .map(([name]) => name);

/** Ways to print that only some words have. */
const OUTPUT_SUPPORT: Readonly<Partial<Record<string, readonly BgpSubcommand[]>>> = {
  hex: ['decode'],
  yaml: ['peers', 'routes', 'why'],
};

export const isUnsupportedOutput = (format: string, subcommand: BgpSubcommand): boolean =>
  OUTPUT_SUPPORT[format]?.includes(subcommand) === false;

export const BGP_COMMAND: Command<typeof BGP_FLAGS> = {
  name: 'bgp',
  usage: [
    'model -f CASE.json',
    'decode [-f FILE] [-o text|json|hex] [--external] [--two-octet-as]',
    'dial ADDRESS[:PORT] --as N --peer-as N|internal|external [FLAGS]',
    'peers [--node NODE ...] [-o text|json|yaml]',
    'routes [--node NODE ...] [--peer PEER] [-o text|json|yaml]',
    'why SERVICE [-n NAMESPACE] [--node NODE ...] [-o text|json|yaml]',
  ],
  about: [
    'model: reads a cluster, its routers and what is done to it step by step, and prints what a speaker on each node would announce to each of its peers: a list of states, one for the start and one for each step. A case is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, the objects of metallb.io), and where they matter "routers", "speakers", "args" and "steps".',
    'decode: reads messages of BGP, one behind the other, as octets or in hex with blanks, colons and comments (#), and prints what they mean, with the verdict of RFC 7606 on each attribute that is malformed. It stops at the first message that ends a session and says which NOTIFICATION answers it.',
    'dial: talks to one router by hand and tells line by line what happens: states and their reasons, what the two agree on, how many routes come. Done is when a session was established, whatever became of it. A router that has a session with this node already turns this one away.',
    'peers, routes, why: ask the speakers of the cluster, through the API server, which takes the right to list pods and to get pods/proxy in their namespace. peers: which sessions stand, and what is wrong with the others. routes: what each router is told. why: which nodes announce a Service, to whom, and if none does, what to change. A speaker that does not answer is a line of its own and hides no other.',
  ],
  flags: BGP_FLAGS,
  examples: [
    { description: 'what the routers of this cluster hear', commandLine: 'berth bgp model -f cluster.json' },
    { description: 'what one side of a session said', commandLine: 'berth bgp decode -f stream.bin' },
    {
      description: 'whether this router takes a session from here',
      commandLine: 'berth bgp dial 192.0.2.1 --as 64512 --peer-as 64513',
    },
    { description: 'which sessions do not stand, and why', commandLine: 'berth bgp peers' },
    { description: 'who announces the Service "web"', commandLine: 'berth bgp why web -n shop' },
  ],
  exitCodes: {
    3: 'a session does not stand, a route is not told, nobody announces it; or a speaker is silent',
  },
  subcommands: BGP_SUBCOMMANDS,
};
