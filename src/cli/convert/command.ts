import type { Command } from '../framework/command.ts';

export const CONVERT_COMMAND = {
  name: 'convert',
  usage: ['-f FILE|-'],
  about: [
    'Reads the configuration of MetalLB 0.12 and older: a ConfigMap object, or the text under its key "config". Prints the objects of metallb.io that mean the same, and changes nothing. With one complaint nothing is printed: half of a configuration would be half of what its owner meant.',
  ],
  flags: {
    file: {
      kind: 'text',
      short: 'f',
      value: 'FILE',
      help: 'a ConfigMap or its text, - for standard input',
    },
    'pool-namespace': {
      kind: 'text',
      value: 'NAME',
      help: 'namespace of the objects; that of the ConfigMap, else metallb-system',
      environment: 'METALLB_NAMESPACE',
    },
    output: {
      kind: 'text',
      short: 'o',
      choices: ['yaml', 'json'],
      fallback: 'yaml',
      help: 'json prints one List',
    },
  },
  examples: [
    {
      description: 'convert what is in the cluster, and look at it before it is applied',
      commandLine:
        'kubectl get configmap config -n metallb-system -o yaml | berth convert -f - > objects.yaml',
    },
  ],
} as const satisfies Command;
