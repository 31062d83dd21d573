import { CLUSTER_STATE_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG, RECURSIVE_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const PLAN_COMMAND = {
  name: 'plan',
  summary: summaryOf('plan'),
  usage: ['-f FILE... [--delete KIND/NAME...] [--cluster FILE]'],
  about: [
    'Use it before you apply an edit of pools, Services, Namespaces, advertisements or peers. It lists the Services that would keep, change, lose or get an address. It runs the code of the controller on a copy of the cluster and writes nothing.',
    'Where speakers announce, it lists what each peer would gain or lose, the owners that would change by layer 2, and addresses that nothing would lead to. Edits of peers, Communities, BFDProfiles, Nodes and EndpointSlices count too.',
    "Where Calico advertises the addresses, edits of Calico's own objects, Nodes and EndpointSlices count too. It then also lists the routes that each router would gain or lose. Objects of other kinds are ignored, with a note.",
    'An edit that the API server would refuse is an error: nothing is predicted. The CRDs that this version brings decide, not those of the cluster.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', help: FILES_FLAG_HELP },
    ...RECURSIVE_FLAG,
    delete: {
      kind: 'texts',
      value: 'KIND/NAME',
      help: 'an object that would be deleted, or KIND/NAMESPACE/NAME; may be repeated',
    },
    cluster: {
      kind: 'texts',
      value: 'FILE',
      help: 'read the cluster from files or folders (kubectl get -o yaml) instead of live',
    },
    'pool-delete-grace': {
      kind: 'duration',
      value: 'TIME',
      fallback: '60s',
      help: "the controller's --pool-delete-grace: how long Services of a deleted pool keep their address",
    },
    ...OUTPUT_FLAG,
    ...CLUSTER_STATE_FLAGS,
  },
  exitCodes: {
    0: 'no address in use would change, and nothing would be withdrawn',
    3: 'an address in use would change, a route would be lost, a session would end, or an owner would change',
    5: 'not everything could be checked: see "Not checked"',
  },
  examples: [
    { description: 'what would this edit of a pool do?', commandLine: 'berth plan -f pool.yaml' },
    {
      description: 'what would become of the Services of a pool?',
      commandLine: 'berth plan --delete ipaddresspool/old',
    },
    {
      description: 'what would the speakers withdraw without this peer?',
      commandLine: 'berth plan --delete bgppeer.metallb.io/tor',
    },
    {
      description: 'without the cluster: now.yaml is from kubectl get svc,ipaddresspool,ns -A -o yaml',
      commandLine: 'berth plan --cluster now.yaml -f pool.yaml',
    },
  ],
} as const satisfies Command;
