/** Measures a million routes from a router: the speaker reads and drops them, BIRD imports them. The two take turns. */
import { type ChildProcess, fork } from 'node:child_process';
import { Bird } from '../../../test/support/netns/bird.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { requireNetworkBinaries } from '../../../test/support/network-binaries.ts';
import { nextMessage } from '../../support/child-message.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import {
  COLLECTOR_ADDRESS,
  connectNamespace,
  NODE_ADDRESS,
} from '../../support/speaker/network-namespace.ts';
import { NODE_AS, ROUTER_AS } from '../../support/speaker/objects.ts';
import type { Flood } from '../../support/speaker/route-flooder.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const ROUTES = 1_000_000;
const RUNS = 5;
const GOAL = 2;
const FLOODER = new URL('../../support/speaker/route-flooder.ts', import.meta.url);
const [LOCAL_ADDRESS, BIRD_ADDRESS] = ['198.18.9.1', '198.18.9.2'];
const PORTS = { berth: 1700, bird: 1701 };

export async function speakerInboundRoutes(testBed: SpeakerTestBed): Promise<readonly Row[]> {
  await testBed.growTo(1); // a route that the speaker advertises when it has read everything
  await testBed.peer('flood', PORTS.berth);
  const times: Record<'berth' | 'bird', number[]> = { berth: [], bird: [] };
  for (let run = 0; run < RUNS; run++) {
    for (const side of run % 2 === 0 ? (['berth', 'bird'] as const) : (['bird', 'berth'] as const))
      times[side].push(await (side === 'berth' ? byBerth(testBed) : byBird()));
  }
  await testBed.removePeer('flood');
  note(`Berth ${spread(times.berth)} ms, BIRD ${spread(times.bird)} ms`);
  const ratios = times.berth.map((time, run) => time / (times.bird[run] ?? Number.NaN));
  return [
    {
      figure: `${ROUTES} routes from a router: read and dropped ÷ BIRD's time to import them`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${spread(times.berth)} ms, BIRD ${spread(times.bird)} ms; ${RUNS} runs`,
      met: median(ratios) <= GOAL,
    },
  ];
}

async function byBerth(testBed: SpeakerTestBed): Promise<number> {
  const flooder = await flooding({ port: PORTS.berth, from: NODE_ADDRESS, routes: ROUTES });
  const speaker = testBed.speaker();
  const milliseconds = await nextMessage(flooder);
  await speaker.end();
  flooder.disconnect();
  return Number(milliseconds);
}

async function byBird(): Promise<number> {
  const net = new TestNetwork();
  const namespace = net.namespace('receiver');
  const removeCable = connectNamespace(namespace.fullName, LOCAL_ADDRESS, BIRD_ADDRESS);
  namespace.ip(`route add default via ${LOCAL_ADDRESS}`);
  const flooder = await flooding({ port: PORTS.bird, from: BIRD_ADDRESS, routes: ROUTES });
  const { bird: daemon, birdc: control } = requireNetworkBinaries();
  const bird = new Bird(namespace, 'receiver', { daemon, control });
  bird.write(
    [
      `router id ${BIRD_ADDRESS};`,
      'protocol device { }',
      'protocol static { ipv4; route 203.0.113.1/32 blackhole; }',
      `protocol bgp peer { local ${BIRD_ADDRESS} as ${NODE_AS}; neighbor ${COLLECTOR_ADDRESS} port ${PORTS.bird} as ${ROUTER_AS};`,
      '  multihop; connect delay time 1; connect retry time 1;',
      '  ipv4 { import all; export where source = RTS_STATIC; };',
      '}\n',
    ].join('\n'),
  );
  bird.start();
  const milliseconds = await nextMessage(flooder);
  flooder.disconnect();
  removeCable();
  net.destroy();
  return Number(milliseconds);
}

async function flooding(flood: Flood): Promise<ChildProcess> {
  const child = fork(FLOODER, [JSON.stringify(flood)], { execArgv: ['--import', 'tsx'] });
  await nextMessage(child);
  return child;
}
