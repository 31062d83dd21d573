import { summaryOf } from '../framework/command-names.ts';
import type { CommandGroup } from '../framework/group.ts';
import { INIT_COMMAND } from './init/command.ts';
import { CALICO_MODEL_COMMAND } from './model/command.ts';
import { ROUTER_COMMAND } from './router/command.ts';

export const CALICO_GROUP = {
  name: 'calico',
  summary: summaryOf('calico'),
  about: ['None of these commands reads a cluster. To check a live cluster, use "berth doctor".'],
  subcommands: { init: INIT_COMMAND, router: ROUTER_COMMAND, model: CALICO_MODEL_COMMAND },
  examples: [
    {
      description: 'all objects for one range and one router',
      commandLine: 'berth calico init --range 192.168.5.0/24 --node-as 64700 --router 10.10.0.1=65116',
    },
  ],
} as const satisfies CommandGroup;
