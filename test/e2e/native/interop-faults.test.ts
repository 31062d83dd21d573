/** What goes wrong between a speaker and each router that people have, is said as what it is, and mends. */
import { after, afterEach, before, describe, it } from 'node:test';
import { unchangedFor } from '../../controller/support/eventually.ts';
import { skipWithoutNetParts } from '../../support/netparts.ts';
import { DAEMONS } from './interop/daemons.ts';
import { type Lane, laneOf } from './interop/lane.ts';
import { Pair } from './interop/pair.ts';

/** The shortest that there is (RFC 4271 4.2). */
const brief = laneOf('brief', 1, { holdSeconds: 3 });
const secret = laneOf('secret', 2, { password: 'right' });
const near = laneOf('near', 3, { ttlSecurity: true, holdSeconds: 3 });
/** Long enough for a session that stands here in a tenth of it. */
const VAIN_MS = 2000;
const LANES = [brief, secret, near];

describe('faults', { skip: skipWithoutNetParts(), concurrency: DAEMONS.length }, () => {
  for (const daemon of DAEMONS) {
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let pair: Pair;

      before(async () => {
        pair = await Pair.start(daemon, LANES, ['10.9.255.1', 'fd09:255::1']);
        for (const lane of LANES) await pair.has(lane);
      });
      afterEach(() => {
        pair.router.signal('SIGCONT');
        pair.node.signal('SIGCONT');
      });
      after(() => pair?.stop());

      it('a router that is frozen is noticed when the hold time is over, and taken up again', async () => {
        const since = pair.saidSoFar;
        pair.router.signal('SIGSTOP');
        await pair.node.says(brief, 'session lost', /^nothing was heard/, since);
        pair.router.signal('SIGCONT');
        await pair.has(brief);
      });

      it('we are noticed when we are frozen: the router drops our routes, and has them again', async () => {
        pair.node.signal('SIGSTOP');
        await pair.isDown(brief);
        pair.node.signal('SIGCONT');
        await pair.has(brief);
        await pair.has(secret);
      });

      it('a password that is another one at the router is said to be likely, and ours can follow it', async () => {
        const since = pair.saidSoFar;
        const changed: Lane = { ...secret, password: 'other' };
        await pair.router.tellAnew(LANES.map((lane) => (lane === secret ? changed : lane)));
        const likely = /a wrong or missing password at either side looks just like this$/;
        await pair.node.says(secret, 'session does not come up', likely, since);
        await pair.isDown(secret);
        pair.peer(changed);
        await pair.has(changed);
      });

      it('a session with TTL security does not stand without it at our side, and stands with it', async () => {
        pair.peer({ ...near, ttlSecurity: false });
        await pair.isDown(near);
        await unchangedFor(VAIN_MS, () => pair.router.isEstablished(near));
        pair.peer(near);
        await pair.has(near);
      });
    });
  }
});
