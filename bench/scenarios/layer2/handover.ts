/** The node that answers is stopped (SIGTERM) under steady load: no new connection fails. The client never retries. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lostNewConnections } from '../../../test/e2e/native/support/layer2-outcome.ts';
import { type LoadResult, startLoad } from '../../../test/e2e/native/support/load.ts';
import { monotonicNow } from '../../../test/e2e/native/support/segment/monotonic.ts';
import { awaitResponses } from '../../../test/support/netns/http-client.ts';
import { pageProgram } from '../../../test/support/netns/programs/page.mjs';
import { note, type Row } from '../../support/figures.ts';
import { settledOwner } from '../../support/layer2/failover-round.ts';
import { SpeakersBed } from '../../support/layer2/speakers.ts';
import { addressOf } from '../../support/speaker/seed.ts';

const [NODES, SERVICES] = [3, 10];
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 50);
const CONNECTION_EVERY_MS = 20;
const LEAD_TIME_MS = 500;
const OVERLAP_MAX_MS = 500;

type Handover = {
  readonly lost: readonly string[];
  readonly load: LoadResult;
  readonly silence: number;
  readonly overlap: number;
};

export async function layer2Handover(): Promise<readonly Row[]> {
  const bed = await SpeakersBed.start({ nodes: NODES, services: SERVICES });
  try {
    const address = addressOf(0);
    // As kube-proxy in IPVS mode, each node serves the address, and with strictARP no kernel answers for it.
    for (const name of bed.segment.names) {
      const space = bed.segment.node(name);
      space.ip(`address add ${address}/32 dev lo`);
      space.start(`page-${name}`, process.execPath, pageProgram, name, '80');
    }
    bed.segment.host.ip(`route add ${address}/32 dev eth0`);
    await awaitResponses(bed.segment.host, `http://${address}/`);
    const rounds: Handover[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await handover(bed, address));
    const lost = rounds.flatMap((one) => one.lost);
    for (const text of lost) note(`lost: ${text}`);
    const sum = (value: (load: LoadResult) => number): number =>
      rounds.reduce((total, { load }) => total + value(load), 0);
    const [overlap, silence] = [
      Math.max(...rounds.map((one) => one.overlap)),
      Math.max(...rounds.map((one) => one.silence)),
    ];
    note(`nobody answered for ${silence.toFixed(0)} ms at most, between questions of 10 ms`);
    return [
      {
        figure: `layer 2: owner stopped (SIGTERM), ${ROUNDS} times: new connections every ${CONNECTION_EVERY_MS} ms that failed`,
        goal: '0',
        seen: `${lost.length} of ${sum(({ tried }) => tried)}; ${sum(({ failed }) => failed.length)} were open and cut`,
        met: lost.length === 0,
      },
      {
        figure: 'layer 2: the same: two answerers at once, longest',
        goal: `≤ ${OVERLAP_MAX_MS} ms`,
        seen: `${overlap.toFixed(0)} ms`,
        met: overlap <= OVERLAP_MAX_MS,
      },
    ];
  } finally {
    await bed.stop();
  }
}

async function handover(bed: SpeakersBed, address: string): Promise<Handover> {
  const { recorder, host } = bed.segment;
  recorder.forget();
  const owner = await settledOwner(recorder, address);
  const endLoad = startLoad(host, { host: address, everyMs: CONNECTION_EVERY_MS });
  await sleep(LEAD_TIME_MS);
  const from = monotonicNow();
  await bed.end(owner, 'SIGTERM');
  const after = await settledOwner(recorder, address);
  if (after === owner) throw new Error(`${owner} has ended, and answers`);
  const span = { from, to: monotonicNow() };
  await sleep(LEAD_TIME_MS);
  const load = await endLoad();
  const record = recorder.record();
  bed.startSpeaker(owner);
  await bed.linked();
  return {
    lost: lostNewConnections({ before: owner, after, span, record, loads: [{ address, result: load }] }),
    load,
    silence: record.longestSilence(address, span),
    overlap: record.longestOverlap(address, span),
  };
}
