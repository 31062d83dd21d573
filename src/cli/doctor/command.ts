import { CONNECTION_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';

export const DOCTOR_COMMAND = {
  name: 'doctor',
  usage: ['[-f PATH ...] [--complete] [--calico-version V]', '--live'],
  about: [
    'Reads everything that decides what Calico announces of Services: its own objects, Nodes, Services, EndpointSlices, Secrets by name, pools. Prints what is wrong, each with the edit that mends it, then what each router will learn and from which nodes, then what the router needs to be set up for.',
    'Looks at the live cluster and changes nothing; with -f at files, folders or a saved `kubectl get -o yaml`. What files do not show is unknown rather than absent, and is said so, unless --complete says that they show all.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'PATH', help: FILES_FLAG_HELP },
    complete: { kind: 'switch', help: 'the files show the whole cluster: what they lack does not exist' },
    'calico-version': {
      kind: 'text',
      value: 'V',
      help: 'as ClusterInformation would say it, such as v3.31.3; without either, the newest that is known',
    },
    'calico-namespace': {
      kind: 'text',
      value: 'NAME',
      help: 'where calico-node runs and reads Secrets; found by itself where the DaemonSet is seen',
    },
    'read-secrets': {
      kind: 'switch',
      help: 'look at the passwords themselves, not only whether they are there',
    },
    live: { kind: 'switch', help: 'also compare with what the nodes report in CalicoNodeStatus' },
    ...OUTPUT_FLAG,
    ...CONNECTION_FLAGS,
  },
  exitCodes: {
    0: 'nothing is wrong, hints aside',
    3: 'there are warnings',
    4: 'there are errors: some traffic cannot work',
  },
  examples: [
    { description: 'will the routers learn the addresses?', commandLine: 'berth doctor' },
    { description: 'the same of manifests on a laptop', commandLine: 'berth doctor -f manifests/' },
    {
      description: 'of a saved cluster, for a script',
      commandLine: 'berth doctor -f cluster.yaml --complete -o json',
    },
  ],
} as const satisfies Command;
