import type { Command } from '../../framework/command.ts';
import { PREDICTION_FLAGS } from '../../framework/prediction-flags.ts';

export const CALICO_MODEL_COMMAND = {
  name: 'calico model',
  summary: 'Predict what Calico would advertise for a cluster in a file',
  usage: ['-f FILE|FOLDER'],
  about: [
    'Use it to try a configuration of Calico without a cluster, step by step. It prints the routes and sessions that each node and each router would have, before and after each step.',
    'The file is an object with "objects" (Nodes, Services, EndpointSlices, Secrets, objects of Calico) and optionally "routers", "off", "then", "calicoVersion", "confdEnv" and "bird". The result has "observed" and "then".',
    'Manifests are a cluster without steps: YAML, or a folder with it.',
  ],
  flags: PREDICTION_FLAGS,
  examples: [
    {
      description: 'what would the routers of this cluster learn?',
      commandLine: 'berth calico model -f cluster.json',
    },
  ],
} as const satisfies Command;
