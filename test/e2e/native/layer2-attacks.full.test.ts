/**
 * A host on the nodes' segment that sees every frame, and sends under the names of the speakers. It has not their secret: no session
 * goes down, and no address moves, also while the secret is replaced.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodePacket } from '../../../src/bfd/packet.ts';
import type { BfdAuthentication } from '../../../src/bfd/settings.ts';
import { bfdAuthentication, speakerKey, withSecret } from '../../../src/layer2/membership/key-ring.ts';
import { encodeReport } from '../../../src/layer2/membership/loss-report.ts';
import { remotePacket } from '../../bfd/support/harness.ts';
import { NAMESPACE } from '../../controller/support/rig.ts';
import { LineProgram } from '../../layer2/transport/support/line-program.ts';
import { eventually } from '../../support/eventually.ts';
import { type NetworkNamespace, TestNetwork } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { InteropCluster } from './support/interop/cluster.ts';
import { SpeakerNode } from './support/interop/node.ts';
import { linkedSpeakers } from './support/linked-speakers.ts';
import { datagramTo, withPayload } from './support/segment/datagram-frame.ts';

const NODES = ['n1', 'n2', 'n3'];
const ADDRESS = '192.0.2.100';
const [BFD_PORT, REPORT_PORT] = [7946, 7947];
const ATTACKER = new URL('../../layer2/transport/support/frame-program.ts', import.meta.url);
/** Rounds of an attack, and their distance: several times as long as a session needs to go down. */
const [ROUNDS, ROUND_MS] = [100, 50];
/** Frames in a round, at most. */
const BURST = 40;
const [SECRET, GUESSED] = ['secret of the speakers', 'guessed'];
const keyOf = (secret: string): BfdAuthentication =>
  bfdAuthentication(withSecret([], secret, 0), 0) ?? assert.fail('no key');

describe('between speakers with a common secret,', { skip: skipWithoutNetworkBinaries() }, () => {
  let cluster: InteropCluster;
  let attacker: LineProgram;
  const nodes = new Map<string, SpeakerNode>();

  const setSecret = (text: string): void => {
    cluster.api.objects.put({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
      metadata: { name: 'memberlist', namespace: NAMESPACE },
      data: { secretkey: Buffer.from(text).toString('base64') },
    });
  };

  before(async () => {
    const net = new TestNetwork();
    cluster = await InteropCluster.start(net);
    const bridge = net.namespace('bridge');
    // It remembers no host: each frame goes to every port.
    bridge.ip('link add br0 type bridge ageing_time 0', 'link set br0 up');
    const join = (space: NetworkNamespace, index: number): void => {
      space.addVeth('eth0', bridge, `port${index}`);
      bridge.ip(`link set port${index} master br0`);
      space.ip(`address add 192.0.2.1${index}/24 dev eth0`);
    };
    const host = net.namespace('attacker');
    join(host, 9);
    for (const [at, name] of NODES.entries()) {
      const node = await SpeakerNode.make(cluster, name, [`192.0.2.1${at + 1}`]);
      join(node.space, at + 1);
      nodes.set(name, node);
    }
    setSecret(SECRET);
    cluster.object('IPAddressPool', 'main', { addresses: ['192.0.2.96/28'] });
    cluster.object('L2Advertisement', 'all', {});
    cluster.service('web', [ADDRESS]);
    cluster.endpoints('web', { n1: 1 });
    attacker = new LineProgram(host, ATTACKER, ['eth0']);
    await attacker.next((line) => line === 'ready', 'attacker that is ready');
    for (const node of nodes.values()) node.startSpeaker();
    await eventually(() => {
      for (const node of nodes.values())
        assert.equal(linkedSpeakers(node.log()).size, NODES.length - 1, node.tail());
    });
  });
  after(async () => {
    attacker?.kill();
    await cluster?.stop();
  });

  const recorded = (): readonly string[] =>
    cluster.api.objects.list('servicel2statuses.metallb.io').flatMap(({ status }) => {
      const node = (status as { readonly node?: string } | undefined)?.node;
      return node === undefined ? [] : [node];
    });
  const downs = (): readonly string[] =>
    [...nodes.values()].flatMap((node) =>
      node
        .log()
        .filter(({ msg }) => msg === 'BFD session with a speaker is down')
        .map(({ speaker }) => `${node.name} lost ${String(speaker)}`),
    );

  /** BFD packets of the speakers to each other, as frames, that were seen since the last call. */
  function seenFrames(): readonly Buffer[] {
    const lines = attacker.lines.splice(0);
    return lines
      .map((line) => Buffer.from(line, 'hex'))
      .filter((frame) => datagramTo(BFD_PORT, frame) !== null);
  }

  /** Some frames of each round are answered to by what `forge` makes of them. */
  async function attack(forge: (frame: Buffer, round: number) => readonly Buffer[]): Promise<void> {
    const owner = recorded();
    assert.equal(owner.length, 1);
    seenFrames();
    let sent = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(ROUND_MS);
      for (const frame of seenFrames().slice(0, BURST))
        for (const forged of forge(frame, round)) {
          attacker.send(forged.toString('hex'));
          sent += 1;
        }
    }
    assert.ok(sent > ROUNDS, `${sent} frames were sent`);
    assert.deepEqual(downs(), []);
    assert.deepEqual(recorded(), owner);
  }

  const payloadOf = (frame: Buffer): Buffer => datagramTo(BFD_PORT, frame) ?? assert.fail('no datagram');

  /** As the sender of the frame, in the session that it is of. */
  const adminDown = (frame: Buffer, round: number, secret: string | null): Buffer => {
    const packet = decodePacket(payloadOf(frame));
    if (!packet.ok) assert.fail(packet.error);
    const { authentication, ...fields } = packet.value;
    const { sequence = 0 } = authentication !== null && 'sequence' in authentication ? authentication : {};
    const signing =
      secret === null
        ? null
        : { authentication: keyOf(secret), sequence: (sequence + 1 + (round % 3)) >>> 0 };
    return withPayload(frame, remotePacket({ ...fields, state: 'AdminDown' }, signing));
  };

  it('an AdminDown without a signature takes no session down', () =>
    attack((frame, round) => [adminDown(frame, round, null)]));

  it('nor does one that is signed with a guessed secret and the next sequence numbers', () =>
    attack((frame, round) => [adminDown(frame, round, GUESSED)]));

  it('nor do packets that are sent again, at once and later', () => {
    const kept: Buffer[] = [];
    return attack((frame, round) => {
      kept.push(frame);
      return [frame, kept[round % kept.length] ?? frame];
    });
  });

  it('nor a true packet whose state was altered', () =>
    attack((frame) => {
      const payload = Buffer.from(payloadOf(frame));
      payload.writeUInt8(payload.readUInt8(1) & 0x3f, 1);
      return [withPayload(frame, payload)];
    }));

  it('reports of losses that nobody signed, or somebody else, move no address', () =>
    attack((frame, round) => {
      const [sender = ''] = NODES.filter((_, at) => frame[29] === 11 + at);
      const lost = NODES.filter((name) => name !== sender);
      const report = { sender, boot: 'forged', sequence: 1_000 + round, serial: 1_000 + round, lost };
      return [[], [speakerKey(GUESSED)]].map((keys) =>
        withPayload(frame, encodeReport(report, keys), REPORT_PORT),
      );
    }));

  it('the secret is replaced under attack, and no session goes down', () => {
    setSecret('another secret');
    return attack((frame, round) => [frame, adminDown(frame, round, GUESSED)]);
  });

  it('who has the secret can do all of this: the frames arrive', async () => {
    let round = 0;
    await eventually(() => {
      round += 1;
      for (const frame of seenFrames()) attacker.send(adminDown(frame, round, SECRET).toString('hex'));
      assert.notEqual(downs().length, 0);
    });
    await eventually(() => {
      for (const node of nodes.values())
        assert.equal(linkedSpeakers(node.log()).size, NODES.length - 1, node.tail());
    });
  });

  it('and a speaker that dies is still missed: its address moves', async () => {
    const [owner = ''] = recorded();
    await nodes.get(owner)?.stopSpeaker('SIGKILL');
    await eventually(() => {
      const [next = owner] = recorded();
      assert.notEqual(next, owner);
    });
  });
});
