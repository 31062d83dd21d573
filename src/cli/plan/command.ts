import { CLUSTER_STATE_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';

export const PLAN_COMMAND = {
  name: 'plan',
  usage: ['-f FILE... [--delete KIND/NAME...] [--cluster FILE]'],
  about: [
    'Who keeps its address, who moves, who starts to wait and who gets one, if the files were applied and the named objects deleted. Decides with the code that the controller runs, on a copy: nothing is written.',
    'Pools, Services, Namespaces and advertisements count; beside Calico also its own kinds, Nodes and EndpointSlices, with the routes that each router would stop and start to learn. Other kinds in the files are passed over.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', help: FILES_FLAG_HELP },
    delete: {
      kind: 'texts',
      value: 'KIND/NAME',
      help: 'an object to take away, or KIND/NAMESPACE/NAME; may be repeated',
    },
    cluster: {
      kind: 'texts',
      value: 'FILE',
      help: 'a cluster in files or folders (kubectl get -o yaml) in place of the live one',
    },
    'pool-delete-grace': {
      kind: 'duration',
      value: 'TIME',
      fallback: '60s',
      help: 'as the controller runs with it: how long Services of a deleted pool keep what they have',
    },
    ...OUTPUT_FLAG,
    ...CLUSTER_STATE_FLAGS,
  },
  exitCodes: { 0: 'no address in use would move, no route would be lost', 3: 'some would: see above' },
  examples: [
    { description: 'what an edit of a pool would do', commandLine: 'berth plan -f pool.yaml' },
    {
      description: 'what would become of the Services of a pool',
      commandLine: 'berth plan --delete ipaddresspool/old',
    },
    {
      description: 'without a cluster at hand; now.yaml is of kubectl get svc,ipaddresspool,ns -A -o yaml',
      commandLine: 'berth plan --cluster now.yaml -f pool.yaml',
    },
  ],
} as const satisfies Command;
