/** What goes wrong between a speaker and each router that people have, is said as what it is, and mends. */
import { after, afterEach, before, describe, it } from 'node:test';
import { unchangedFor } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { DAEMONS } from './interop/daemons.ts';
import { NodeAndRouter } from './interop/node-and-router.ts';
import { type SessionSpec, sessionSpec } from './interop/session-spec.ts';

/** The shortest that there is (RFC 4271 4.2). */
const shortHold = sessionSpec('brief', 1, { holdSeconds: 3 });
const withPassword = sessionSpec('secret', 2, { password: 'right' });
const withTtlSecurity = sessionSpec('near', 3, { ttlSecurity: true, holdSeconds: 3 });
/** Long enough for a session that stands here in a tenth of it. */
const NO_SESSION_MS = 2000;
const SESSIONS = [shortHold, withPassword, withTtlSecurity];

describe('faults', { skip: skipWithoutNetworkBinaries(), concurrency: DAEMONS.length }, () => {
  for (const daemon of DAEMONS) {
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      before(async () => {
        pair = await NodeAndRouter.start(daemon, SESSIONS, ['10.9.255.1', 'fd09:255::1']);
        for (const lane of SESSIONS) await pair.waitForRoutes(lane);
      });
      afterEach(() => {
        pair.router.signal('SIGCONT');
        pair.node.signal('SIGCONT');
      });
      after(() => pair?.stop());

      it('a router that is frozen is noticed when the hold time is over, and taken up again', async () => {
        const since = pair.logLineCount;
        pair.router.signal('SIGSTOP');
        await pair.node.waitForLine(shortHold, 'session lost', /^no message arrived/, since);
        pair.router.signal('SIGCONT');
        await pair.waitForRoutes(shortHold);
      });

      it('we are noticed when we are frozen: the router drops our routes, and has them again', async () => {
        pair.node.signal('SIGSTOP');
        await pair.waitForSessionDown(shortHold);
        pair.node.signal('SIGCONT');
        await pair.waitForRoutes(shortHold);
        await pair.waitForRoutes(withPassword);
      });

      it('a password that is another one at the router is said to be likely, and ours can follow it', async () => {
        const since = pair.logLineCount;
        const changed: SessionSpec = { ...withPassword, password: 'other' };
        await pair.router.reconfigure(SESSIONS.map((lane) => (lane === withPassword ? changed : lane)));
        const likely = /a wrong or missing password on either side has the same symptom$/;
        await pair.node.waitForLine(withPassword, 'session does not come up', likely, since);
        await pair.waitForSessionDown(withPassword);
        pair.createPeer(changed);
        await pair.waitForRoutes(changed);
      });

      it('a session with TTL security does not stand without it at our side, and stands with it', async () => {
        pair.createPeer({ ...withTtlSecurity, ttlSecurity: false });
        await pair.waitForSessionDown(withTtlSecurity);
        await unchangedFor(NO_SESSION_MS, () => pair.router.isEstablished(withTtlSecurity));
        pair.createPeer(withTtlSecurity);
        await pair.waitForRoutes(withTtlSecurity);
      });
    });
  }
});
