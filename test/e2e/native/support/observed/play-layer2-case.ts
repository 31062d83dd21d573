/** Plays an observed case of layer 2 with real speakers, and judges each state by the rules of the case. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIGURATION_STATES } from '../../../../../src/kube/resource.ts';
import { type AnyObject, NAMESPACE } from '../../../../controller/support/rig.ts';
import { eventually, stretched, WaitLimit } from '../../../../support/eventually.ts';
import type { AnswerWatch } from './answer-watch.ts';
import { performCommon, speakerNodes, waitForState } from './case-steps.ts';
import type { Layer2Bed } from './layer2-bed.ts';
import { observeLayer2 } from './observe-layer2.ts';

const compare: string = '../../../../layer2/support/compare.mjs';
const {
  judgeState,
}: {
  judgeState: (one: AnyObject, index: number, state: AnyObject, before: AnyObject) => readonly string[];
} = await import(compare);

const LINKED_WITHIN_MS = 10_000;
const POLL_INTERVAL_MS = 100;

/** They are there before the speakers start; all other objects come when the speakers know each other. */
const EARLY_KINDS: readonly string[] = ['Node', 'Namespace', 'ConfigMap', 'Secret'];

/** What is wrong with the first state that breaks the rules. */
export async function playLayer2Case(bed: Layer2Bed, one: AnyObject): Promise<readonly string[]> {
  for (const [node, links] of Object.entries<AnyObject>(one.links ?? {}))
    for (const [device, segment] of Object.entries<'a' | 'b'>(links))
      bed.network.addLink(node, device, segment);
  bed.observer.mark();
  await startCase(bed, one);
  let before: AnyObject;
  for (const [index] of one.rules.entries()) {
    const step = one.steps[index - 1];
    if (step !== undefined) bed.observer.mark();
    const watches: readonly AnswerWatch[] = await Promise.all(
      (step?.watch ?? []).map((ip: string) => bed.observer.watch(ip)),
    );
    for (const action of step?.do ?? []) await perform(bed, action, one);
    let state: AnyObject;
    const patience = (step === undefined ? one.patience : step.patience) ?? 0;
    const found = await waitForState(async () => {
      state = await observeLayer2(bed, one, before);
      return judgeState(one, index, state, before);
    }, patience);
    const timing = Object.fromEntries(watches.map((watch) => [watch.address, onQuietMachine(watch.end())]));
    const faults = found.length > 0 ? found : judgeState(one, index, { ...state, timing }, before);
    const when = step === undefined ? 'at the start' : `after "${step.says}"`;
    if (faults.length > 0) return faults.map((fault) => `${when}: ${fault}`);
    before = state;
    if (step === undefined) await untilLinked(bed, one);
  }
  return [];
}

/**
 * Until each speaker has a BFD session with each other one: before that nobody misses one that ends. The sessions begin with
 * the first L2Advertisement, and take some seconds. A case may have speakers that reach no other.
 */
async function untilLinked(bed: Layer2Bed, one: AnyObject): Promise<void> {
  if (!one.objects.some(({ kind }: AnyObject) => kind === 'L2Advertisement')) return;
  const others = speakerNodes(one).length - 1;
  const isLinked = (): boolean =>
    [...bed.speakers.logged('BFD session with a speaker is up').values()].every((times) => times >= others);
  const wait = new WaitLimit(LINKED_WITHIN_MS);
  while (!isLinked() && !wait.isOver) await sleep(POLL_INTERVAL_MS);
}

async function startCase(bed: Layer2Bed, one: AnyObject): Promise<void> {
  const isEarly = ({ kind }: AnyObject): boolean =>
    one.order === 'objects first' || EARLY_KINDS.includes(kind);
  const { objects } = bed.speakers;
  for (const object of one.objects.filter(isEarly)) await objects.create(object);
  const nodes = speakerNodes(one);
  for (const node of nodes) await objects.ensurePod(`speaker-${node}`, node);
  await Promise.all(nodes.map((node) => bed.startSpeaker(node, one)));
  await eventually(async () => {
    const reported = (await objects.list(CONFIGURATION_STATES)).map(({ metadata }) => metadata.name);
    for (const node of nodes) assert.ok(reported.includes(`speaker-${node}`), `${node} in ${NAMESPACE}`);
  });
  const [services, others] = [true, false].map((isService) =>
    one.objects.filter((object: AnyObject) => !isEarly(object) && (object.kind === 'Service') === isService),
  );
  for (const object of others ?? []) await objects.create(object);
  // Who has no session yet knows less of the others, and may be the first to answer.
  await untilLinked(bed, one);
  bed.observer.mark();
  for (const object of services ?? []) await objects.create(object);
}

/** By the load of the machine, as the limits of the cases are those of a machine that does nothing else. */
function onQuietMachine(timing: ReturnType<AnswerWatch['end']>): AnyObject {
  const quiet = (milliseconds: number): number => Math.round((milliseconds * 1000) / stretched(1000));
  return Object.fromEntries(
    Object.entries(timing).map(([segment, { gap, overlap }]) => [
      segment,
      { gap: quiet(gap), overlap: quiet(overlap) },
    ]),
  );
}

async function perform(bed: Layer2Bed, action: AnyObject, one: AnyObject): Promise<void> {
  const rest = await performCommon(bed.speakers, action, (node) => bed.startSpeaker(node, one));
  const { linkDown, linkUp, linkAdd, linkDel, dev, cable, segment, partition, heal, background, ...unknown } =
    rest;
  assert.deepEqual(unknown, {}, 'an action that cannot be played');
  void background; // the end of a speaker is awaited in any case
  if (linkDown !== undefined) bed.network.setLinkDown(linkDown, dev, cable === true);
  if (linkUp !== undefined) bed.network.setLinkUp(linkUp, dev);
  if (linkAdd !== undefined) bed.network.addLink(linkAdd, dev, segment);
  if (linkDel !== undefined) bed.network.removeLink(linkDel, dev);
  if (partition !== undefined) bed.network.partition(partition);
  if (heal !== undefined) bed.network.heal();
}
