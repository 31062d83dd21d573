import type { Command } from '../command.ts';

export const CRDS_COMMAND = {
  verb: 'crds',
  usage: ['[NAME...]'],
  about: [
    'Prints the CustomResourceDefinitions of metallb.io that this version was made with, as YAML: all of them, or those that are named (ipaddresspools, IPAddressPool or ipaddresspools.metallb.io).',
  ],
  flags: {},
  examples: [
    { does: 'install the kinds', run: 'berth crds | kubectl apply -f -' },
    { does: 'what is in a pool', run: 'berth crds ipaddresspools' },
  ],
} as const satisfies Command;
