/** Next hops of a session, and how they follow the node's addresses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrefix } from '../../src/net/prefix.ts';
import { node, peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { address } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import {
  nodeAddresses,
  R1,
  SpeakerHarness,
  settledHarness,
  smallCluster,
} from './support/speaker-harness.ts';

describe('next hops', () => {
  const both = [...serviceWithEndpoint('a', '10.20.1.1'), ...serviceWithEndpoint('b', 'fd00:20::1')];
  const dual = peer('r1', { peerAddress: R1, dualStackAddressFamily: true });
  const newAddresses = (...ips: readonly string[]) => ({ status: nodeAddresses(...ips) });
  const unadvertisable = (harness: SpeakerHarness) =>
    [...(harness.speaker.neighbours.get('r1')?.unadvertisable ?? [])].map(
      ({ prefix, reason }) => `${formatPrefix(prefix)}: ${reason}`,
    );

  it('are the local end of the session, and the node address for the other family', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    assert.deepEqual(harness.router(R1).table, [
      '10.20.1.1/32 via 10.213.0.11',
      'fd00:20::1/128 via fd00:213::11',
    ]);
  });

  it('are re-advertised if the session is re-established over another address', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    const router = harness.router(R1);
    router.seenAddress = address('10.213.9.9');
    harness.sessions[0]?.lose();
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.9.9', 'fd00:20::1/128 via fd00:213::11']);
  });

  it('of the other family follow the node without resetting the session', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    const router = harness.router(R1);
    await harness.changeAndSettle((store) =>
      store.patch('Node n1', newAddresses('10.213.0.77', 'fd00:213::77')),
    );
    assert.deepEqual(router.takeEvents(), ['+fd00:20::1/128']);
    assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.0.11', 'fd00:20::1/128 via fd00:213::77']);
    assert.equal(router.opens.length, 1);
  });

  it('that follow the node keep GRACEFUL_SHUTDOWN during a drain', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    harness.speaker.setDraining(true);
    await harness.changeAndSettle((store) => store.patch('Node n1', newAddresses('fd00:213::77')));
    assert.deepEqual(harness.router(R1).table, [
      '10.20.1.1/32 via 10.213.0.11 graceful-shutdown',
      'fd00:20::1/128 via fd00:213::77 graceful-shutdown',
    ]);
  });

  it('that are missing make a route unadvertisable, with a reason, and other routes are sent', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    await harness.changeAndSettle((store) => store.patch('Node n1', newAddresses('10.213.0.11')));
    assert.deepEqual(harness.router(R1).takeEvents(), ['-fd00:20::1/128']);
    assert.deepEqual(unadvertisable(harness), [
      'fd00:20::1/128: this node has no IPv6 address to be the next hop of fd00:20::1/128: give the Node an InternalIP of that family',
    ]);
    await harness.changeAndSettle((store) => store.delete('Service web/b'));
    assert.deepEqual(unadvertisable(harness), []);
  });

  it('of a family that the Node does not show are those of the interface of the session', async () => {
    const harness = new SpeakerHarness([
      node('n1', {}, nodeAddresses('10.213.0.11')),
      ...smallCluster(dual).slice(1),
      ...both,
    ]);
    harness.interfaceAddresses = { 4: address('10.213.0.11'), 6: address('fd00:213::99') };
    await harness.start();
    assert.deepEqual(harness.router(R1).table, [
      '10.20.1.1/32 via 10.213.0.11',
      'fd00:20::1/128 via fd00:213::99',
    ]);
    await harness.changeAndSettle((store) =>
      store.patch('Node n1', newAddresses('10.213.0.11', 'fd00:213::11')),
    );
    assert.ok(harness.router(R1).table.includes('fd00:20::1/128 via fd00:213::11'), 'the Node decides');
  });

  it('that appear again let the route be advertised', async () => {
    const harness = await settledHarness(
      node('n1', {}, nodeAddresses('10.213.0.11')),
      ...smallCluster(dual),
      ...both,
    );
    assert.equal(unadvertisable(harness).length, 1);
    await harness.changeAndSettle((store) =>
      store.patch('Node n1', newAddresses('10.213.0.11', 'fd00:213::11')),
    );
    assert.deepEqual([harness.router(R1).takeEvents(), unadvertisable(harness)], [['+fd00:20::1/128'], []]);
  });

  it('are those of the node when a lost session is re-established', async () => {
    const harness = await settledHarness(...smallCluster(dual), ...both);
    harness.sessions[0]?.lose();
    await harness.changeAndSettle((store) =>
      store.patch('Node n1', newAddresses('10.213.0.11', 'fd00:213::77')),
    );
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.ok(harness.router(R1).table.includes('fd00:20::1/128 via fd00:213::77'));
  });

  it('of IPv4 over an IPv6 session are the IPv4 address of the node', async () => {
    const six = peer('r6', { peerAddress: 'fd00:213::1', dualStackAddressFamily: true });
    const harness = await settledHarness(...smallCluster(six), ...both);
    assert.deepEqual(harness.router('fd00:213::1').table, [
      '10.20.1.1/32 via 10.213.0.11',
      'fd00:20::1/128 via fd00:213::11',
    ]);
  });
});
