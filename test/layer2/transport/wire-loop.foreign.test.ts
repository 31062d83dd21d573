/** The wire beside hosts that answer for everything, and under a flood of requests, in network namespaces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { arp } from '../packets/support/frames.ts';
import { HOST_MAC, NODE_MAC, WireBed } from './support/wire-bed.ts';

const LIMIT = { timeout: 240_000, skip: skipWithoutNetworkBinaries() };
/** Of a network behind the host. */
const BEHIND = '198.51.100.10';
const FLOOD = 20_000;

describe('a wire beside a host with proxy ARP', LIMIT, () => {
  it('takes an address that the host would answer for: a proxy does not answer probes', async (test) => {
    const bed = new WireBed(test);
    const { host: proxy, node } = bed;
    proxy.ip(
      'link add up0 type veth peer name up1',
      'link set up1 up',
      'link set up0 up',
      'route add 198.51.100.0/24 dev up0',
    );
    proxy.setSysctls({ 'ipv4/conf/eth0/proxy_arp': '1', 'ipv4/neigh/eth0/proxy_delay': '0' });
    node.ip('route add 198.51.100.0/24 dev eth0');
    await eventually(async () => {
      await node.run('bash', '-c', `echo x > /dev/udp/${BEHIND}/9`).catch(() => {});
      assert.match(await node.run('ip', 'neigh', 'show', 'to', BEHIND), new RegExp(`lladdr ${HOST_MAC}`));
    });
    const wire = await bed.startWire();
    wire.send({ kind: 'own', table: [{ address: BEHIND, isProbed: true }] });
    const answering = await wire.event('answering');
    assert.equal(answering['address'], BEHIND);
    assert.ok(!wire.program.lines.some((line) => line.includes('"refused"')));
  });
});

describe('a wire under a flood of requests', LIMIT, () => {
  it('goes on with commands and announcements, and answers afterwards', async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    wire.own('192.0.2.10');
    await wire.event('answering');
    const request = arp({ from: HOST_MAC });
    for (let count = 0; count < FLOOD; count++) host.send(request);
    wire.own('192.0.2.10', '192.0.2.11');
    await wire.event('answering', (event) => event['address'] === '192.0.2.11');
    await host.frame(/request 192\.0\.2\.11 is 02:00:00:00:00:aa/);
    assert.equal(await bed.resolve('192.0.2.11'), NODE_MAC);
    wire.own('192.0.2.11');
    wire.send({ kind: 'close' });
    assert.equal(await wire.program.ended(), 'code 0');
  });
});
