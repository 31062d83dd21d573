/** The wire while interfaces and addresses come and go, by netlink alone, in network namespaces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { arp } from '../packets/support/frames.ts';
import { HOST_MAC, type ReportedEvent, WireBed } from './support/wire-bed.ts';

const LIMIT = { timeout: 240_000, skip: skipWithoutNetworkBinaries() };

type Described = {
  readonly name: string;
  readonly mac: string;
  readonly addresses: readonly { readonly address: string }[];
};

const interfacesOf = ({ interfaces }: ReportedEvent): readonly Described[] =>
  interfaces as readonly Described[];
const names = (event: ReportedEvent): string =>
  interfacesOf(event)
    .map(({ name }) => name)
    .join(' ');

/** Frames that have come in by eth0. */
async function received(node: NetworkNamespace): Promise<number> {
  const [{ stats64 }] = JSON.parse(await node.run('ip', '-s', '-j', 'link', 'show', 'eth0'));
  return stats64.rx.packets;
}

describe('the interfaces of a wire', LIMIT, () => {
  it('are those that can answer now: added, renamed, enslaved, down, with another MAC, removed', async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    const { node } = bed;
    wire.own('192.0.2.10');
    await wire.event('answering');
    host.frames();

    node.ip('link add eth1 type veth peer name peer1', 'link set peer1 up', 'link set eth1 up');
    await wire.event('interfaces', (event) => names(event).includes('eth1'));
    await wire.event('answering', (event) => event['interface'] === 'eth1');

    node.ip('link set eth1 down', 'link set eth1 name lan7');
    await wire.event('interfaces', (event) => !names(event).includes('eth1'));
    node.ip('link set lan7 up');
    await wire.event('answering', (event) => event['interface'] === 'lan7');

    node.ip('link add br0 type bridge', 'link set lan7 master br0', 'link set br0 up');
    await wire.event('interfaces', (event) => !names(event).includes('lan7') && names(event).includes('br0'));
    node.ip('link set lan7 nomaster');
    await wire.event('interfaces', (event) => names(event).includes('lan7'));

    node.ip('link set peer1 down');
    await wire.event('interfaces', (event) => !names(event).includes('lan7'));
    node.ip('link delete lan7');

    node.ip('address delete 192.0.2.2/24 dev eth0');
    await wire.event('interfaces', (event) =>
      interfacesOf(event).some(
        ({ name, addresses }) => name === 'eth0' && !addresses.some(({ address }) => address === '192.0.2.2'),
      ),
    );
    host.send(arp({ from: HOST_MAC }));
    await host.frame(/reply 192\.0\.2\.10 is 02:00:00:00:00:aa/); // an interface without an IPv4 address answers

    node.ip('link set eth0 address 02:00:00:00:00:bb');
    await host.frame(/request 192\.0\.2\.10 is 02:00:00:00:00:bb, to 192\.0\.2\.10/);
    assert.notEqual(await bed.resolve('192.0.2.10'), 'unknown');

    wire.send({ kind: 'exclude', patterns: ['^eth.*'] });
    await wire.event('interfaces', (event) => !names(event).includes('eth0'));
    host.frames();
    const before = await received(node);
    host.send(arp({ from: HOST_MAC, sender: '192.0.2.66' }));
    // The host's program sends when it gets to it: the request has to be here before eth0 counts again.
    await eventually(async () => assert.ok((await received(node)) > before, 'the request has not arrived'));
    wire.send({ kind: 'exclude', patterns: [] });
    await host.frame(/request 192\.0\.2\.10 is 02:00:00:00:00:bb/);
    assert.ok(!host.frames().some((frame) => frame.includes('to 192.0.2.66')));
  });

  it('are listed again when the kernel could not report all changes', async (test) => {
    const bed = new WireBed(test);
    const wire = await bed.startWire();
    const many = Array.from({ length: 3000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
    wire.program.kill('SIGSTOP'); // so nobody reads the changes, and there is no room for all of them
    bed.node.ip(
      ...many.map((address) => `address add ${address}/32 dev eth0`),
      'link add late0 type veth peer name late1',
      'link set late1 up',
      'link set late0 up',
    );
    wire.program.kill('SIGCONT');
    const listed = await wire.event('interfaces', (event) => names(event).includes('late0'));
    const addresses = interfacesOf(listed).find(({ name }) => name === 'eth0')?.addresses ?? [];
    const found = new Set(addresses.map(({ address }) => address));
    assert.deepEqual(
      many.filter((address) => !found.has(address)),
      [],
    );
    bed.node.ip('link delete late0');
    const last = await wire.event('interfaces', (event) => !names(event).includes('late0'));
    assert.equal(names(last), 'eth0', 'changes are followed again');
  });
});
