import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASSIGNED_CONDITION } from '../../../src/allocation/condition-reasons.ts';
import type { StatusPatch } from '../../../src/allocation/status-patch.ts';
import { findUnwritten } from '../../../src/controller/services/write-answer.ts';
import { parseAddress } from '../../../src/net/address.ts';
import type { Condition } from '../../../src/objects/condition.ts';
import type { Service } from '../../../src/objects/service.ts';
import { ingress, service } from '../../allocation/support/test-cluster.ts';

const addresses = (...texts: readonly string[]) =>
  texts.map((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? parsed.value : assert.fail(text);
  });

const showing = (...texts: readonly string[]) => service('web', { ingress: ingress(...texts) });

const assigned: Condition = {
  type: ASSIGNED_CONDITION,
  status: 'False',
  reason: 'PoolExhausted',
  message: 'every address is in use',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};
const nothing: StatusPatch = { ingress: null, pool: undefined, conditions: [], removedConditions: [] };

describe('the answer to a write', () => {
  const fromPool = service('web', { allocatedFrom: 'a' });
  const rows: readonly (readonly [
    says: string,
    written: Partial<StatusPatch>,
    answer: Service,
    problem: RegExp | null,
  ])[] = [
    [
      'shows the addresses',
      { ingress: addresses('10.0.0.1', 'fd00::1') },
      showing('10.0.0.1', 'fd00::1'),
      null,
    ],
    ['shows none where none was written', { ingress: [] }, showing(), null],
    ['may show any address where none was written', {}, showing('10.0.0.9'), null],
    ['shows nothing of it', { ingress: addresses('10.0.0.1') }, showing(), /not show the addresses/],
    [
      'shows another address',
      { ingress: addresses('10.0.0.1') },
      showing('10.0.0.2'),
      /not show the addresses/,
    ],
    [
      'shows one more',
      { ingress: addresses('10.0.0.1') },
      showing('10.0.0.1', '10.0.0.2'),
      /not show the addresses/,
    ],
    ['still shows what was taken off', { ingress: [] }, showing('10.0.0.1'), /not show the addresses/],
    ['is another Service', {}, service('other'), /the response is Service default\/other/],
    ['shows the condition', { conditions: [assigned] }, service('web', { conditions: [assigned] }), null],
    ['shows no condition', { conditions: [assigned] }, service('web'), /not show the conditions/],
    [
      'shows the condition of before',
      { conditions: [assigned] },
      service('web', { conditions: [{ ...assigned, message: 'wait' }] }),
      /not show the conditions/,
    ],
    [
      'still shows a condition that was removed',
      { removedConditions: [assigned.type] },
      service('web', { conditions: [assigned] }),
      /not show the conditions/,
    ],
    ['shows the pool', { pool: 'a' }, fromPool, null],
    ['shows no pool', { pool: 'a' }, service('web'), /not show the pool/],
    ['still shows the pool that was removed', { pool: null }, fromPool, /not show the pool/],
    ['may show any pool where none was written', {}, fromPool, null],
  ];
  for (const [says, written, answer, problem] of rows)
    it(says, () => {
      const found = findUnwritten('default/web', { ...nothing, ...written }, answer);
      if (problem === null) assert.equal(found, null);
      else assert.match(found ?? '', problem);
    });
});
