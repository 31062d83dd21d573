import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const CONVERT_COMMAND = {
  name: 'convert',
  summary: summaryOf('convert'),
  usage: ['-f FILE|-'],
  about: [
    'Use it if your configuration is the ConfigMap of MetalLB 0.12 and older. It reads the ConfigMap, or the text under its key "config", prints the same configuration as objects of metallb.io, and changes nothing.',
    'If anything in it is invalid, it prints every error and no object.',
  ],
  flags: {
    file: {
      kind: 'text',
      short: 'f',
      value: 'FILE',
      help: 'the ConfigMap or its text, - for standard input',
    },
    'pool-namespace': {
      kind: 'text',
      value: 'NAME',
      help: 'namespace of the objects; default: that of the ConfigMap, else metallb-system',
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
      description: 'convert what is in the cluster, and read it before you apply it',
      commandLine:
        'kubectl get configmap config -n metallb-system -o yaml | berth convert -f - > objects.yaml',
    },
  ],
} as const satisfies Command;
