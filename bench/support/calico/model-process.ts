/**
 * The model alone, in a process of its own: a full answer by code that the engine has not compiled yet, what it leaves in
 * memory, the same once more, and what follows when one EndpointSlice changes. Prints its figures as JSON.
 */

import { writeFileSync } from 'node:fs';
import { Tracker } from '../../../src/calico/cluster/tracker.ts';
import { takeSnapshot } from '../../../src/calico/findings/snapshot.ts';
import type { ClusterObject } from '../../../src/calico/objects/cluster-object.ts';
import { CalicoModel, type ModelRequest, type ModelResult } from '../../../src/calico/report/calico-model.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { median, percentile } from '../figures.ts';
import { collectGarbage, residentMemory } from '../process-usage.ts';
import { addressOf, calicoCluster, LARGE, type Setup, sliceOf } from './cluster.ts';
import { modelInputOf } from './model-input.ts';

export type ModelFigures = {
  /** Milliseconds: JSON.parse of the same objects, the first answer and the second. */
  readonly parse: number;
  readonly first: number;
  readonly again: number;
  /** MB that are added: kept while the answer stands, and resident at the most. */
  readonly kept: number;
  readonly peak: number;
  /** Milliseconds for a change of one slice: read as JSON; its routes; the 99th percentile of that. */
  readonly sliceParse: number;
  readonly routes: number;
  readonly routesWorst: number;
  /** Objects that are looked at for one, of all that there are. */
  readonly readObjects: number;
  /** Milliseconds for the whole answer after it. */
  readonly next: number;
};

const MEBI = 1024 * 1024;
/** Slices that change, one after the other; every tenth is of a Local Service. */
const CHANGES = 500;
const ANSWERS = 5;

function measure(setup: Setup): ModelFigures {
  const question = modelInputOf(true, calicoCluster(setup, LARGE));
  const parse = timed(parsing(question.upserted));
  const before = settled();
  const answerer = new CalicoModel(hashedRouterId);
  const answers: ModelResult[] = [];
  const first = timed(() => answers.push(answerer.evaluate(question)));
  const { peak } = residentMemory(process.pid);
  const kept = settled().heap - before.heap;
  const again = timed(() => answers.push(new CalicoModel(hashedRouterId).evaluate(question)));
  const next = Array.from({ length: ANSWERS }, (_, i) => {
    const changed: ModelRequest = { ...question, isFull: false, upserted: [movedSlice(i)] };
    return timed(() => answers.push(answerer.evaluate(changed)));
  });
  const { routes, sliceParse } = changes(question);
  return {
    parse,
    first,
    again,
    kept,
    peak: peak - before.resident,
    sliceParse: median(sliceParse),
    routes: median(routes),
    routesWorst: percentile(routes, 0.99),
    readObjects: countReadObjects(question),
    next: median(next),
  };
}

/** The slice of that Service, once its pods have gone elsewhere; as the controller keeps it. */
function movedSlice(index: number): ClusterObject {
  const slice = sliceOf(index, [(index * 13) % LARGE.nodes, (index * 29 + 1) % LARGE.nodes]);
  const [object] = modelInputOf(false, [slice]).upserted;
  if (object === undefined) throw new Error('the slice was not read');
  return object;
}

/** What a change means for the routes of its Service, at every router. */
function changes({ upserted, read }: ModelRequest) {
  const tracker = trackerOf(upserted, read);
  const routes: number[] = [];
  const sliceParse: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const object = movedSlice(i);
    sliceParse.push(timed(parsing(object)));
    routes.push(timed(() => follow(tracker, i, object)));
  }
  return { routes, sliceParse };
}

/** How many objects are looked at for one of these changes, at the most; apart from the times, since looking on takes time. */
function countReadObjects({ upserted, read }: ModelRequest): number {
  const seen = new Set<ClusterObject>();
  const watched = (object: ClusterObject): ClusterObject =>
    new Proxy(object, {
      get(target, field, receiver) {
        seen.add(target);
        return Reflect.get(target, field, receiver);
      },
    });
  const tracker = trackerOf(upserted.map(watched), read);
  const counts = Array.from({ length: CHANGES }, (_, i) => {
    seen.clear();
    follow(tracker, i, watched(movedSlice(i)));
    return seen.size;
  });
  return Math.max(...counts);
}

/** The first look at the routes works out what all Services have in common. */
function trackerOf(objects: readonly ClusterObject[], kinds: readonly string[]): Tracker {
  const read = new Set(kinds);
  const tracker = new Tracker(
    objects,
    (all) => takeSnapshot(all, { hashRouterId: hashedRouterId, read }).converged,
  );
  for (let i = 0; i < LARGE.services; i++) routesOf(tracker, i);
  return tracker;
}

function follow(tracker: Tracker, index: number, object: ClusterObject): void {
  tracker.apply({ kind: 'upserted', object });
  routesOf(tracker, index);
}

function routesOf({ converged: model }: Tracker, index: number): void {
  const address = parseAddress(addressOf(index));
  if (!address.ok) throw new Error(address.error);
  for (const router of model.routers) {
    if (model.longestMatch(router, address.value) === null)
      throw new Error(`${router.name} learns no ${addressOf(index)}`);
  }
}

const parsing = (value: unknown): (() => void) => {
  // Addresses are bigints, which JSON has not.
  const text = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one));
  return () => JSON.parse(text);
};

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

/** After the garbage is gone; the peak is counted from here on. */
function settled(): { readonly heap: number; readonly resident: number } {
  collectGarbage();
  writeFileSync('/proc/self/clear_refs', '5');
  return { heap: process.memoryUsage().heapUsed / MEBI, resident: residentMemory(process.pid).now };
}

process.stdout.write(JSON.stringify(measure(process.env['BENCH_SETUP'] as Setup)));
