/** Faults between a speaker and each routing daemon: the log names them, and the session recovers. */
import { after, afterEach, before, describe, it } from 'node:test';
import { unchangedFor } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { DAEMONS } from './support/interop/daemons.ts';
import { NodeAndRouter } from './support/interop/node-and-router.ts';
import { type SessionSpec, sessionSpec } from './support/interop/session-spec.ts';

/** The minimum (RFC 4271 4.2). */
const shortHold = sessionSpec('brief', 1, { holdSeconds: 3 });
const withPassword = sessionSpec('secret', 2, { password: 'right' });
const withTtlSecurity = sessionSpec('near', 3, { ttlSecurity: true, holdSeconds: 3 });
/** Ten times what a session needs here. */
const NO_SESSION_MS = 2000;
const SESSIONS = [shortHold, withPassword, withTtlSecurity];

describe('faults', { skip: skipWithoutNetworkBinaries(), concurrency: DAEMONS.length }, () => {
  for (const daemon of DAEMONS) {
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      before(async () => {
        pair = await NodeAndRouter.start(daemon, SESSIONS, ['10.9.255.1', 'fd09:255::1']);
        for (const session of SESSIONS) await pair.waitForRoutes(session);
      });
      afterEach(() => {
        pair.router.signal('SIGCONT');
        pair.node.signal('SIGCONT');
      });
      after(() => pair?.stop());

      it('a frozen router is detected after the hold time, and the session recovers', async () => {
        const since = pair.logLineCount;
        pair.router.signal('SIGSTOP');
        await pair.node.waitForLine(shortHold, 'session lost', /^no message arrived/, since);
        pair.router.signal('SIGCONT');
        await pair.waitForRoutes(shortHold);
      });

      it('a frozen speaker is detected: the router drops its routes, and gets them again', async () => {
        pair.node.signal('SIGSTOP');
        await pair.waitForSessionDown(shortHold);
        pair.node.signal('SIGCONT');
        await pair.waitForRoutes(shortHold);
        await pair.waitForRoutes(withPassword);
      });

      it('a different password at the router is named as the likely cause, and ours can be changed', async () => {
        const since = pair.logLineCount;
        const changed: SessionSpec = { ...withPassword, password: 'other' };
        await pair.router.reconfigure(
          SESSIONS.map((session) => (session === withPassword ? changed : session)),
        );
        const likely = /a wrong or missing password on either side has the same symptom$/;
        await pair.node.waitForLine(withPassword, 'session does not come up', likely, since);
        await pair.waitForSessionDown(withPassword);
        pair.createPeer(changed);
        await pair.waitForRoutes(changed);
      });

      it('a router with TTL security needs it on our side as well', async () => {
        pair.createPeer({ ...withTtlSecurity, ttlSecurity: false });
        await pair.waitForSessionDown(withTtlSecurity);
        await unchangedFor(NO_SESSION_MS, () => pair.router.isEstablished(withTtlSecurity));
        pair.createPeer(withTtlSecurity);
        await pair.waitForRoutes(withTtlSecurity);
      });
    });
  }
});
