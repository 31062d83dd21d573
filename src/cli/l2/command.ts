import { summaryOf } from '../framework/command-names.ts';
import type { CommandGroup } from '../framework/group.ts';
import { L2_MODEL_COMMAND } from './model/command.ts';

export const L2_GROUP = {
  name: 'l2',
  summary: summaryOf('l2'),
  about: ['model reads a file alone, and needs no cluster.'],
  subcommands: { model: L2_MODEL_COMMAND },
  examples: [
    {
      description: 'which node would answer for each address of this cluster?',
      commandLine: 'berth l2 model -f cluster.json',
    },
  ],
} as const satisfies CommandGroup;
