/** The wire over time: events go in, frames and reports come out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ASKER, arp, OTHER, solicitation, US } from './support/frames.ts';
import { eth, owned, WireStory } from './support/wire-story.ts';

const REPLY = `eth0: ${US} > ${ASKER} reply 192.0.2.10 is ${US}, to 192.0.2.1 at ${ASKER}, 60 octets`;
const ANNOUNCED = [
  `eth0: ${US} > ff:ff:ff:ff:ff:ff request 192.0.2.10 is ${US}, to 192.0.2.10 at 00:00:00:00:00:00, 60 octets`,
  `eth0: ${US} > ff:ff:ff:ff:ff:ff reply 192.0.2.10 is ${US}, to 192.0.2.10 at ${US}, 60 octets`,
];
const ANSWERING = 'answering 192.0.2.10 eth0';

describe('an owned address', () => {
  it('is announced in both forms at once, and answered for', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    assert.deepEqual(wire.take(), [...ANNOUNCED, ANSWERING]);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
  });

  it('is answered for before its announcement has been sent', () => {
    const wire = new WireStory();
    wire.responder.changeOwned({ put: [owned('192.0.2.10')], removed: [] }, 0);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
  });

  it('is silent at once when it is not owned any more, and announced no more', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.own();
    assert.deepEqual(wire.receive(arp()), []);
    wire.run(600_000);
    assert.deepEqual(
      wire.take().filter((line) => !line.startsWith('counted')),
      [],
    );
  });

  it('is not announced again when the same table is set', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.own(owned('192.0.2.10'), owned('192.0.2.11'));
    assert.ok(!wire.take().some((line) => line.includes('192.0.2.10')));
  });

  it('is announced again after one and three seconds', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.run(900);
    assert.deepEqual(wire.take(), []);
    wire.run(100);
    assert.deepEqual(wire.take().slice(0, 2), ANNOUNCED);
    wire.run(1900);
    assert.deepEqual(
      wire.take().filter((line) => line.startsWith('eth0')),
      [],
    );
    wire.run(100);
    assert.deepEqual(
      wire.take().filter((line) => line.startsWith('eth0')),
      ANNOUNCED,
    );
  });

  it('of IPv6 is announced to all nodes, and its group is joined first', () => {
    const wire = new WireStory();
    wire.own(owned('2001:db8::10'));
    assert.deepEqual(wire.take(), [
      'join ff02::1:ff00:10 on 2',
      `eth0: ${US} > 33:33:00:00:00:01 NA 2001:db8::10 > ff02::1 hop 255 2001:db8::10 [O] 02010200000000aa`,
      'answering 2001:db8::10 eth0',
    ]);
    assert.equal(wire.receive(solicitation()).length, 1);
  });

  it('shares its group with others, which is left with the last of them', () => {
    const wire = new WireStory();
    wire.own(owned('2001:db8::10'), owned('2001:db8:1::10'));
    assert.equal(wire.take().filter((line) => line.startsWith('join')).length, 1);
    wire.own(owned('2001:db8:1::10'));
    assert.deepEqual(wire.take(), []);
    wire.own();
    assert.deepEqual(wire.take(), ['leave ff02::1:ff00:10 on 2']);
  });

  it('is answered for on the interfaces that it names alone', () => {
    const wire = new WireStory([eth(0), eth(1)]);
    wire.own(owned('192.0.2.10', { interfaces: ['eth1'] }));
    assert.ok(wire.take().every((line) => line.includes('eth1')));
    assert.deepEqual(wire.receive(arp()), []);
    wire.own(owned('192.0.2.10', { interfaces: ['eth0'] }));
    assert.deepEqual(wire.take(), [...ANNOUNCED, ANSWERING]);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
    wire.own(owned('192.0.2.10', { interfaces: ['no-such'] }));
    assert.deepEqual(wire.receive(arp()), []);
  });
});

describe('an interface', () => {
  it('that appears announces what is owned at once', () => {
    const wire = new WireStory([]);
    wire.own(owned('192.0.2.10'));
    assert.deepEqual(wire.take(), []);
    wire.setInterfaces([eth(0)]);
    assert.deepEqual(wire.take(), ['interfaces eth0', ...ANNOUNCED, ANSWERING]);
  });

  it('that disappears leaves its groups, and what arrives late there is left alone', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'), owned('2001:db8::10'));
    wire.take();
    wire.setInterfaces([]);
    assert.deepEqual(wire.take(), ['leave ff02::1:ff00:10 on 2', 'interfaces ']);
    assert.deepEqual(wire.receive(arp()), []);
  });

  it('with another MAC address announces that one', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.setInterfaces([{ ...eth(0), mac: OTHER }]);
    assert.equal(wire.take()[1], ANNOUNCED[0]?.replaceAll(US, OTHER));
  });

  it('whose addresses change does nothing', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.setInterfaces([{ ...eth(0), addresses: [] }]);
    assert.deepEqual(wire.take(), ['interfaces eth0']);
  });

  it('that cannot do NDP answers ARP alone', () => {
    const wire = new WireStory([{ ...eth(0), families: { 4: true, 6: false } }]);
    wire.own(owned('192.0.2.10'), owned('2001:db8::10'));
    assert.deepEqual(wire.take(), [...ANNOUNCED, ANSWERING]);
    wire.setInterfaces([eth(0)]);
    assert.ok(wire.take().includes('answering 2001:db8::10 eth0'));
  });
});

describe('a process that was suspended', () => {
  it('answers, announces and defends nothing until it is resumed, then announces all again', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.responder.suspend(700);
    assert.deepEqual(wire.receive(arp()), ['suspended 700']);
    wire.responder.defend(owned('192.0.2.10').address, 'eth0', wire.now);
    wire.run(600_000);
    assert.deepEqual(
      wire.take().filter((line) => line.startsWith('eth0')),
      [],
    );
    wire.responder.resume(wire.now);
    assert.deepEqual(wire.receive(arp()), [REPLY]);
    wire.run(0);
    assert.deepEqual(wire.take(), [...ANNOUNCED, ANSWERING]);
  });

  it('that is resumed without having been suspended announces nothing', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.take();
    wire.responder.resume(0);
    wire.run(0);
    assert.deepEqual(wire.take(), []);
  });
});

describe('the counts', () => {
  it('are reported once a second, for addresses that had packets', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'), owned('192.0.2.11'));
    wire.run(4000);
    wire.takeCounts();
    for (let index = 0; index < 3; index++) wire.receive(arp());
    wire.run(1000);
    wire.receive(arp());
    wire.run(1000);
    assert.deepEqual(wire.takeCounts(), ['192.0.2.10 3/3/0', '192.0.2.10 1/1/0']);
  });

  it('of many addresses are reported in parts, and none is lost or reported twice', () => {
    const wire = new WireStory();
    const addresses = Array.from({ length: 120 }, (_, index) => `192.0.2.${index + 10}`);
    wire.own(...addresses.map((text) => owned(text)));
    wire.run(5500);
    const requests = (): string[] =>
      wire.takeCounts().flatMap((line) => /^(\S+ [1-9]\d*)/.exec(line)?.[1] ?? []);
    requests();
    for (const target of addresses) wire.receive(arp({ target }));
    wire.run(1100);
    assert.deepEqual(requests().sort(), addresses.map((text) => `${text} 1`).sort());
    for (let count = 0; count < 3; count++) wire.receive(arp({ target: '192.0.2.11' }));
    wire.run(1100);
    assert.deepEqual(requests(), ['192.0.2.11 3']);
  });

  it('of announcements are those of packets: two of ARP, one of NDP', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'), owned('2001:db8::10'));
    wire.run(4000);
    const total = new Map<string, number>();
    for (const line of wire.takeCounts()) {
      const [address = '', counts = ''] = line.split(' ');
      total.set(address, (total.get(address) ?? 0) + Number(counts.split('/')[2]));
    }
    assert.deepEqual(
      [...total],
      [
        ['192.0.2.10', 6],
        ['2001:db8::10', 3],
      ],
    );
  });

  it('have no response where the frame could not be sent', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'));
    wire.run(4000);
    wire.takeCounts();
    wire.canSend = false;
    wire.receive(arp());
    wire.run(1000);
    assert.deepEqual(wire.takeCounts(), ['192.0.2.10 1/0/0']);
  });
});

describe('an address that comes back', () => {
  const probed = owned('192.0.2.10', { isProbed: true });
  const sent = (wire: WireStory): string[] => wire.take().filter((line) => line.startsWith('eth0: '));
  const isProbe = (line: string): boolean => line.includes(' request 0.0.0.0 ');
  const isOnlyProbed = (wire: WireStory): boolean => {
    const lines = sent(wire);
    return lines.length > 0 && lines.every(isProbe);
  };

  it('within a minute is announced at once', () => {
    const wire = new WireStory();
    wire.own(probed);
    wire.run(300);
    assert.ok(sent(wire).some(isProbe), 'the first time it is probed');
    wire.own();
    wire.run(59_000);
    wire.take();
    wire.own(probed);
    const [first = ''] = sent(wire);
    assert.match(first, /request 192\.0\.2\.10 is 02:00:00:00:00:aa, to 192\.0\.2\.10/);
  });

  it('is announced at once each time, as that of an endpoint that flaps', () => {
    const wire = new WireStory();
    wire.own(probed);
    wire.run(300);
    wire.take();
    for (let round = 0; round < 5; round++) {
      wire.own();
      wire.run(30_000);
      wire.own(probed);
      wire.run(1000);
    }
    assert.ok(!sent(wire).some(isProbe));
  });

  it('later is probed again', () => {
    const wire = new WireStory();
    wire.own(probed);
    wire.run(300);
    wire.own();
    wire.run(60_000);
    wire.take();
    wire.own(probed);
    assert.ok(isOnlyProbed(wire));
  });

  it('is probed if it was not answered for: it was still probed, or another host has it', () => {
    const wire = new WireStory();
    wire.own(probed);
    wire.run(150);
    wire.own();
    wire.take();
    wire.own(probed);
    assert.ok(isOnlyProbed(wire));
    wire.receive(arp({ from: OTHER, sender: '192.0.2.10', target: '192.0.2.10' }));
    wire.own();
    wire.take();
    wire.own(probed);
    assert.ok(isOnlyProbed(wire));
  });
});
