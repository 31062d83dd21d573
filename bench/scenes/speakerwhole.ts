/** The whole way: what is in the API server is in BIRD, against bare lists of the same objects by a process as fresh. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Bird } from '../../test/support/netns/bird.ts';
import { Net } from '../../test/support/netns/net.ts';
import { presentNetParts } from '../../test/support/netparts.ts';
import { BirdWatch } from '../support/birdwatch.ts';
import { childValue } from '../support/child.ts';
import { median, note, type Row, spread } from '../support/figures.ts';
import { cableTo } from '../support/ownnetwork.ts';
import type { SpeakerBed } from '../support/speakerbed.ts';
import { NODE_AS, ROUTER_AS } from '../support/speakerobjects.ts';

const SERVICES = 10_000;
const RUNS = 5;
const GOAL = 2;
const LISTS = new URL('../support/barelists.ts', import.meta.url);
const [MINE, THEIRS] = ['198.18.8.1', '198.18.8.2'];
/** Until BIRD has seen that the session is over, and listens again. */
const RESTS_MS = 2000;

export async function speakerWhole(bed: SpeakerBed): Promise<readonly Row[]> {
  await bed.grow(SERVICES);
  const { url, token, caFile } = bed.api;
  const access = JSON.stringify({ url, token, caFile });
  const net = new Net();
  const space = net.namespace('whole');
  const cut = cableTo(space.full, MINE, THEIRS);
  const { bird: daemon, birdc: control } = presentNetParts();
  const bird = new Bird(space, 'whole', { daemon, control });
  bird.write(
    [
      `router id ${THEIRS};`,
      'protocol device { }',
      `protocol bgp peer { local ${THEIRS} as ${ROUTER_AS}; neighbor ${MINE} as ${NODE_AS}; direct; passive;`,
      '  error wait time 1, 1; error forget time 1; ipv4 { import all; export none; };',
      '}\n',
    ].join('\n'),
  );
  bird.start();
  const watch = await BirdWatch.open(`${space.folder}/whole.ctl`);
  await bed.peer('whole', 179, { peerAddress: THEIRS, sourceAddress: MINE, ebgpMultiHop: false });
  const runs: { readonly list: number; readonly since: number; readonly all: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const list = await childValue<number>(LISTS, { BENCH_ACCESS: access });
    const speaker = bed.speaker();
    const brought = await watch.brings('peer', SERVICES);
    const since = brought.all - (await speaker.spoke);
    runs.push({ list, since, all: brought.all - speaker.startedAt });
    note(`all in BIRD ${since.toFixed(0)} ms after the first word; bare lists ${list.toFixed(0)} ms`);
    await speaker.end();
    await sleep(RESTS_MS);
  }
  await bed.removePeer('whole');
  watch.close();
  cut();
  net.destroy();
  const ratios = runs.map(({ list, since }) => since / list);
  const of = (figure: 'since' | 'all' | 'list'): string => spread(runs.map((run) => run[figure]));
  return [
    {
      figure: `${SERVICES} Services and EndpointSlices in the API → all in BIRD, from the first word of the process ÷ bare paged lists of both by a process as fresh`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${of('since')} ms (${of('all')} since the process was started), lists ${of('list')} ms; ${RUNS} runs`,
      met: median(ratios) <= GOAL,
    },
  ];
}
