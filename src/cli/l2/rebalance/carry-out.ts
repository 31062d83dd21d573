/** Carries out a plan: has the speakers hand addresses over, one after the other, and waits for each. */
import { type Clock, type Millis, sleep } from '../../../base/clock.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { type ApiSender, describeOutcome } from '../../../kube/http/api-request.ts';
import { listAll } from '../../../kube/informer/list.ts';
import { objectPath, SERVICE_L2_STATUSES } from '../../../kube/resource.ts';
import type { PlannedMove } from '../../../layer2/election/rebalance-plan.ts';
import { toWatchedRecord, type WatchedRecord } from '../../../layer2/objects/watched-objects.ts';
import { HAND_OVER_ANNOTATION } from '../../../objects/annotations.ts';
import { MERGE_PATCH } from '../../../objects/patch-type.ts';
import { splitServiceKey } from '../../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../../objects/service-status-labels.ts';

/** The new owner has to have written its record by then. */
export const MOVE_TIMEOUT: Millis = 10_000;
const POLL_INTERVAL: Millis = 200;
const REQUEST_TIMEOUT: Millis = 5000;
const MINUTE: Millis = 60_000;

export type RecordMove = PlannedMove<WatchedRecord>;

export type CarryOutOptions = {
  readonly sender: ApiSender;
  readonly clock: Clock;
  /** Of the records. */
  readonly namespace: string;
  /** Addresses. */
  readonly perMinute: number;
  readonly onMoved: (move: RecordMove) => void;
};

/** Stops at the first move that fails: then the cluster is not what the plan was made for. The error is a sentence. */
export async function carryOut(
  moves: readonly RecordMove[],
  options: CarryOutOptions,
): Promise<Result<void, string>> {
  const { clock, perMinute, onMoved } = options;
  for (const [index, move] of moves.entries()) {
    const startedAt = clock.now();
    const moved = await handOver(move, options);
    if (!moved.ok) return err(`${move.addresses.join(', ')}: ${moved.error}. Run the command again`);
    onMoved(move);
    const pause = startedAt + (move.addresses.length * MINUTE) / perMinute - clock.now();
    if (index + 1 < moves.length && pause > 0) await sleep(clock, pause);
  }
  return ok(undefined);
}

async function handOver(move: RecordMove, options: CarryOutOptions): Promise<Result<void, string>> {
  const { clock } = options;
  const until = clock.now() + MOVE_TIMEOUT;
  for (const record of move.records) {
    const { resourceVersion } = record;
    const written = await annotate(record, { target: move.to, resourceVersion }, options);
    if (!written.ok) return written;
  }
  for (;;) {
    await sleep(clock, POLL_INTERVAL);
    const now = await readRecords(move, options);
    if (now.ok && now.value.every(({ node }) => node === move.to) && now.value.length === move.records.length)
      return ok(undefined);
    // The owner removes an order that it cannot obey.
    if (now.ok && now.value.some(({ node, handOverTo }) => node === move.from && handOverTo === null))
      return err(
        `${move.from} keeps it, since ${move.to} does not suit it any more, or --l2-failback is always`,
      );
    if (clock.now() < until) continue;
    for (const record of now.ok ? now.value : [])
      if (record.handOverTo !== null) await annotate(record, { target: null }, options);
    return err(
      now.ok ? `${move.to} has not written within ${MOVE_TIMEOUT / 1000} s that it answers` : now.error,
    );
  }
}

type Order = { readonly target: string | null; readonly resourceVersion?: string };

async function annotate(
  { name }: WatchedRecord,
  { target, resourceVersion }: Order,
  { sender, namespace }: CarryOutOptions,
): Promise<Result<void, string>> {
  const outcome = await sender.send({
    method: 'PATCH',
    path: objectPath(SERVICE_L2_STATUSES, { namespace, name }),
    body: {
      metadata: {
        annotations: { [HAND_OVER_ANNOTATION]: target },
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
    },
    contentType: MERGE_PATCH,
    timeout: REQUEST_TIMEOUT,
  });
  if (outcome.kind === 'ok') return ok(undefined);
  return err(`ServiceL2Status ${name} cannot be patched: ${describeOutcome(outcome)}`);
}

/** Those of the Services of the move, as they are now. Between two owners a Service has none for a moment. */
async function readRecords(
  { records }: RecordMove,
  { sender, namespace }: CarryOutOptions,
): Promise<Result<readonly WatchedRecord[], string>> {
  const found: WatchedRecord[] = [];
  for (const { service } of records) {
    const { name, namespace: serviceNamespace } = splitServiceKey(service);
    const labelSelector = `${SERVICE_STATUS_LABELS.name}=${name},${SERVICE_STATUS_LABELS.namespace}=${serviceNamespace}`;
    const listed = await listAll(sender, {
      ...{ resource: SERVICE_L2_STATUSES, namespace, labelSelector, from: 'consistent' },
    });
    if (listed.kind !== 'ok') return err(`servicel2statuses cannot be listed: ${describeOutcome(listed)}`);
    found.push(...listed.items.flatMap((raw) => toWatchedRecord(raw) ?? []));
  }
  return ok(found);
}
