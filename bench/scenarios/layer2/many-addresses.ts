/**
 * Nodes with many addresses that die: until the last address is announced elsewhere; and what the cluster writes, when nothing
 * happens and when a thousand addresses move.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../../../test/e2e/native/support/segment/monotonic.ts';
import { countWritesByKind, differences, waitUntilNoWrites } from '../../support/api-requests.ts';
import { note, type Row, spread } from '../../support/figures.ts';
import { SpeakersBed } from '../../support/layer2/speakers.ts';
import { startProgram } from '../../support/program.ts';
import { addressOf } from '../../support/speaker/seed.ts';
import { wallNow } from '../../support/wall-clock.ts';

/** One in ten of the failures of a single address. */
const ROUNDS = Math.ceil(Number(process.env['BENCH_ROUNDS'] ?? 50) / 10);
const THOUSAND = 1000;
/** Events are sent behind everything else, and seldom. */
const QUIET_MS = 10_000;
const CALM_MS = 60_000;
const WRITES_A_SERVICE_MAX = 5;
const MILLISECONDS = 1000;

/** All addresses are on n1, and return to it with it. */
const ON_FIRST_NODE = {
  preferredNodeSelectors: [{ weight: 100, preference: { matchLabels: { 'kubernetes.io/hostname': 'n1' } } }],
};

export async function layer2ThousandAddresses(): Promise<readonly Row[]> {
  const bed = await SpeakersBed.start({ nodes: 3, services: THOUSAND, advertisement: ON_FIRST_NODE });
  const { api, baseline } = bed.testBed;
  const args = ['--kubeconfig', api.kubeconfig, '--leader-elect=false', '--port=0', '--health-probe-port=0'];
  const controller = startProgram(['controller', ...args], { environment: process.env, now: wallNow });
  const endController = (): void => void controller.child.kill('SIGKILL');
  process.once('exit', endController);
  try {
    await ownsAll(bed, 'n1', THOUSAND);
    const quiet = await waitUntilNoWrites(baseline, QUIET_MS);
    await sleep(CALM_MS);
    const calm = differences(quiet, await countWritesByKind(baseline));
    const before = await waitUntilNoWrites(baseline, QUIET_MS);
    const times = [await moveAllFrom(bed, ['n1'])];
    // Events are sent behind everything else: those of a thousand Services take minutes.
    const written = differences(before, await waitUntilNoWrites(baseline, QUIET_MS));
    note([...written].map(([kind, count]) => `${count} ${kind}`).join(', '));
    const writes = total(written) / THOUSAND;
    while (times.length < ROUNDS) {
      bed.startSpeaker('n1');
      await bed.linked();
      await ownsAll(bed, 'n1', THOUSAND);
      times.push(await moveAllFrom(bed, ['n1']));
    }
    return [
      lastAnnounced('1,000 addresses on a node that is killed', times, 1.5),
      {
        figure: 'layer 2: writes to the API in a calm minute, 1,000 Services',
        goal: '0',
        seen: `${total(calm)} ${[...calm.keys()].join(', ')}`.trim(),
        met: total(calm) === 0,
      },
      {
        figure: 'layer 2: writes a Service when 1,000 addresses fail over, events and conditions included',
        goal: `≤ ${WRITES_A_SERVICE_MAX}`,
        seen: writes.toFixed(2),
        met: writes <= WRITES_A_SERVICE_MAX,
      },
    ];
  } finally {
    endController();
    process.off('exit', endController);
    await bed.stop();
  }
}

/** Half of ten nodes are killed at once, and then the other half. */
export async function layer2HalfOfTen(): Promise<readonly Row[]> {
  const bed = await SpeakersBed.start({ nodes: 10, services: THOUSAND });
  try {
    const { names } = bed.segment;
    const halves = [names.slice(0, 5), names.slice(5)];
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const half = halves[round % 2] ?? [];
      await ownsAll(bed, null, THOUSAND);
      times.push(await moveAllFrom(bed, half));
      for (const name of half) bed.startSpeaker(name);
      await bed.linked();
    }
    return [lastAnnounced('1,000 addresses on ten nodes, five of which are killed at once', times, 5)];
  } finally {
    await bed.stop();
  }
}

/** 5,000 Services; one of three nodes is killed. */
export async function layer2FiveThousand(): Promise<readonly Row[]> {
  const services = 5 * THOUSAND;
  const bed = await SpeakersBed.start({ nodes: 3, services });
  try {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await ownsAll(bed, null, services);
      times.push(await moveAllFrom(bed, ['n1']));
      bed.startSpeaker('n1');
      await bed.linked();
    }
    return [lastAnnounced('5,000 addresses on three nodes, one of which is killed', times, null)];
  } finally {
    await bed.stop();
  }
}

/** Waits until each address has an owner; with `node`, until that one has all. */
async function ownsAll({ segment }: SpeakersBed, node: string | null, services: number): Promise<void> {
  await segment.recorder.until((record) => {
    const owners = record.lastOwners();
    const owned = Array.from({ length: services }, (_, index) => owners.get(addressOf(index)));
    const missing = owned.filter((owner) => owner === undefined || (node !== null && owner !== node)).length;
    if (missing > 0) throw new Error(`${missing} of ${services} addresses are not on ${node ?? 'any node'}`);
  });
}

/** Milliseconds until the last address of these nodes is announced by others. */
async function moveAllFrom(bed: SpeakersBed, nodes: readonly string[]): Promise<number> {
  const { recorder } = bed.segment;
  const gone = new Set(nodes);
  const addresses = [...recorder.record().lastOwners()].flatMap(([address, owner]) =>
    gone.has(owner) ? [address] : [],
  );
  const from = monotonicNow();
  await Promise.all(nodes.map((name) => bed.end(name, 'SIGKILL')));
  const last = await recorder.until((record) => {
    const firsts = record.firstAnnouncements(gone, { from });
    const missing = addresses.filter((address) => !firsts.has(address)).length;
    if (missing > 0)
      throw new Error(`${missing} of ${addresses.length} addresses were not announced elsewhere`);
    return Math.max(...addresses.map((address) => firsts.get(address) ?? Number.POSITIVE_INFINITY));
  });
  note(`${addresses.length} addresses moved within ${(last - from).toFixed(0)} ms`);
  return last - from;
}

const total = (writes: ReadonlyMap<string, number>): number =>
  [...writes.values()].reduce((sum, count) => sum + count, 0);

function lastAnnounced(what: string, times: readonly number[], goalSeconds: number | null): Row {
  const seconds = times.map((time) => time / MILLISECONDS);
  return {
    figure: `layer 2: ${what}: the last is announced elsewhere after`,
    goal: goalSeconds === null ? '' : `≤ ${goalSeconds} s`,
    seen: `${spread(seconds)} s, ${times.length} times`,
    met: goalSeconds === null ? null : Math.max(...seconds) <= goalSeconds,
  };
}
