import { CLUSTER_STATE_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';

export const EXPLAIN_COMMAND = {
  name: 'explain',
  usage: ['service NAME [-n NAMESPACE] [-f FILE]', 'address IP [-f FILE]'],
  about: [
    'A Service: what it asks for, the verdict of each rule and of each pool in the order in which they are tried, who holds what it asked for, and what would make it work. An address: its pool, who holds it and since when, who shares it.',
    'Looks at the live cluster and changes nothing; with -f at files instead, which then are the whole cluster.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', help: FILES_FLAG_HELP },
    ...OUTPUT_FLAG,
    ...CLUSTER_STATE_FLAGS,
  },
  subcommands: ['service', 'address'],
  examples: [
    { description: 'why a Service has no address', commandLine: 'berth explain service web -n shop' },
    { description: 'who holds an address', commandLine: 'berth explain address 192.168.5.7' },
    {
      description: 'before anything is applied',
      commandLine: 'berth explain service web -n shop -f manifests/',
    },
  ],
} as const satisfies Command;
