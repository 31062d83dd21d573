import { summaryOf } from '../framework/command-names.ts';
import type { CommandGroup } from '../framework/group.ts';
import { DECODE_COMMAND } from './decode/command.ts';
import { DIAL_COMMAND } from './dial/command.ts';
import { MODEL_COMMAND } from './model/command.ts';
import { PEERS_COMMAND } from './peers/command.ts';
import { ROUTES_COMMAND } from './routes/command.ts';
import { WHY_COMMAND } from './why/command.ts';

export const BGP_GROUP = {
  name: 'bgp',
  summary: summaryOf('bgp'),
  about: [
    'peers, routes and why query the speakers of a cluster. dial tests a router from this machine. model and decode need neither.',
  ],
  subcommands: {
    peers: PEERS_COMMAND,
    routes: ROUTES_COMMAND,
    why: WHY_COMMAND,
    dial: DIAL_COMMAND,
    model: MODEL_COMMAND,
    decode: DECODE_COMMAND,
  },
  examples: [
    { description: 'which sessions are not established, and why?', commandLine: 'berth bgp peers' },
    { description: 'which nodes advertise the Service "web"?', commandLine: 'berth bgp why web -n shop' },
  ],
} as const satisfies CommandGroup;
