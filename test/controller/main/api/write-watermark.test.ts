import assert from 'node:assert/strict';
import { it } from 'node:test';
import { WriteWatermark } from '../../../../src/controller/main/api/write-watermark.ts';
import type { ServiceApi } from '../../../../src/controller/ports.ts';
import type { Service } from '../../../../src/objects/service.ts';
import type { RequestOutcome } from '../../../../src/runtime/ports.ts';
import { service } from '../../../allocation/support/test-cluster.ts';

const at = (resourceVersion: string, type = 'LoadBalancer'): Service =>
  service('a', { resourceVersion, type });
const done = (value: Service): RequestOutcome<Service> => ({ kind: 'done', value });

const cases: readonly [
  says: string,
  standing: readonly Service[] | null,
  answers: readonly RequestOutcome<Service>[],
  text: string,
][] = [
  ['before a term nothing is known', null, [], ''],
  ['without Services nothing need be seen', [], [], ''],
  ['who wrote before wrote no later than the latest of what stands', [at('9'), at('10'), at('8')], [], '10'],
  ['a write counts when it is answered', [at('10')], [done(at('12')), done(at('11'))], '12'],
  ['one to a Service that left the watch does not', [at('10')], [done(at('12', 'ClusterIP'))], '10'],
  ['one that may have been done makes it unknown', [at('10')], [{ kind: 'unknown', because: '' }], ''],
  ['and stays so', [at('10')], [{ kind: 'unknown', because: '' }, done(at('12'))], ''],
  [
    'so does one that a busy server may have done',
    [],
    [{ kind: 'busy', retryAfter: null, notApplied: false, because: '' }],
    '',
  ],
  [
    'one that a busy server did not do changes nothing',
    [at('9')],
    [{ kind: 'busy', retryAfter: 1, notApplied: true, because: '' }],
    '9',
  ],
  ['nor does one that was refused', [at('9')], [{ kind: 'stale' }], '9'],
];

for (const [says, standing, answers, text] of cases) {
  it(says, async () => {
    const written = new WriteWatermark();
    if (standing !== null) written.begin(standing);
    const waiting = [...answers];
    const api: ServiceApi = {
      patch: async () => waiting.shift() ?? assert.fail('one patch too many'),
      read: () => assert.fail('nothing is read'),
    };
    for (const _ of answers) await written.observe(api).patch('default/a', {});
    assert.equal(written.resourceVersion, text);
  });
}
