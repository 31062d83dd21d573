import { CLUSTER_STATE_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG, RECURSIVE_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const EXPLAIN_COMMAND = {
  name: 'explain',
  summary: summaryOf('explain'),
  usage: [
    'service [NAMESPACE/]NAME [-n NAMESPACE] [-f FILE]',
    '[service] -A | -n NAMESPACE [-f FILE]',
    'address IP [-f FILE]',
  ],
  about: [
    'Use it when a Service has no address or an unexpected one, or to find the Service that has an address.',
    'Of a Service it first shows the rule that decides and the field to change. Then come the results of all rules and pools, in the order in which they are tried. Then it shows which Services hold a requested address, and who announces the address: Calico, the speakers to their peers or on their segment, or nobody. With -A, or -n without a name, it shows every Service. Of an address it shows its pool, the Services that hold it and since when.',
    'It reads the live cluster and changes nothing. With -f it reads files, which then are the whole cluster.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', help: FILES_FLAG_HELP },
    ...RECURSIVE_FLAG,
    ...OUTPUT_FLAG,
    'all-namespaces': { kind: 'switch', short: 'A', help: 'every Service of all namespaces' },
    ...CLUSTER_STATE_FLAGS,
  },
  operands: ['service', 'address'],
  exitCodes: {
    5: 'a part of the cluster could not be read; what is known is printed, and stderr names the rest',
  },
  examples: [
    { description: 'why has this Service no address?', commandLine: 'berth explain service web -n shop' },
    { description: 'which Services have no address, and why?', commandLine: 'berth explain service -A' },
    { description: 'which Service holds this address?', commandLine: 'berth explain address 192.168.5.7' },
    {
      description: 'before anything is applied',
      commandLine: 'berth explain service web -n shop -f manifests/',
    },
  ],
} as const satisfies Command;
