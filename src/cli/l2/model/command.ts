import type { Command } from '../../framework/command.ts';
import { PREDICTION_FLAGS } from '../../framework/prediction-flags.ts';

export const L2_MODEL_COMMAND = {
  name: 'l2 model',
  summary: 'Predict which node would answer for each address in a cluster in a file',
  usage: ['-f FILE|FOLDER'],
  about: [
    'Use it to try a configuration of layer 2 without a cluster, step by step. It prints a list of states, one for the start and one for each step: which node answers for each address, on which interfaces.',
    'The file is an object with "objects" (Nodes, Services, EndpointSlices, objects of metallb.io) and optionally "links", "exclude", "speakers", "args", "frames" and "steps".',
    'Manifests are a cluster without steps: YAML, or a folder with it. A ConfigMap of MetalLB 0.12 counts where "args" has --config, or where there is no IPAddressPool.',
  ],
  flags: PREDICTION_FLAGS,
  examples: [
    {
      description: 'which node would answer for each address of this cluster?',
      commandLine: 'berth l2 model -f cluster.json',
    },
  ],
} as const satisfies Command;
