import { FILES_FLAG_SAYS, OUTPUT_FLAG, SCENE_FLAGS } from '../cluster/clusterflags.ts';
import type { Command } from '../command.ts';

export const EXPLAIN_COMMAND = {
  verb: 'explain',
  usage: ['service NAME [-n NAMESPACE] [-f FILE]', 'address IP [-f FILE]'],
  about: [
    'A Service: what it asks for, the verdict of each rule and of each pool in the order in which they are tried, who holds what it asked for, and what would make it work. An address: its pool, who holds it and since when, who shares it.',
    'Looks at the live cluster and changes nothing; with -f at files instead, which then are the whole cluster.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'FILE', says: FILES_FLAG_SAYS },
    ...OUTPUT_FLAG,
    ...SCENE_FLAGS,
  },
  words: ['service', 'address'],
  examples: [
    { does: 'why a Service has no address', run: 'berth explain service web -n shop' },
    { does: 'who holds an address', run: 'berth explain address 192.168.5.7' },
    { does: 'before anything is applied', run: 'berth explain service web -n shop -f manifests/' },
  ],
} as const satisfies Command;
