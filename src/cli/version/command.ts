import { OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';

export const VERSION_COMMAND = {
  name: 'version',
  usage: ['[-o json]'],
  about: [],
  flags: OUTPUT_FLAG,
  examples: [
    { description: 'the version and what it runs on, for a script', commandLine: 'berth version -o json' },
  ],
} as const satisfies Command;
