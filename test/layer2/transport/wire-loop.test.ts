/** The wire against kernels, in network namespaces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { arp, solicitation } from '../packets/support/frames.ts';
import { HOST_MAC, NODE_MAC, WireBed } from './support/wire-bed.ts';

const LIMIT = { timeout: 240_000, skip: skipWithoutNetworkBinaries() };

describe('a wire in a network namespace', LIMIT, () => {
  it('is found by the kernel of a host, answers frames, and keeps VLANs apart', async (test) => {
    const bed = new WireBed(test);
    const [wire, host] = await Promise.all([bed.startWire(), bed.startHost()]);
    wire.own('192.0.2.10', '2001:db8::10');
    await host.frame(/request 192\.0\.2\.10 is 02:00:00:00:00:aa, to 192\.0\.2\.10 at 00:00/);
    assert.equal(await bed.resolve('192.0.2.10'), NODE_MAC);
    assert.equal(await bed.resolve('2001:db8::10'), NODE_MAC);

    const reply = new RegExp(`${NODE_MAC} > ${HOST_MAC} reply 192.0.2.10 is ${NODE_MAC}, to 192.0.2.77`);
    const asked = { from: HOST_MAC, sender: '192.0.2.77' };
    host.send(arp({ ...asked, tags: [[0x8100, 10]] }));
    host.send(arp({ ...asked, sender: '192.0.2.78' }));
    await host.frame(/reply 192.0.2.10 is .* to 192.0.2.78/);
    assert.ok(!host.frames().some((frame) => reply.test(frame)), 'a request of another VLAN is not answered');
    host.send(arp({ ...asked, tags: [[0x8100, 0x2000]] }));
    await host.frame(reply);

    host.send(solicitation({ from: HOST_MAC, destination: '2001:db8::10', to: NODE_MAC }));
    await host.frame(/NA 2001:db8::10 > fe80::1 hop 255 2001:db8::10 \[SO\]/);
    host.send(solicitation({ from: HOST_MAC, source: '::', options: [] }));
    await host.frame(/NA 2001:db8::10 > ff02::1 hop 255 2001:db8::10 \[O\]/);

    wire.send({ kind: 'close' });
    assert.equal(await wire.program.ended(), 'code 0');
  });
});
