/** Events about BFD in the configuration. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BfdConfigEvents } from '../../../src/speaker/status/bfd-config-events.ts';
import { peer, SimulatedSpeaker } from '../../announce/support/cluster.ts';
import { profile } from '../support/bfd-harness.ts';
import { R1, smallCluster } from '../support/speaker-harness.ts';

function rig() {
  const sent: string[] = [];
  const cluster = new SimulatedSpeaker(smallCluster());
  const events = new BfdConfigEvents({
    find: (kind, name) => ({
      ...{ apiVersion: 'metallb.io/v1beta1', kind, namespace: 'metallb-system', name },
      ...{ uid: '1', resourceVersion: '' },
    }),
    send: ({ regarding, event }) =>
      sent.push(`${regarding.kind} ${regarding.name} ${event.reason}: ${event.message}`),
  });
  const change = (edit: Parameters<SimulatedSpeaker['change']>[0]): readonly string[] => {
    const { errors, warnings } = cluster.change(edit).state.nodeConfig;
    events.reconciled(errors, warnings);
    return sent.splice(0);
  };
  return { change };
}

describe('an event about BFD', () => {
  it('names every field of an invalid profile with its bounds, once, and again when they change', () => {
    const { change } = rig();
    const invalid = profile('fast', { transmitInterval: 5, detectMultiplier: 1 });
    assert.deepEqual(
      change((store) => store.create(invalid)),
      [
        'BFDProfile fast BFDProfileInvalid: spec.transmitInterval: must be from 10 to 60000, not the number 5; spec.detectMultiplier: must be from 2 to 255, not the number 1',
      ],
    );
    assert.deepEqual(
      change((store) => store.create(peer('other', { peerAddress: R1 }))),
      [],
    );
    assert.deepEqual(
      change((store) => store.patch('BFDProfile fast', { spec: { transmitInterval: 100 } })),
      ['BFDProfile fast BFDProfileInvalid: spec.detectMultiplier: must be from 2 to 255, not the number 1'],
    );
  });

  it('warns about a profile that is in force, and not as written', () => {
    const [line = ''] = rig().change((store) => store.create(profile('fast', { echoMode: true })));
    assert.match(line, /^BFDProfile fast BFDProfileWarning: spec.echoMode: has no effect/);
  });

  it('is on the peer that names a missing profile, with the fix', () => {
    const { change } = rig();
    const named = peer('r1', { peerAddress: R1, bfdProfile: 'fsat' });
    assert.deepEqual(
      change((store) => store.create(named)),
      [
        'BGPPeer r1 BFDProfileInvalid: spec.bfdProfile: there is no BFDProfile "fsat": create it, or correct the name',
      ],
    );
    assert.deepEqual(
      change((store) => store.patch('BGPPeer r1', { spec: { bfdProfile: null } })),
      [],
    );
    assert.equal(
      change((store) => store.patch('BGPPeer r1', { spec: { bfdProfile: 'fsat' } })).length,
      1,
      'a mistake that comes back is reported again',
    );
  });
});
