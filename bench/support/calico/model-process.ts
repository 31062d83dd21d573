/**
 * Measures the model in a process of its own: a full computation by code that is not compiled yet, its memory, a second
 * computation, and one changed EndpointSlice. Prints the figures as JSON.
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
  /** Milliseconds: JSON.parse of the same objects, the first computation and the second. */
  readonly parse: number;
  readonly first: number;
  readonly again: number;
  /** MB that it adds: kept afterwards, and the resident peak. */
  readonly kept: number;
  readonly peak: number;
  /** Milliseconds of one changed slice: JSON.parse; its routes; their 99th percentile. */
  readonly sliceParse: number;
  readonly routes: number;
  readonly routesWorst: number;
  /** Objects that are read for one change. */
  readonly readObjects: number;
  /** Milliseconds of a computation after it. */
  readonly next: number;
};

const MEBI = 1024 * 1024;
/** Slices that change one after the other; every tenth is of a Local Service. */
const CHANGES = 500;
const COMPUTATIONS = 5;

function measure(setup: Setup): ModelFigures {
  const request = modelInputOf(true, calicoCluster(setup, LARGE));
  const parse = timed(parsing(request.upserted));
  const before = settled();
  const model = new CalicoModel(hashedRouterId);
  const results: ModelResult[] = [];
  const first = timed(() => results.push(model.evaluate(request)));
  const { peak } = residentMemory(process.pid);
  const kept = settled().heap - before.heap;
  const again = timed(() => results.push(new CalicoModel(hashedRouterId).evaluate(request)));
  const next = Array.from({ length: COMPUTATIONS }, (_, i) => {
    const changed: ModelRequest = { ...request, isFull: false, upserted: [movedSlice(i)] };
    return timed(() => results.push(model.evaluate(changed)));
  });
  const { routes, sliceParse } = changes(request);
  return {
    parse,
    first,
    again,
    kept,
    peak: peak - before.resident,
    sliceParse: median(sliceParse),
    routes: median(routes),
    routesWorst: percentile(routes, 0.99),
    readObjects: countReadObjects(request),
    next: median(next),
  };
}

/** The slice of a Service after its pods moved, as the controller decodes it. */
function movedSlice(index: number): ClusterObject {
  const slice = sliceOf(index, [(index * 13) % LARGE.nodes, (index * 29 + 1) % LARGE.nodes]);
  const [object] = modelInputOf(false, [slice]).upserted;
  if (object === undefined) throw new Error('the slice was not decoded');
  return object;
}

/** Times of changed slices: the routes of their Services at every router. */
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

/** The most objects that are read for one change; measured apart from the times, since proxies are slow. */
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

/** A first query of all routes computes what Services share. */
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
  // JSON has no bigint.
  const text = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one));
  return () => JSON.parse(text);
};

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

/** Memory after a garbage collection; resets the resident peak. */
function settled(): { readonly heap: number; readonly resident: number } {
  collectGarbage();
  writeFileSync('/proc/self/clear_refs', '5');
  return { heap: process.memoryUsage().heapUsed / MEBI, resident: residentMemory(process.pid).now };
}

process.stdout.write(JSON.stringify(measure(process.env['BENCH_SETUP'] as Setup)));
