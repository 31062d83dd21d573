/** The BFD settings of a peer: those of its BFDProfile, which may be missing, invalid, or changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatObjectIssue } from '../../../src/announce/config/object-issue.ts';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import type { Raw } from '../../../src/base/json.ts';
import { BFD_DEFAULTS } from '../../../src/config/bfd-profile.ts';
import { DEFAULT_SPEAKER, node, peer, SimulatedSpeaker } from '../support/cluster.ts';

const profile = (name: string, spec: Raw = {}, namespace = 'metallb-system'): Raw => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'BFDProfile',
  metadata: { name, namespace },
  spec,
});

const clusterOf = (...objects: readonly Raw[]): SimulatedSpeaker =>
  new SimulatedSpeaker([node('n1'), ...objects]);

const bfdOf = ({ state }: SimulatedSpeaker) => state.sessions[0]?.peer.bfd;

const warningsOf = ({ state }: SimulatedSpeaker): readonly string[] =>
  state.nodeConfig.warnings.map(formatObjectIssue);

describe('a peer with a bfdProfile', () => {
  it('has the settings of that profile', () => {
    const cluster = clusterOf(profile('fast', { transmitInterval: 100 }), peer('r1', { bfdProfile: 'fast' }));
    assert.deepEqual(bfdOf(cluster), { ...BFD_DEFAULTS, name: 'fast', transmitInterval: 100 });
    assert.deepEqual([cluster.errorLines, warningsOf(cluster)], [[], []]);
  });

  it('has no session before the profile exists, with the text of MetalLB', () => {
    const cluster = clusterOf(profile('fast', {}, 'other'), peer('r1', { bfdProfile: 'fast' }));
    assert.deepEqual(cluster.state.sessions, []);
    assert.deepEqual(cluster.state.nodeConfig.errors.map(formatObjectIssue), [
      'peer r1 referencing non existing bfd profile fast',
    ]);
    cluster.change((store) => store.create(profile('fast')));
    assert.deepEqual([bfdOf(cluster)?.name, cluster.errorLines], ['fast', []]);
  });

  it('keeps its settings when the profile is deleted, and says so', () => {
    const cluster = clusterOf(profile('fast'), peer('r1', { bfdProfile: 'fast' }));
    cluster.change((store) => store.delete('BFDProfile fast'));
    assert.equal(bfdOf(cluster)?.name, 'fast');
    assert.match(cluster.errorLines.join(), /there is no BFDProfile "fast": create it/);
  });

  it('keeps the last valid settings when the profile becomes invalid', () => {
    const cluster = clusterOf(profile('fast', { transmitInterval: 100 }), peer('r1', { bfdProfile: 'fast' }));
    cluster.change((store) => store.patch('BFDProfile fast', { spec: { transmitInterval: 5 } }));
    assert.equal(bfdOf(cluster)?.transmitInterval, 100);
    assert.deepEqual(cluster.errorLines, [
      'BFDProfile fast: spec.transmitInterval: must be from 10 to 60000, not the number 5',
    ]);
    cluster.change((store) => store.patch('BFDProfile fast', { spec: { transmitInterval: 200 } }));
    assert.deepEqual([bfdOf(cluster)?.transmitInterval, cluster.errorLines], [200, []]);
  });

  it('has a session without BFD while the profile was never valid', () => {
    const cluster = clusterOf(profile('fast', { detectMultiplier: 1 }), peer('r1', { bfdProfile: 'fast' }));
    assert.equal(bfdOf(cluster), null);
    assert.equal(cluster.errorLines.length, 1);
    assert.match(
      warningsOf(cluster).join(),
      /^BGPPeer "r1": spec.bfdProfile: the BFDProfile "fast" is invalid/,
    );
  });
});

describe('a profile', () => {
  it('that nobody names is validated', () => {
    const cluster = clusterOf(profile('spare', { minimumTtl: 255, receiveInterval: 1 }), peer('r1'));
    assert.equal(bfdOf(cluster), null);
    assert.equal(cluster.errorLines.length, 2);
  });

  it('that is changed does not change the session, only its BFD settings', () => {
    const model = new NodeModel(DEFAULT_SPEAKER);
    const config = (interval: number) => ({
      ...{ pools: [], advertisements: [], layer2: [], communities: [], secrets: [] },
      peers: [peer('r1', { bfdProfile: 'fast' })],
      bfdProfiles: [profile('fast', { transmitInterval: interval })],
    });
    model.putNode({
      ...{ name: 'n1', labels: {}, isExcluded: false, isNetworkUnavailable: false },
      addresses: { 4: null, 6: null },
    });
    model.putConfig(config(100));
    assert.equal(model.recompute().peers.added.length, 1);
    model.putConfig(config(200));
    assert.deepEqual(model.recompute().peers, { added: [], changed: [], removed: [] });
    assert.equal(model.sessions[0]?.peer.bfd?.transmitInterval, 200);
  });
});
