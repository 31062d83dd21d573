/** Creates Services one at a time, and measures how long each waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssignmentWatch } from './assignment-watch.ts';
import type { BaselineClient } from './baseline/client.ts';
import { serviceBody, servicePath } from './services.ts';

/** The watch of these Services, and of no others. */
export const newServicesPath = (namespace: string): string =>
  `${servicePath(namespace)}?watch=true&labelSelector=bench`;

export type NewService = { readonly namespace: string; readonly name: string; readonly lbClass: string };

/** In milliseconds. */
export type Wait = {
  /** Until the POST was answered. */
  readonly post: number;
  /** From the POST until the watch had the address. */
  readonly total: number;
  /** From the Service on the watch to its address on the watch: who assigns it, and one PATCH. */
  readonly assigned: number;
};

export async function createOne(
  baseline: BaselineClient,
  arrivals: AssignmentWatch,
  { namespace, name, lbClass }: NewService,
): Promise<Wait> {
  const key = `${namespace}/${name}`;
  const body = JSON.parse(serviceBody(name, lbClass)) as { metadata: object };
  const sentAt = performance.now();
  const seen = arrivals.address(key);
  await baseline.sendOrThrow(
    'POST',
    servicePath(namespace),
    JSON.stringify({ ...body, metadata: { ...body.metadata, labels: { bench: 'new' } } }),
  );
  const post = performance.now() - sentAt;
  const at = await seen;
  return { post, total: at - sentAt, assigned: at - (arrivals.enteredAt.get(key) ?? Number.NaN) };
}

/** One for each of the classes in turn, `rounds` times, with a pause after each; the waits of each class, in their order. */
export async function createInTurns(
  baseline: BaselineClient,
  arrivals: AssignmentWatch,
  order: {
    readonly namespace: string;
    readonly prefix: string;
    readonly classes: readonly string[];
    readonly rounds: number;
    readonly pauseMs: number;
  },
): Promise<readonly (readonly Wait[])[]> {
  const waits: Wait[][] = order.classes.map(() => []);
  for (let round = 0; round < order.rounds; round++) {
    for (const [side, lbClass] of order.classes.entries()) {
      const name = `${order.prefix}-${side}-${round}`;
      waits[side]?.push(await createOne(baseline, arrivals, { namespace: order.namespace, name, lbClass }));
      await sleep(order.pauseMs);
    }
  }
  return waits;
}
