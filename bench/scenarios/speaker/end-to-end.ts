/** Measures the way from the API server to BIRD. The baseline is a list of the same objects by a new process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Bird } from '../../../test/support/netns/bird.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { requireNetworkBinaries } from '../../../test/support/network-binaries.ts';
import { runChild } from '../../support/child-value.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { BirdWatch } from '../../support/speaker/bird-watch.ts';
import { connectNamespace } from '../../support/speaker/network-namespace.ts';
import { NODE_AS, ROUTER_AS } from '../../support/speaker/objects.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const SERVICES = 10_000;
const RUNS = 5;
const GOAL = 2;
const LISTS = new URL('../../support/baseline/list-all.ts', import.meta.url);
const [SPEAKER_ADDRESS, BIRD_ADDRESS] = ['198.18.8.1', '198.18.8.2'];
/** Until BIRD has closed the session, and listens again. */
const RESTS_MS = 2000;

export async function speakerEndToEnd(testBed: SpeakerTestBed): Promise<readonly Row[]> {
  await testBed.growTo(SERVICES);
  const { url, token, caFile } = testBed.api;
  const access = JSON.stringify({ url, token, caFile });
  const net = new TestNetwork();
  const namespace = net.namespace('whole');
  const removeCable = connectNamespace(namespace.fullName, SPEAKER_ADDRESS, BIRD_ADDRESS);
  const { bird: daemon, birdc: control } = requireNetworkBinaries();
  const bird = new Bird(namespace, 'whole', { daemon, control });
  bird.write(
    [
      `router id ${BIRD_ADDRESS};`,
      'protocol device { }',
      `protocol bgp peer { local ${BIRD_ADDRESS} as ${ROUTER_AS}; neighbor ${SPEAKER_ADDRESS} as ${NODE_AS}; direct; passive;`,
      '  error wait time 1, 1; error forget time 1; ipv4 { import all; export none; };',
      '}\n',
    ].join('\n'),
  );
  bird.start();
  const birdWatch = await BirdWatch.open(`${namespace.folder}/whole.ctl`);
  await testBed.peer('whole', 179, {
    peerAddress: BIRD_ADDRESS,
    sourceAddress: SPEAKER_ADDRESS,
    ebgpMultiHop: false,
  });
  const runs: { readonly list: number; readonly since: number; readonly all: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const list = await runChild<number>(LISTS, { BENCH_ACCESS: access });
    const speaker = testBed.speaker();
    const arrival = await birdWatch.waitForRoutes('peer', SERVICES);
    const since = arrival.all - (await speaker.firstLogAt);
    runs.push({ list, since, all: arrival.all - speaker.startedAt });
    note(`all in BIRD ${since.toFixed(0)} ms after the first log line; baseline lists ${list.toFixed(0)} ms`);
    await speaker.end();
    await sleep(RESTS_MS);
  }
  await testBed.removePeer('whole');
  birdWatch.close();
  removeCable();
  net.destroy();
  const ratios = runs.map(({ list, since }) => since / list);
  const of = (figure: 'since' | 'all' | 'list'): string => spread(runs.map((run) => run[figure]));
  return [
    {
      figure: `${SERVICES} Services and EndpointSlices in the API → all in BIRD, from the first log line ÷ paged lists of both by a new baseline process`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${of('since')} ms (${of('all')} since the start of the process), lists ${of('list')} ms; ${RUNS} runs`,
      met: median(ratios) <= GOAL,
    },
  ];
}
