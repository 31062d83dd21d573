import { CONTROLLER_OPTION_FLAGS, OUTPUT_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const MIGRATE_COMMAND = {
  name: 'migrate',
  summary: summaryOf('migrate'),
  usage: ['metallb [--yes]', 'metallb --back [--yes]'],
  about: [
    'Use it before you replace MetalLB by Berth. Without --yes it writes nothing: it lists what would break once the controller of MetalLB is gone, which Services would change, and the steps that --yes takes.',
    'MetalLB leaves webhooks behind that refuse every write to objects of metallb.io, and a Secret of its speakers that would be deleted with its controller. --yes removes the former and keeps the latter. Deployments, speakers, labels of the namespace, pools and Services are left alone.',
    'Whatever is removed is saved in the Secret berth-migration. --back shows what it would restore; with --yes it restores that. It restores only what MetalLB itself installs: its webhook configuration and conversions, if they call the Service of MetalLB in its namespace, and the owner of its Secret. You may interrupt the command at any time and run it again.',
  ],
  flags: {
    yes: { kind: 'switch', help: 'take the steps; without it they are only listed' },
    back: { kind: 'switch', help: 'restore what was removed' },
    ...OUTPUT_FLAG,
    ...CONTROLLER_OPTION_FLAGS,
  },
  operands: ['metallb'],
  exitCodes: {
    0: 'nothing is left to do',
    3: 'there are steps to take, or one has to wait',
    5: 'what MetalLB does for this cluster could be read in part only',
  },
  examples: [
    { description: 'what prevents the removal of MetalLB?', commandLine: 'berth migrate metallb' },
    { description: 'clear it away', commandLine: 'berth migrate metallb --yes' },
    {
      description: 'back to MetalLB: its controller runs again',
      commandLine: 'berth migrate metallb --back --yes',
    },
  ],
} as const satisfies Command;
