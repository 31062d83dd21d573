/** The objects that configure the programs, in the overview. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { describeConfiguration } from '../../src/overview/configuration-overview.ts';
import { readKind } from '../../src/overview/knowledge.ts';

const object = (kind: string, name: string, spec: Raw, metadata: Raw = {}): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind },
  metadata: { name, namespace: 'metallb-system', ...metadata },
  spec,
});

const describeObjects = (...objects: readonly Raw[]) =>
  describeConfiguration((kind) =>
    readKind(
      kind,
      objects.filter((raw) => raw['kind'] === kind),
      'metallb-system',
    ),
  );

describe('the configuration of the overview', () => {
  it('has the fields of each object by their paths, by kind and name', () => {
    const described = describeObjects(
      object('L2Advertisement', 'b', { interfaces: ['eth0'] }, { generation: 3 }),
      object('L2Advertisement', 'a', {}),
      object('BFDProfile', 'fast', { receiveInterval: 50 }),
      object('Pod', 'speaker', {}),
    );
    assert.deepEqual(
      described.map(({ kind, name, fields, generation }) => ({ kind, name, fields, generation })),
      [
        { kind: 'BFDProfile', name: 'fast', fields: { 'spec.receiveInterval': 50 }, generation: null },
        { kind: 'L2Advertisement', name: 'a', fields: {}, generation: null },
        { kind: 'L2Advertisement', name: 'b', fields: { 'spec.interfaces': ['eth0'] }, generation: 3 },
      ],
    );
  });

  it('has no password', () => {
    const [peer] = describeObjects(object('BGPPeer', 'tor', { password: 'hidden', peerASN: 64512 }));
    assert.deepEqual(peer?.fields, { 'spec.peerASN': 64512 });
    assert.doesNotMatch(JSON.stringify(peer), /hidden/);
  });

  it('has of a pool its labels, and not what the pools say already', () => {
    const spec = { addresses: ['192.0.2.0/24'], autoAssign: false, avoidBuggyIPs: true };
    const [pool] = describeObjects(object('IPAddressPool', 'main', spec, { labels: { zone: 'a' } }));
    assert.deepEqual(pool?.fields, { 'metadata.labels': { zone: 'a' }, 'spec.avoidBuggyIPs': true });
  });
});
