/** Which ServiceL2Status objects a speaker writes and deletes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeShare } from '../../../src/layer2/election/node-share.ts';
import { type OwnerRecord, RecordIndex } from '../../../src/layer2/election/record-index.ts';
import { planRecords } from '../../../src/layer2/election/record-plan.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { node, pool, service, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, layer2State } from '../support/layer2-cluster.ts';

const objects = [
  ...[node('n1'), node('n2'), pool('main', ['10.0.0.0/24'])],
  layer2Advertisement('all', { interfaces: ['eth1', 'eth0'] }),
  ...serviceWithEndpoint('blog', '10.0.0.1'),
];
const record = (owner: string, fields: Partial<OwnerRecord> = {}): OwnerRecord => ({
  ...{
    name: `l2-${owner}`,
    service: 'web/blog',
    node: owner,
    interfaces: ['eth0', 'eth1'],
    handOverTo: null,
    pod: null,
  },
  ...fields,
});

type Row = {
  readonly says: string;
  readonly records: readonly OwnerRecord[];
  readonly node: string;
  readonly alive?: readonly string[];
  readonly recorded?: string;
  readonly withoutEndpoint?: true;
  readonly changes: readonly string[];
};

const rows: readonly Row[] = [
  {
    says: 'the owner creates the record',
    records: [],
    node: 'n1',
    recorded: 'n1',
    changes: ['create eth0 eth1'],
  },
  { says: 'others do not', records: [], node: 'n2', recorded: 'n1', changes: [] },
  { says: 'a right record stays', records: [record('n1')], node: 'n1', recorded: 'n1', changes: [] },
  {
    says: 'a record without status gets one',
    records: [record('n1', { interfaces: null })],
    node: 'n1',
    recorded: 'n1',
    changes: ['patch l2-n1 eth0 eth1'],
  },
  {
    says: 'interfaces that differ are written',
    records: [record('n1', { interfaces: [] })],
    node: 'n1',
    recorded: 'n1',
    changes: ['patch l2-n1 eth0 eth1'],
  },
  {
    says: 'an order to hand over that is not obeyed goes with its record',
    records: [record('n1', { handOverTo: 'n9' })],
    node: 'n1',
    recorded: 'n1',
    changes: ['delete l2-n1', 'create eth0 eth1'],
  },
  {
    says: 'an order that is obeyed goes with the record',
    records: [record('n1', { handOverTo: 'n2' })],
    node: 'n2',
    recorded: 'n2',
    changes: ['delete l2-n1', 'create eth0 eth1'],
  },
  {
    says: 'the owner deletes the record of another node before it creates its own',
    records: [record('n2')],
    node: 'n1',
    recorded: 'n2',
    alive: ['n1'],
    changes: ['delete l2-n2', 'create eth0 eth1'],
  },
  {
    says: 'the owner deletes a second record of its own',
    records: [record('n1'), record('n1', { name: 'l2-again' })],
    node: 'n1',
    recorded: 'n1',
    changes: ['delete l2-again'],
  },
  {
    says: 'who is owner no more leaves the record to the next',
    records: [record('n2')],
    node: 'n2',
    recorded: 'n1',
    changes: [],
  },
  {
    says: 'the record of a dead owner stays while nobody else is alive who may answer',
    records: [record('n1')],
    node: 'n3',
    recorded: 'n1',
    alive: ['n3'],
    changes: [],
  },
  {
    says: 'an owner that is alive and may not answer any more deletes its own, also while only dead nodes may',
    records: [record('n3')],
    node: 'n3',
    recorded: 'n3',
    alive: ['n3'],
    changes: ['delete l2-n3'],
  },
  {
    says: 'the record of a Service that nobody may answer for goes',
    records: [record('n1')],
    node: 'n1',
    withoutEndpoint: true,
    changes: ['delete l2-n1'],
  },
  {
    says: 'others leave it to its node',
    records: [record('n1')],
    node: 'n2',
    withoutEndpoint: true,
    changes: [],
  },
  {
    says: 'the first that is alive cleans up behind a node that is not',
    records: [record('n1')],
    node: 'n2',
    alive: ['n3', 'n2'],
    withoutEndpoint: true,
    changes: ['delete l2-n1'],
  },
  {
    says: 'one that a Pod of MetalLB owns would go with the Pod: the owner writes its own at once',
    records: [record('n1', { pod: 'metallb-speaker' })],
    node: 'n1',
    recorded: 'n1',
    changes: ['delete l2-n1', 'create eth0 eth1'],
  },
  {
    says: 'what MetalLB has recorded stays its own, on a node of Berth, too',
    records: [record('n1', { service: 'web/other-class', pod: 'metallb-speaker' })],
    node: 'n1',
    recorded: 'n2',
    changes: [],
  },
  {
    says: 'what a Pod has recorded goes when the Pod has gone',
    records: [record('n1', { service: 'web/other-class', pod: 'gone' })],
    node: 'n1',
    recorded: 'n2',
    changes: ['delete l2-n1'],
  },
  {
    says: 'the record of a Service that does not exist goes',
    records: [record('n1', { service: 'web/gone' })],
    node: 'n1',
    recorded: 'n2',
    changes: ['delete l2-n1'],
  },
];

describe('records', () => {
  for (const row of rows) {
    it(row.says, () => {
      const alive = new Set(row.alive ?? ['n1', 'n2']);
      const [n1, n2, ...rest] = objects;
      const list = row.withoutEndpoint === true ? [...rest.slice(0, 2), service('blog', ['10.0.0.1'])] : rest;
      const state = layer2State([n1 ?? {}, n2 ?? {}, ...list], {
        alive: aliveAlways(alive),
        recorded: row.recorded === undefined ? {} : { 'web/blog': row.recorded },
      });
      const share = nodeShare(state, row.node);
      const records = new RecordIndex(row.records);
      const speaker = { node: row.node, share, alive, others: new Set(['metallb-speaker']) };
      const changes = planRecords(state, records, speaker).map((change) =>
        change.kind === 'delete'
          ? `delete ${change.record.name}`
          : `${change.kind}${change.kind === 'patch' ? ` ${change.record.name}` : ''} ${change.interfaces.join(' ')}`,
      );
      assert.deepEqual(changes, row.changes);
    });
  }
});
