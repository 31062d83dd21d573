import type { Flags, FlagTable } from '../../../base/flags.ts';
import type { Command } from '../../framework/command.ts';

/** The setup: `router` takes the same flags, so that both commands can be run with one command line. */
export const SETUP_FLAGS = {
  range: {
    kind: 'texts',
    value: 'RANGE',
    help: 'addresses of Services: CIDR or first-last, IPv4 or IPv6; required, may be repeated',
  },
  'node-as': { kind: 'text', value: 'AS', help: 'AS number of the nodes; required' },
  router: {
    kind: 'texts',
    value: 'ADDRESS=AS',
    help: 'a router that the nodes peer with; required, may be repeated',
  },
  'calico-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: 'kube-system',
    help: 'namespace of calico-node and its Secrets; calico-system if the operator installed it',
  },
  'password-secret': {
    kind: 'text',
    value: 'NAME/KEY',
    help: 'Secret and key of the TCP MD5 password of the sessions',
  },
  community: {
    kind: 'texts',
    value: 'A:B[:C]',
    help: 'community of all routes: two parts are a standard, three a large one; may be repeated',
  },
  nodes: {
    kind: 'text',
    value: 'SELECTOR',
    fallback: '!has(node-role.kubernetes.io/control-plane)',
    help: 'nodes that peer, as a selector of Calico',
  },
  mesh: {
    kind: 'text',
    choices: ['on', 'off'],
    fallback: 'on',
    help: 'BGP sessions between the nodes (node-to-node mesh)',
  },
  local: {
    kind: 'text',
    choices: ['on', 'off'],
    fallback: 'on',
    help: 'whether Services with externalTrafficPolicy Local are used',
  },
  'pod-network': {
    kind: 'texts',
    value: 'CIDR',
    help: 'pod network: where a range overlaps it, the addresses are reserved; may be repeated',
  },
  'calico-version': { kind: 'text', value: 'V', help: 'such as v3.31.7; default: the newest known' },
} as const satisfies FlagTable;

export type SetupFlags = Flags<typeof SETUP_FLAGS>;

export const INIT_COMMAND = {
  name: 'calico init',
  summary: 'Print the objects that make Calico advertise the addresses of Services',
  usage: ['--range RANGE --node-as AS --router ADDRESS=AS [--for kubectl|calicoctl]'],
  about: [
    'Use it to set Calico up, or to compare your own objects with. It prints every object that is needed, in an order that can be applied, with the reason of each choice in comments. It reads no cluster and changes nothing: run kubectl diff before you apply the result.',
  ],
  flags: {
    for: {
      kind: 'text',
      choices: ['kubectl', 'calicoctl'],
      fallback: 'kubectl',
      help: 'the tool that applies the result',
    },
    ...SETUP_FLAGS,
  },
  examples: [
    {
      description: 'one range and one router',
      commandLine: 'berth calico init --range 192.168.5.0/24 --node-as 64700 --router 10.10.0.1=65116',
    },
  ],
} as const satisfies Command;
