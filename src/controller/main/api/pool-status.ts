/** The status of IPAddressPools over the real API. */
import type { Clock, Millis } from '../../../base/clock.ts';
import { fieldsOf, listOf, type Raw } from '../../../base/json.ts';
import { type PoolValidity, VALID_CONDITION } from '../../../config/pool/validity.ts';
import { IP_ADDRESS_POOLS, objectPath } from '../../../kube/resource.ts';
import { type Condition, conditionSince, decodeCondition } from '../../../objects/condition.ts';
import { statusOf } from '../../../objects/metadata.ts';
import { MERGE_PATCH } from '../../../objects/patch-type.ts';
import type { PoolCounts } from '../../../observe/pool-gauges.ts';
import type { ApiWriter } from '../../../runtime/main/adapters.ts';
import { toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { PoolStatus, PoolStatusApi } from '../../pools/status-writer.ts';

export type PoolStatusApiOptions = {
  readonly writer: ApiWriter;
  readonly clock: Pick<Clock, 'wall'>;
  readonly namespace: string;
  /** The newest known version of the pool. */
  readonly stored: (pool: string) => unknown;
  /** Gets the pool as it is after a write. */
  readonly onWritten: (raw: Raw) => void;
};

export function poolStatusApi({
  writer: { client, mayWrite, timeout },
  clock,
  namespace,
  stored,
  onWritten,
}: PoolStatusApiOptions): PoolStatusApi {
  return {
    async write(pool: string, { counts, validity }: PoolStatus): Promise<RequestOutcome<void>> {
      const outcome = await client.send({
        method: 'PATCH',
        path: objectPath(IP_ADDRESS_POOLS, { namespace, name: pool }, 'status'),
        body: {
          status: {
            assignedIPv4: counts.assigned4,
            assignedIPv6: counts.assigned6,
            availableIPv4: counts.available4,
            availableIPv6: counts.available6,
            ...(validity === null
              ? {}
              : { conditions: conditionsWith(validity, stored(pool), clock.wall()) }),
          },
        },
        contentType: MERGE_PATCH,
        timeout,
        mayStillSend: mayWrite,
      });
      if (outcome.kind === 'ok') onWritten(fieldsOf(outcome.body));
      return toWriteOutcome(outcome);
    },
  };
}

const conditionsOf = (pool: unknown): readonly unknown[] => listOf(statusOf(fieldsOf(pool))['conditions']);

const isOurs = (condition: unknown): boolean => fieldsOf(condition)['type'] === VALID_CONDITION;

const ourCondition = (pool: unknown): Condition | undefined =>
  conditionsOf(pool).filter(isOurs).map(decodeCondition).at(0);

/** The conditions of others stay; the time of ours changes with its status only. */
function conditionsWith(validity: PoolValidity, pool: unknown, now: Millis): readonly unknown[] {
  const ours = conditionSince(ourCondition(pool), { type: VALID_CONDITION, ...validity }, now);
  return [...conditionsOf(pool).filter((one) => !isOurs(one)), ours];
}

/** What the status of a pool says; null where it lacks a count, as that of a new pool. */
export function readPoolStatus(pool: unknown): PoolStatus | null {
  const counts = readCounts(pool);
  if (counts === null) return null;
  const condition = ourCondition(pool);
  return { counts, validity: condition === undefined ? null : toValidity(condition) };
}

const toValidity = ({ status, reason, message }: Condition): PoolValidity => ({
  status,
  // Another reason is that of another version, and differs from every one of ours.
  reason: reason as PoolValidity['reason'],
  message,
});

function readCounts(pool: unknown): PoolCounts | null {
  const status = statusOf(fieldsOf(pool));
  const count = (field: string): number | null => (typeof status[field] === 'number' ? status[field] : null);
  const [assigned4, assigned6] = [count('assignedIPv4'), count('assignedIPv6')];
  const [available4, available6] = [count('availableIPv4'), count('availableIPv6')];
  if (assigned4 === null || assigned6 === null || available4 === null || available6 === null) return null;
  return { assigned4, assigned6, available4, available6 };
}
