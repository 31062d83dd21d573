/** `berth calico`: the model of Calico's announcements asked directly, and both sides of a set-up written down. */
import type { Flags, FlagTable } from '../../base/flags.ts';
import type { Command } from '../framework/command.ts';

/** For `model`. */
const MODEL_FLAGS = {
  file: {
    kind: 'text',
    value: 'FILE',
    help: 'model: the case, as JSON; - is standard input',
    short: 'f',
  },
} as const satisfies FlagTable;

/** For `init`, and for `router` as well, so that both are run with one line. */
const INIT_FLAGS = {
  range: { kind: 'texts', value: 'RANGE', help: 'what Services get: CIDR or first-last, IPv4 or IPv6' },
  'node-as': { kind: 'text', value: 'AS', help: "the nodes' AS number" },
  router: { kind: 'texts', value: 'ADDRESS=AS', help: 'a router that the nodes peer with' },
  'calico-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: 'kube-system',
    help: 'where calico-node runs and reads Secrets; calico-system where the operator installed it',
  },
  'password-secret': {
    kind: 'text',
    value: 'NAME/KEY',
    help: 'the sessions have a TCP MD5 password, under this key of this Secret',
  },
  community: {
    kind: 'texts',
    value: 'A:B[:C]',
    help: 'what all routes are tagged with: two parts are a standard community, three a large one',
  },
  nodes: {
    kind: 'text',
    value: 'SELECTOR',
    fallback: '!has(node-role.kubernetes.io/control-plane)',
    help: "which nodes peer, as a selector in Calico's own language",
  },
  mesh: {
    kind: 'text',
    choices: ['on', 'off'],
    fallback: 'on',
    help: 'whether the nodes keep BGP sessions among themselves',
  },
  local: {
    kind: 'text',
    choices: ['on', 'off'],
    fallback: 'on',
    help: 'whether there are Services with externalTrafficPolicy Local',
  },
  'pod-network': {
    kind: 'texts',
    value: 'CIDR',
    help: 'what pods get: where a range overlaps it, Calico is told to keep its hands off',
  },
  'calico-version': {
    kind: 'text',
    value: 'V',
    help: 'such as v3.31.7; without it the newest that is known',
  },
  for: {
    kind: 'text',
    choices: ['', 'kubectl', 'calicoctl', 'frr', 'bird'],
    help: 'init: who applies it, kubectl unless said; router: what runs there',
  },
} as const satisfies FlagTable;

/** For `router` alone. */
export const ROUTER_FLAGS = {
  at: {
    kind: 'texts',
    value: 'ADDRESS',
    help: 'which of several routers is meant; twice for the IPv4 and the IPv6 address of one',
  },
  neighbour: { kind: 'texts', value: 'ADDRESS', help: 'a node, by its address' },
  neighbours: { kind: 'texts', value: 'CIDR', help: 'where nodes are, instead of naming each' },
  password: {
    kind: 'text',
    value: 'TEXT',
    help: 'what stands where the password belongs; change-me where only --password-secret is given',
  },
} as const satisfies FlagTable;

export const CALICO_FLAGS = { ...MODEL_FLAGS, ...INIT_FLAGS, ...ROUTER_FLAGS };

export type CalicoFlags = Flags<typeof CALICO_FLAGS>;

/** Flags that say nothing to the word. */
export const FLAGS_NOT_TAKEN = {
  model: [...Object.keys(INIT_FLAGS), ...Object.keys(ROUTER_FLAGS)],
  init: [...Object.keys(MODEL_FLAGS), ...Object.keys(ROUTER_FLAGS)],
  router: Object.keys(MODEL_FLAGS),
} as const satisfies Record<string, readonly string[]>;

export const CALICO_COMMAND: Command<typeof CALICO_FLAGS> = {
  name: 'calico',
  usage: [
    'model -f CASE.json',
    'init --range RANGE --node-as AS --router ADDRESS=AS [--for kubectl|calicoctl]',
    'router --for frr|bird (as init) --neighbour ADDRESS | --neighbours CIDR',
  ],
  about: [
    'model: reads a cluster, its routers and what is done to it step by step, and prints what the nodes and the routers would be seen to have, before and after each step. A case is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, Calico\'s objects), and where they matter "routers", "off", "then", "calicoVersion", "confdEnv" and "bird"; what is printed has its "observed" and "then".',
    'init: prints every object that it takes for routers to learn the addresses of Services from Calico, in an order that applies, with the reason of each choice beside it. Nothing is asked of a cluster and nothing is changed.',
    "router: prints the other side of the same sessions for FRR 8.4 or BIRD 2.0: short timers, ECMP, and a filter that takes the ranges and every address in them, and nothing else. It takes init's flags as they are, but for --for.",
  ],
  flags: CALICO_FLAGS,
  examples: [
    {
      description: 'what the routers of this cluster learn',
      commandLine: 'berth calico model -f cluster.json',
    },
    {
      description: 'everything for one range and one router',
      commandLine: 'berth calico init --range 192.168.5.0/24 --node-as 64700 --router 10.10.0.1=65116',
    },
    {
      description: "the router's side of it",
      commandLine:
        'berth calico router --for frr --range 192.168.5.0/24 --node-as 64700 \\\n      --router 10.10.0.1=65116 --neighbours 10.10.0.0/24',
    },
  ],
  subcommands: ['model', 'init', 'router'],
};
