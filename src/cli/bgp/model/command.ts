import type { Command } from '../../framework/command.ts';
import { PREDICTION_FLAGS } from '../../framework/prediction-flags.ts';

export const MODEL_COMMAND = {
  name: 'bgp model',
  summary: 'Predict what the speakers of a cluster in a file would advertise',
  usage: ['-f FILE|FOLDER'],
  about: [
    'Use it to try a configuration of BGP without a cluster, step by step. It prints a list of states, one for the start and one for each step: what the speaker on each node would advertise to each of its peers.',
    'The file is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, objects of metallb.io) and optionally "routers", "speakers", "args" and "steps".',
    'Manifests are a cluster without steps: YAML, or a folder with it. A ConfigMap of MetalLB 0.12 counts where "args" has --config, or where there is no IPAddressPool.',
  ],
  flags: PREDICTION_FLAGS,
  examples: [
    {
      description: 'what would the routers of this cluster learn?',
      commandLine: 'berth bgp model -f cluster.json',
    },
  ],
} as const satisfies Command;
