/**
 * A process that finds an invalid L2Advertisement at its start, and does not know which ones were in force: what is answered for
 * stays, and nothing is taken.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { resolveLayer2Config } from '../../../src/layer2/election/layer2-config.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { endpointSlice, node, pool, service } from '../../announce/support/cluster.ts';
import {
  type Layer2Setup,
  layer2Advertisement,
  layer2State,
  NAMESPACE,
  ownersOf,
} from '../support/layer2-cluster.ts';

const INVALID = layer2Advertisement('broken', { interfaces: 'eth0' });
const VALID = layer2Advertisement('all');
const KEY = 'web/blog';

const cluster = (...objects: readonly Raw[]): readonly Raw[] => [
  ...[node('n1'), node('n2'), pool('main', ['10.0.0.0/24'])],
  ...[service('blog', ['10.0.0.1']), endpointSlice('blog', [{ addresses: ['10.244.0.1'], nodeName: 'n1' }])],
  ...objects,
];

const rows: readonly {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly setup: Layer2Setup;
  readonly owner: string | null;
}[] = [
  {
    says: 'the node on record goes on to answer',
    objects: cluster(INVALID),
    setup: { recorded: { [KEY]: 'n2' } },
    owner: 'n2',
  },
  {
    says: 'beside a valid one that would give it to another node, too',
    objects: cluster(
      INVALID,
      layer2Advertisement('n1', { nodeSelectors: [{ matchLabels: { 'kubernetes.io/hostname': 'n1' } }] }),
    ),
    setup: { recorded: { [KEY]: 'n2' } },
    owner: 'n2',
  },
  { says: 'without a record nobody answers', objects: cluster(INVALID, VALID), setup: {}, owner: null },
  {
    says: 'the node on record that is dead has no successor',
    objects: cluster(INVALID, VALID),
    setup: { recorded: { [KEY]: 'n2' }, alive: aliveAlways(['n1']) },
    owner: null,
  },
  {
    says: 'an address is handed over to nobody',
    objects: cluster(INVALID, VALID),
    setup: { recorded: { [KEY]: 'n2' }, handOver: { [KEY]: 'n1' } },
    owner: null,
  },
  {
    says: 'a record for an address that no pool has does not count',
    objects: [...cluster(INVALID).slice(0, 2), ...cluster(INVALID).slice(3)],
    setup: { recorded: { [KEY]: 'n2' } },
    owner: null,
  },
  {
    says: 'with valid ones only, a node is elected without a record',
    objects: cluster(VALID),
    setup: { alive: aliveAlways(['n1']) },
    owner: 'n1',
  },
];

describe('with an invalid L2Advertisement at the start', () => {
  for (const { says, objects, setup, owner } of rows)
    it(says, () => {
      assert.deepEqual(ownersOf(layer2State(objects, setup)), owner === null ? {} : { [KEY]: owner });
    });

  it('a Service without a record is said to have no advertisement', () => {
    assert.equal(layer2State(cluster(INVALID)).refusals.get(KEY)?.code, 'noAdvertisement');
  });

  it('what is in force is known again when it is repaired, and kept when the next one is invalid', () => {
    const scope = { namespace: NAMESPACE };
    const unknown = resolveLayer2Config([INVALID], scope, null);
    assert.equal(unknown.isUnknown, true);
    assert.equal(resolveLayer2Config([INVALID, VALID], scope, unknown), unknown);
    const repaired = resolveLayer2Config([VALID], scope, unknown);
    assert.deepEqual([repaired.isUnknown, repaired.advertisements.length], [false, 1]);
    assert.equal(resolveLayer2Config([INVALID], scope, repaired), repaired);
  });
});
