import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const CRDS_COMMAND = {
  name: 'crds',
  summary: summaryOf('crds'),
  usage: ['[NAME...]'],
  about: [
    'Use it to install or update the CRDs in a cluster, or to read what fields an object has. It prints YAML: all CRDs that this version was built with, or those that are named (ipaddresspools, IPAddressPool or ipaddresspools.metallb.io). All are of metallb.io except SpeakerStatus, which is of berth.dev.',
  ],
  flags: {},
  examples: [
    { description: 'install the CRDs', commandLine: 'berth crds | kubectl apply -f -' },
    { description: 'which fields has a pool?', commandLine: 'berth crds ipaddresspools' },
  ],
} as const satisfies Command;
