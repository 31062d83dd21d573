/**
 * Thousands of IPv6 addresses behind a switch that forwards multicast frames only to ports whose hosts reported the group
 * (MLD snooping). BERTH_FULL=1 has 5,000 of them.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NODE_MAC, WireBed } from './support/wire-bed.ts';

const LIMIT = { timeout: 240_000, skip: skipWithoutNetworkBinaries() };
const ADDRESSES = process.env['BERTH_FULL'] === '1' ? 5000 : 800;
const GROUPS_OF_SWITCH_MAX = 16_384;

describe('a wire behind a switch that snoops multicast', LIMIT, () => {
  it('reports the group of each address, though one socket has no memory for all, and is asked for each', async (test) => {
    let segment: NetworkNamespace | undefined;
    const bed = new WireBed(test, (node, host, network) => {
      segment = network.namespace('switch');
      segment.ip(
        `link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_hash_max ${GROUPS_OF_SWITCH_MAX}`,
        'link set br0 up',
      );
      for (const [port, one] of Object.entries({ node, host })) {
        one.addVeth('eth0', segment, port);
        segment.ip(`link set ${port} master br0`);
      }
    });
    bed.node.setSysctls({ 'core/optmem_max': '20480' });
    const wire = await bed.startWire();
    const addresses = Array.from(
      { length: ADDRESSES },
      (_, index) => `2001:db8::1:${(index + 1).toString(16)}`,
    );
    wire.own(...addresses);
    const pending = new Set(addresses);
    while (pending.size > 0) pending.delete(`${(await wire.event('answering'))['address']}`);
    await eventually(
      async () => {
        const shown = (await segment?.run('bridge', 'mdb', 'show', 'dev', 'br0')) ?? '';
        const groups = new Set(shown.match(/port node grp ff02::1:ff01:[0-9a-f]+/g) ?? []);
        assert.equal(groups.size, ADDRESSES);
      },
      { limit: 60_000 },
    );
    for (const address of [addresses[0], addresses[ADDRESSES >> 1], addresses[ADDRESSES - 1]])
      assert.equal(await bed.resolve(address ?? ''), NODE_MAC);
  });
});

describe('a wire that cannot join a group', LIMIT, () => {
  it('receives all multicast frames, says so once, and answers', async (test) => {
    const bed = new WireBed(test);
    const wire = await bed.startWire();
    bed.node.setSysctls({ 'core/optmem_max': '1' });
    wire.own('2001:db8::10', '2001:db8::11');
    const { message } = await wire.event('problem');
    assert.match(
      `${message}`,
      /^interface eth0 receives all multicast frames, because a group cannot be joined: \S/,
    );
    assert.match(await bed.node.run('ip', '-d', 'link', 'show', 'eth0'), / allmulti 1 /);
    for (const address of ['2001:db8::10', '2001:db8::11'])
      assert.equal(await bed.resolve(address), NODE_MAC);
    assert.ok(!wire.program.lines.some((line) => line.includes('"problem"')), 'it is said once');
  });

  it('does not hide that a filter could not be replaced', async (test) => {
    const bed = new WireBed(test);
    const wire = await bed.startWire();
    bed.node.setSysctls({ 'core/optmem_max': '1' });
    wire.own('192.0.2.10');
    const { message } = await wire.event('problem');
    assert.match(
      `${message}`,
      /^new addresses may not be answered for by ARP: the kernel rejects the packet filter: \S/,
    );
  });
});
