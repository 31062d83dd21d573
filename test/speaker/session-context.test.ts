/** By which address of the node its routes are reached, and what becomes of them when it has others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrefix } from '../../src/net/prefix.ts';
import { node, peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { address } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import { nodeAddresses, R1, type SpeakerWorld, settledWorld, smallCluster } from './support/speaker-world.ts';

describe('next hops', () => {
  const both = [...serviceWithEndpoint('a', '10.20.1.1'), ...serviceWithEndpoint('b', 'fd00:20::1')];
  const dual = peer('r1', { peerAddress: R1, dualStackAddressFamily: true });
  const moved = (...ips: readonly string[]) => ({ status: nodeAddresses(...ips) });
  const untold = (world: SpeakerWorld) =>
    world.speaker.neighbours
      .get('r1')
      ?.unadvertisable.map(({ prefix, reason }) => `${formatPrefix(prefix)}: ${reason}`);

  it('are our end of the connection, and the node for the other family', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    assert.deepEqual(world.router(R1).table, [
      '10.20.1.1/32 via 10.213.0.11',
      'fd00:20::1/128 via fd00:213::11',
    ]);
  });

  it('are told anew where the session comes back over another address', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    const router = world.router(R1);
    router.seenAddress = address('10.213.9.9');
    world.sessions[0]?.lose();
    await world.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.9.9', 'fd00:20::1/128 via fd00:213::11']);
  });

  it('of the other family follow the node while the session stands, and it is not touched', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    const router = world.router(R1);
    await world.changeAndSettle((store) => store.patch('Node n1', moved('10.213.0.77', 'fd00:213::77')));
    assert.deepEqual(router.takeEvents(), ['+fd00:20::1/128']);
    assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.0.11', 'fd00:20::1/128 via fd00:213::77']);
    assert.equal(router.opens.length, 1);
  });

  it('that follow the node stay drained', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    world.speaker.setDraining(true);
    await world.changeAndSettle((store) => store.patch('Node n1', moved('fd00:213::77')));
    assert.deepEqual(world.router(R1).table, [
      '10.20.1.1/32 via 10.213.0.11 graceful-shutdown',
      'fd00:20::1/128 via fd00:213::77 graceful-shutdown',
    ]);
  });

  it('that there are none of leave a route untold, with a sentence, and everything else goes', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    await world.changeAndSettle((store) => store.patch('Node n1', moved('10.213.0.11')));
    assert.deepEqual(world.router(R1).takeEvents(), ['-fd00:20::1/128']);
    assert.deepEqual(untold(world), [
      'fd00:20::1/128: this node has no IPv6 address to be the next hop of fd00:20::1/128: give the Node an InternalIP of that family',
    ]);
    await world.changeAndSettle((store) => store.delete('Service web/b'));
    assert.deepEqual(untold(world), []);
  });

  it('that there are again have it told', async () => {
    const world = await settledWorld(
      node('n1', {}, nodeAddresses('10.213.0.11')),
      ...smallCluster(dual),
      ...both,
    );
    assert.equal(untold(world)?.length, 1);
    await world.changeAndSettle((store) => store.patch('Node n1', moved('10.213.0.11', 'fd00:213::11')));
    assert.deepEqual([world.router(R1).takeEvents(), untold(world)], [['+fd00:20::1/128'], []]);
  });

  it('of a session that is down are those of the node when it stands again', async () => {
    const world = await settledWorld(...smallCluster(dual), ...both);
    world.sessions[0]?.lose();
    await world.changeAndSettle((store) => store.patch('Node n1', moved('10.213.0.11', 'fd00:213::77')));
    await world.clock.advanceAsync(RETRY_TIME);
    assert.ok(world.router(R1).table.includes('fd00:20::1/128 via fd00:213::77'));
  });

  it('of IPv4 over an IPv6 session are the node by IPv4', async () => {
    const six = peer('r6', { peerAddress: 'fd00:213::1', dualStackAddressFamily: true });
    const world = await settledWorld(...smallCluster(six), ...both);
    assert.deepEqual(world.router('fd00:213::1').table, [
      '10.20.1.1/32 via 10.213.0.11',
      'fd00:20::1/128 via fd00:213::11',
    ]);
  });
});
