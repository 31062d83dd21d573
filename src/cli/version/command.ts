import { OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const VERSION_COMMAND = {
  name: 'version',
  summary: summaryOf('version'),
  usage: ['[-o json]'],
  about: ['Use it in bug reports and scripts. With -o json or yaml it prints Node and the platform too.'],
  flags: OUTPUT_FLAG,
  examples: [
    { description: 'version, Node and platform, for a script', commandLine: 'berth version -o json' },
  ],
} as const satisfies Command;
