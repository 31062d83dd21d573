/** Stories of nodes that are deleted, stopped and restarted, and of what the router learns meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { configurationPatch, exposedService, HEALTHY, MESH, withChanges } from '../support/clusters.ts';
import { history, play } from '../support/played-cluster.ts';

const RANGE = '192.168.5.0/24';
const EDGE = '192.168.5.10/32';
const EXCLUDE = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };

const named = (kind: string, name: string, objects: readonly Raw[] = HEALTHY): Raw => {
  const found = objects.find((one) => one['kind'] === kind && (one['metadata'] as Raw)['name'] === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const NODE = named('Node', 'w2');
const moved = (on: string): Raw =>
  named('EndpointSlice', 'edge-1', exposedService('edge', { ip: '192.168.5.10', local: true, on: [on] }));

describe('a Node object is deleted while its daemons run', () => {
  it('and it still announces what it announced', () => {
    const observations = play({}, { remove: [NODE] });
    assert.deepEqual(history(RANGE, observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2']]);
  });

  it('and from 3.32 on, no change of a Service reaches it', () => {
    const observations = play({}, { remove: [NODE] }, { apply: [moved('w1')] });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1', 'w2']]);
  });

  it('and before, it follows the Services, but no BGPPeer', () => {
    const gone = named('BGPPeer', 'tor');
    const observations = play(
      { calicoVersion: 'v3.31.7' },
      { remove: [NODE] },
      { apply: [moved('w1')] },
      { remove: [gone] },
    );
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1'], []]);
    assert.deepEqual(history(RANGE, observations), [['w1', 'w2'], ['w1', 'w2'], ['w1', 'w2'], ['w2']]);
  });

  it('and before, its label to be excluded counts no longer once BGPConfiguration changes', () => {
    const objects = withChanges({ set: { 'Node/w2': { metadata: { labels: EXCLUDE } } } });
    const configuration = named(
      'BGPConfiguration',
      'default',
      withChanges(configurationPatch({ logSeverityScreen: 'Debug' })),
    );
    const steps = [{ remove: [NODE] }, { apply: [configuration] }];
    assert.deepEqual(history(RANGE, play({ objects, calicoVersion: 'v3.31.7' }, ...steps)), [
      ['w1'],
      ['w1'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history(RANGE, play({ objects }, ...steps)), [['w1'], ['w1'], ['w1']]);
  });

  it('and the mesh closes its sessions with it', () => {
    const [, after] = play({ objects: withChanges(configurationPatch(MESH)) }, { remove: [NODE] });
    const states = (node: string) =>
      after?.nodes[node]?.sessions.map(({ peer, state }) => `${peer} ${state}`);
    assert.deepEqual(states('w2'), ['10.10.0.10 down', '10.10.0.11 down', '10.10.0.1 Established']);
    assert.deepEqual(states('w1'), ['10.10.0.10 Established', '10.10.0.1 Established']);
  });

  it('and the routes end with its daemons', () => {
    const observations = play({}, { remove: [NODE] }, { stopNode: 'w2' });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], []]);
  });

  it('and a Node of its name that returns is rendered again', () => {
    const observations = play({}, { remove: [NODE] }, { apply: [moved('w1')] }, { apply: [NODE] });
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w1', 'w2'], ['w1']]);
  });
});
