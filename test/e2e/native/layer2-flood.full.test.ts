/**
 * A speaker with sessions of BGP and BFD, on whose link the router floods it with ARP requests: for its addresses, for those of
 * nobody, and with broadcast datagrams between them. No session goes down, and the addresses are answered for afterwards.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Flood } from '../../layer2/transport/support/flood-program.ts';
import { LineProgram } from '../../layer2/transport/support/line-program.ts';
import { eventually, eventuallySlow } from '../../support/eventually.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NodeAndRouter, prefixes } from './support/interop/node-and-router.ts';
import { BFD_PROFILE, sessionSpec } from './support/interop/session-spec.ts';

const FLOODER = new URL('../../layer2/transport/support/flood-program.ts', import.meta.url);
const SESSIONS = [
  sessionSpec('four', 1, { bfd: true, holdSeconds: 600 }),
  sessionSpec('six', 2, { bfd: true, family: 6, holdSeconds: 600 }),
];
/** Long enough for a machine that is busy without a flood. */
const PROFILE = { transmitInterval: 600, receiveInterval: 600, detectMultiplier: 5 };
const [FRAMES_A_SECOND, SECONDS] = [25_000, 10];
const [FIRST_ADDRESS, ADDRESS] = ['10.70.0.0', '10.70.0.1'];
const FLOODS: readonly (readonly [flood: Flood, what: string])[] = [
  ['owned', 'requests for a thousand addresses, of which the speaker owns fifty'],
  ['others', 'requests for addresses of nobody'],
  ['mixed', 'requests and datagrams in turn'],
];

describe('BGP and BFD beside layer 2, under a flood', { skip: skipWithoutNetworkBinaries() }, () => {
  let pair: NodeAndRouter;
  let host: NetworkNamespace;

  before(async () => {
    pair = await NodeAndRouter.start('BIRD 2', SESSIONS, ['10.9.255.1', 'fd09:255::1'], (cluster) => {
      cluster.object('BFDProfile', BFD_PROFILE, PROFILE);
      cluster.object('L2Advertisement', 'all', {});
    });
    host = pair.space;
    host.ip('route add 10.70.0.0/24 dev eth0');
    for (const session of SESSIONS) await pair.waitForRoutes(session);
    await eventuallySlow(async () => {
      for (const session of SESSIONS)
        assert.equal(pair.node.linesAbout(session, 'BFD session up').length, 1, pair.logTails());
    });
    await answered();
  });
  after(() => pair?.stop());

  /** The router's kernel finds the speaker. */
  const answered = (): Promise<void> =>
    eventually(async () => {
      host.ip('neigh flush dev eth0');
      await host.run('bash', '-c', `echo x > /dev/udp/${ADDRESS}/9; sleep 0.2`).catch(() => '');
      assert.match(await host.run('ip', 'neigh', 'show', 'to', ADDRESS), /lladdr/, pair.logTails());
    });

  /** What the speaker has logged of sessions that ended. */
  const flaps = (): readonly string[] =>
    pair.node
      .log()
      .filter(({ msg }) => /session (lost|down|ended)/.test(msg))
      .map((line) => JSON.stringify(line));

  for (const [flood, what] of FLOODS)
    it(`of ${what}: no session goes down`, async (test) => {
      const program = new LineProgram(host, FLOODER, [
        `${FRAMES_A_SECOND}`,
        `${SECONDS}`,
        flood,
        FIRST_ADDRESS,
      ]);
      try {
        const sent = Number(await program.next((line) => /^\d+$/.test(line), 'count of frames'));
        assert.ok(sent > 0);
        test.diagnostic(`${sent} frames in ${SECONDS} s`);
      } finally {
        program.kill();
      }
      assert.deepEqual(flaps(), []);
      await answered();
      for (const session of SESSIONS) {
        assert.ok(await pair.router.isEstablished(session), pair.logTails());
        const received = [...(await pair.router.prefixes(session, session.family))].sort();
        assert.deepEqual(received, prefixes(session.family), pair.logTails());
      }
      assert.deepEqual(flaps(), []);
    });
});
