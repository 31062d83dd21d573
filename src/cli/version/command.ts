import { OUTPUT_FLAG } from '../cluster/clusterflags.ts';
import type { Command } from '../command.ts';

export const VERSION_COMMAND = {
  verb: 'version',
  usage: ['[-o json]'],
  about: [],
  flags: OUTPUT_FLAG,
  examples: [{ does: 'the version and what it runs on, for a script', run: 'berth version -o json' }],
} as const satisfies Command;
