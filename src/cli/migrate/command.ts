import { CONTROLLER_OPTION_FLAGS, OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';

export const MIGRATE_COMMAND = {
  name: 'migrate',
  usage: ['metallb [--yes]', 'metallb --back [--yes]'],
  about: [
    "MetalLB leaves things behind that refuse every write to metallb.io objects once its controller is gone, and a Secret of its speakers that would be collected with it. This lists them, says which Services would change, and with --yes clears them away. Its Deployment, its speakers, the namespace's labels, pools and Services are left alone.",
    'What is taken away is kept in the ConfigMap berth-migration, and --back restores it: for the way back to MetalLB. Without --yes nothing is written. It can be interrupted anywhere and run again.',
  ],
  flags: {
    yes: { kind: 'switch', help: 'do it; without this only say what would be done' },
    back: { kind: 'switch', help: 'put back what was taken away' },
    ...OUTPUT_FLAG,
    ...CONTROLLER_OPTION_FLAGS,
  },
  subcommands: ['metallb'],
  exitCodes: { 0: 'nothing is left to do', 3: 'something is: see the steps' },
  examples: [
    { description: 'what is in the way', commandLine: 'berth migrate metallb' },
    { description: 'clear it away', commandLine: 'berth migrate metallb --yes' },
    {
      description: "MetalLB's controller runs again, and is to take over",
      commandLine: 'berth migrate metallb --back --yes',
    },
  ],
} as const satisfies Command;
