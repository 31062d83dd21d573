import { OUTPUT_FLAG } from '../cluster/clusterflags.ts';
import type { Command } from '../command.ts';

export const VERSION_COMMAND = {
  name: 'version',
  usage: ['[-o json]'],
  about: [],
  flags: OUTPUT_FLAG,
  examples: [
    { description: 'the version and what it runs on, for a script', commandLine: 'berth version -o json' },
  ],
} as const satisfies Command;
