/** The thread of the wire: its start, its end, and what it does when the process stands still. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventuallyEqual } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { arp, OTHER } from '../packets/support/frames.ts';
import { HOST_MAC, WireBed, WireProgram } from './support/wire-bed.ts';

const LIMIT = { timeout: 240_000, skip: skipWithoutNetworkBinaries() };

describe('the thread of a wire', LIMIT, () => {
  it('does not start without NET_RAW, and says so', async (test) => {
    const bed = new WireBed(test);
    const wire = new WireProgram(bed.startProgram({ WITHOUT_RIGHTS: '1' }));
    const { message } = await wire.event('refused to open');
    assert.match(`${message}`, /^packet sockets need the capability NET_RAW: /);
    assert.match(
      `${message}`,
      /securityContext of its DaemonSet, as "kubectl apply -k deploy\/layer2" does$/,
    );
    assert.equal(await wire.program.ended(), 'code 0');
  });

  it('does not hold up the end of a process that did not close it', async (test) => {
    const bed = new WireBed(test);
    const wire = await bed.startWire();
    wire.send({ kind: 'exit' });
    assert.equal(await wire.program.ended(), 'code 7');
  });

  it('answers nothing after the process was stopped, until it is resumed', async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([
      bed.startWire({ WIRE_SUSPENDED_AFTER: '1500' }),
      bed.startHost(),
    ]);
    wire.own('192.0.2.10');
    await wire.event('answering');
    wire.program.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1700));
    host.send(arp({ from: HOST_MAC, sender: '192.0.2.55' }));
    wire.program.kill('SIGCONT');
    const { duration } = await wire.event('suspended');
    assert.ok(Number(duration) >= 1500);
    host.frames();
    wire.send({ kind: 'resume' });
    await wire.event('answering');
    await host.frame(/request 192\.0\.2\.10 is/);
    host.send(arp({ from: HOST_MAC, sender: '192.0.2.56' }));
    await host.frame(/reply 192\.0\.2\.10 .* to 192\.0\.2\.56/);
    assert.ok(!host.frames().some((frame) => frame.includes('192.0.2.55')));
  });

  it('probes, refuses an address that the host has, reports claims, and defends', async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    bed.host.ip('address add 192.0.2.50/24 dev eth0', 'address add 2001:db8::50/64 dev eth0');
    const table = ['192.0.2.50', '2001:db8::50', '192.0.2.51'].map((address) => ({
      address,
      isProbed: true,
    }));
    wire.send({ kind: 'own', table });
    const refused = [await wire.event('refused'), await wire.event('refused')];
    assert.deepEqual(refused.map((event) => [event['address'], event['mac']]).sort(), [
      ['192.0.2.50', HOST_MAC],
      ['2001:db8::50', HOST_MAC],
    ]);
    await wire.event('answering', (event) => event['address'] === '192.0.2.51');

    host.send(arp({ from: OTHER, sender: '192.0.2.51', target: '192.0.2.51' }));
    const claim = await wire.event('claimed');
    assert.deepEqual([claim['mac'], claim['isSpeaker'], claim['isAnnouncement']], [OTHER, false, true]);
    host.frames();
    wire.send({ kind: 'defend', address: '192.0.2.51', interface: 'eth0' });
    await host.frame(/request 192\.0\.2\.51 is 02:00:00:00:00:aa/);
    wire.send({ kind: 'speakers', macs: [OTHER, HOST_MAC] });
    await wire.event('answering', (event) => event['address'] === '192.0.2.50'); // no conflict: a speaker has it
  });

  it('answers for a thousand addresses of each family, whose groups need several sockets', async (test) => {
    const bed = new WireBed(test);
    bed.node.setSysctls({ 'core/optmem_max': '20480' });
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    const addresses = Array.from({ length: 1000 }, (_, index) => [
      `198.51.${100 + (index >> 8)}.${index & 255}`,
      `2001:db8::1:${(index + 1).toString(16)}`,
    ]).flat();
    wire.own(...addresses);
    const pending = new Set(addresses);
    while (pending.size > 0) pending.delete(`${(await wire.event('answering'))['address']}`);
    const groups = async (): Promise<number> =>
      ((await bed.node.run('ip', 'maddress', 'show', 'dev', 'eth0')).match(/ff02::1:ff01:/g) ?? []).length;
    assert.equal(await groups(), 1000);
    const firsts = host
      .frames()
      .filter((frame) => / request .* to /.test(frame))
      .map((frame) => frame.split(' ')[4]);
    assert.equal(new Set(firsts.filter((address) => address?.startsWith('198.51'))).size, 1000);
    host.send(arp({ from: HOST_MAC, target: '198.51.103.231', sender: '192.0.2.56' }));
    await host.frame(/reply 198\.51\.103\.231 is/);
    assert.equal(await bed.resolve('2001:db8::1:3e8'), '02:00:00:00:00:aa');
    wire.own();
    await eventuallyEqual(groups, 0);
    host.send(arp({ from: HOST_MAC, target: '198.51.103.231', sender: '192.0.2.57' }));
    wire.send({ kind: 'close' });
    assert.equal(await wire.program.ended(), 'code 0');
    assert.ok(!host.frames().some((frame) => frame.includes('192.0.2.57')));
  });
});
