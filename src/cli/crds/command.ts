import type { Command } from '../framework/command.ts';

export const CRDS_COMMAND = {
  name: 'crds',
  usage: ['[NAME...]'],
  about: [
    'Prints the CustomResourceDefinitions of metallb.io that this version was made with, as YAML: all of them, or those that are named (ipaddresspools, IPAddressPool or ipaddresspools.metallb.io).',
  ],
  flags: {},
  examples: [
    { description: 'install the kinds', commandLine: 'berth crds | kubectl apply -f -' },
    { description: 'what is in a pool', commandLine: 'berth crds ipaddresspools' },
  ],
} as const satisfies Command;
