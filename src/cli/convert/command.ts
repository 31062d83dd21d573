import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const CONVERT_COMMAND = {
  name: 'convert',
  summary: summaryOf('convert'),
  usage: ['-f FILE|-'],
  about: [
    'Use it if your configuration is that of MetalLB 0.12 and older. It prints the same configuration as objects of metallb.io, and changes nothing.',
    'It takes the ConfigMap, the text under its key "config", values of MetalLB\'s Helm chart with a configInline (a values file, a HelmRelease, an Application of Argo CD, a HelmChart of k3s), a Kustomization or a task of Ansible with one of these in it, and objects of the kind AddressPool.',
    'If anything in it is invalid, it prints every error and no object.',
  ],
  flags: {
    file: {
      kind: 'text',
      short: 'f',
      value: 'FILE',
      help: 'the ConfigMap, its text, values of the chart or AddressPools; - for standard input',
    },
    'pool-namespace': {
      kind: 'text',
      value: 'NAME',
      help: 'namespace of the objects; default: that of what is converted, else metallb-system',
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
