import type { Flags } from '../../../base/flags.ts';
import type { Command } from '../../framework/command.ts';
import { SETUP_FLAGS } from '../init/command.ts';

export const ROUTER_COMMAND = {
  name: 'calico router',
  summary: "Print a router's configuration for the sessions with Calico",
  usage: ['--for frr|bird (flags of init) --neighbour ADDRESS | --neighbours CIDR'],
  about: [
    'Use it with the flags of "calico init" to configure the router at the other end of the sessions. It prints a configuration for FRR 8.4 or BIRD 2.0: a hold time of 9 s, ECMP, and a filter that accepts only the ranges and every prefix in them.',
  ],
  flags: {
    for: { kind: 'text', choices: ['', 'frr', 'bird'], help: 'software of the router; required' },
    at: {
      kind: 'texts',
      value: 'ADDRESS',
      help: 'which of several routers; twice for the IPv4 and the IPv6 address of one',
    },
    neighbour: { kind: 'texts', value: 'ADDRESS', help: 'address of a node; may be repeated' },
    neighbours: { kind: 'texts', value: 'CIDR', help: 'subnet of the nodes, instead of --neighbour' },
    password: {
      kind: 'text',
      value: 'TEXT',
      help: 'text in place of the password; default with --password-secret: change-me',
    },
    ...SETUP_FLAGS,
  },
  examples: [
    {
      description: 'FRR, with all nodes in one subnet',
      commandLine:
        'berth calico router --for frr --range 192.168.5.0/24 --node-as 64700 \\\n      --router 10.10.0.1=65116 --neighbours 10.10.0.0/24',
    },
  ],
} as const satisfies Command;

export type RouterFlags = Flags<typeof ROUTER_COMMAND.flags>;
