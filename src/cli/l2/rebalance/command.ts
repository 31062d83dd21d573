import type { Command } from '../../framework/command.ts';
import { LAYER2_QUERY_FLAGS } from '../cluster/flags.ts';

/** `--per-minute`: a client's connections break when its address moves, so few do at a time. */
export const MOVES_PER_MINUTE = 30;

export const REBALANCE_COMMAND = {
  name: 'l2 rebalance',
  summary: 'Spread the addresses evenly over the nodes that answer for them by ARP and NDP',
  usage: ['[-f FILE] [-o text|json|yaml]', '--yes [--per-minute N] [-o text|json|yaml]'],
  about: [
    'Use it after failures or a rollout, when a few nodes answer for most addresses. Without --yes it writes nothing: it shows which address would move where, and how many each node answers for, before and after.',
    'An address moves only to a node that suits it as well as its owner, with the same sum of preferredNodeSelectors. The old owner goes on answering until the new one has announced itself. Established connections to the address may break.',
    'With --yes it writes an annotation to the ServiceL2Status of each Service, one address after the other, and waits until the new owner has replaced it. It stops at the first that does not move. You may interrupt the command at any time and run it again.',
    'It needs the rights of berth l2 owners, and with --yes the right to patch servicel2statuses of metallb.io in the namespace of the speakers.',
  ],
  flags: {
    yes: { kind: 'switch', help: 'move the addresses; without it they are only listed' },
    'per-minute': {
      kind: 'number',
      value: 'N',
      fallback: String(MOVES_PER_MINUTE),
      min: 1,
      max: 6000,
      help: 'addresses that move in a minute at most',
    },
    ...LAYER2_QUERY_FLAGS,
  },
  exitCodes: {
    0: 'the addresses are spread evenly; with --yes, all of the plan is carried out',
    1: 'the cluster could not be read, or an address did not move; stderr says why',
    3: 'addresses would move',
  },
  examples: [
    { description: 'would it move anything?', commandLine: 'berth l2 rebalance' },
    {
      description: 'move ten addresses in a minute',
      commandLine: 'berth l2 rebalance --yes --per-minute 10',
    },
  ],
} as const satisfies Command;
