/** The wire over time: probes before the first answer, and other hosts that use our addresses (RFC 5227). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASKER, advertisement, arp, OTHER, US } from './support/frames.ts';
import { eth, owned, WireStory } from './support/wire-story.ts';

const REPLY = `eth0: ${US} > ${ASKER} reply 192.0.2.10 is ${US}, to 192.0.2.1 at ${ASKER}, 60 octets`;
const ANNOUNCED = [
  `eth0: ${US} > ff:ff:ff:ff:ff:ff request 192.0.2.10 is ${US}, to 192.0.2.10 at 00:00:00:00:00:00, 60 octets`,
  `eth0: ${US} > ff:ff:ff:ff:ff:ff reply 192.0.2.10 is ${US}, to 192.0.2.10 at ${US}, 60 octets`,
];
const PROBE = `eth0: ${US} > ff:ff:ff:ff:ff:ff request 0.0.0.0 is ${US}, to 192.0.2.10 at 00:00:00:00:00:00, 60 octets`;
const ANSWERING = 'answering 192.0.2.10 eth0';
const GRATUITOUS = arp({ sender: '192.0.2.10' });

describe('an address that is probed', () => {
  it('is answered for after three probes without an answer', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10', { isProbed: true }));
    assert.deepEqual(wire.take(), [PROBE]);
    assert.deepEqual(wire.receive(arp()), []);
    wire.run(299);
    assert.deepEqual(wire.take(), [PROBE, PROBE]);
    wire.run(1);
    assert.deepEqual(wire.take(), [...ANNOUNCED, ANSWERING]);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
  });

  it('of IPv6 is probed as duplicate address detection does', () => {
    const wire = new WireStory();
    wire.own(owned('2001:db8::10', { isProbed: true }));
    assert.deepEqual(wire.take(), [
      'join ff02::1:ff00:10 on 2',
      `eth0: ${US} > 33:33:ff:00:00:10 NS :: > ff02::1:ff00:10 hop 255 2001:db8::10 [] `,
    ]);
    assert.deepEqual(wire.receive(advertisement()), [`refused 2001:db8::10 eth0 ${ASKER}`]);
  });

  it('is refused when another host answers, and probed again a minute later', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10', { isProbed: true }));
    wire.take();
    const answer = arp({ operation: 2, sender: '192.0.2.10', target: '0.0.0.0', to: US });
    assert.deepEqual(wire.receive(answer), [`refused 192.0.2.10 eth0 ${ASKER}`]);
    assert.deepEqual(wire.receive(arp({ from: OTHER })), []);
    wire.run(59_999);
    assert.deepEqual(wire.take(), []);
    wire.run(301);
    assert.deepEqual(wire.take(), [PROBE, PROBE, PROBE, ...ANNOUNCED, ANSWERING]);
  });

  it('is refused on one interface, and answered for on another', () => {
    const wire = new WireStory([eth(0), eth(1)]);
    wire.own(owned('192.0.2.10', { isProbed: true }));
    wire.receive(GRATUITOUS);
    wire.run(400);
    assert.ok(wire.take().includes('answering 192.0.2.10 eth1'));
    assert.deepEqual(wire.receive(arp({ from: OTHER })), []);
    assert.equal(wire.receive(arp(), 1).length, 1);
  });

  it('is not refused because of a speaker: the decision is not the wire’s', () => {
    const wire = new WireStory();
    wire.responder.setSpeakers([ASKER], 0);
    wire.own(owned('192.0.2.10', { isProbed: true }));
    wire.take();
    assert.deepEqual(wire.receive(arp({ sender: '192.0.2.10', target: '192.0.2.10' })), [
      `claimed 192.0.2.10 eth0 ${ASKER} speaker announces`,
    ]);
    wire.run(300);
    assert.ok(wire.take().includes(ANSWERING));
  });

  it('is probed again at once when the host turns out to be a speaker', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10', { isProbed: true }));
    wire.receive(GRATUITOUS);
    wire.take();
    wire.responder.setSpeakers([OTHER], wire.now);
    wire.run(0);
    assert.deepEqual(wire.take(), []);
    wire.responder.setSpeakers([ASKER], wire.now);
    wire.run(0);
    assert.deepEqual(wire.take(), [PROBE]);
  });
});

describe('a claim of another host', () => {
  it('is reported once a second, for each of its MAC addresses', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    assert.deepEqual(wire.receive(GRATUITOUS), [`claimed 192.0.2.10 eth0 ${ASKER} unknown announces`]);
    assert.deepEqual(wire.receive(GRATUITOUS), []);
    assert.deepEqual(wire.receive(arp({ sender: '192.0.2.10', target: '192.0.2.10', from: OTHER })), [
      `claimed 192.0.2.10 eth0 ${OTHER} unknown announces`,
    ]);
    wire.run(1000);
    wire.take();
    assert.equal(wire.receive(GRATUITOUS).length, 1);
  });

  it('is reported twenty times a second at most, whatever MAC addresses it has; speakers are reported all', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    const claim = (number: number): Uint8Array =>
      arp({ sender: '192.0.2.10', from: `02:00:00:00:01:${number.toString(16).padStart(2, '0')}` });
    const lines = Array.from({ length: 100 }, (_, index) => wire.receive(claim(index))).flat();
    assert.equal(lines.length, 20);
    wire.responder.setSpeakers([OTHER], wire.now);
    assert.equal(wire.receive(arp({ sender: '192.0.2.10', from: OTHER })).length, 1);
  });

  it('does not end the answers, and changes nothing by itself', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.receive(GRATUITOUS);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
  });

  it('is answered with an announcement when asked, once in ten seconds', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.run(5000);
    wire.take();
    const defend = (): string[] => {
      wire.responder.defend(owned('192.0.2.10').address, 'eth0', wire.now);
      return wire.take().filter((line) => line.startsWith('eth0'));
    };
    assert.deepEqual(defend(), ANNOUNCED);
    wire.run(9999);
    assert.deepEqual(defend(), []);
    wire.run(1);
    assert.deepEqual(defend(), ANNOUNCED);
  });

  it('by our own other interface, on the same segment, is one of a speaker', () => {
    const wire = new WireStory([eth(0), eth(1)]);
    wire.own(owned('192.0.2.10'));
    wire.take();
    const [line] = wire.receive(arp({ sender: '192.0.2.10', target: '192.0.2.10', from: eth(1).mac }));
    assert.match(line ?? '', /speaker announces$/);
  });
});
