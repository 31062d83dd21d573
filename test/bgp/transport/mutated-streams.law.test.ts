/**
 * A live speaker and routers that send mutated messages of recorded sessions: nothing throws, and sessions with other routers
 * keep their routes. Each router has a seed of its own.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded, seeds } from '../../support/random.ts';
import { fuzzedMessage } from '../wire/support/fuzz.ts';
import { ConformingRouter, OPEN_AND_KEEPALIVE } from './support/conforming-router.ts';
import { type Misbehaviour, startMisbehavingRouter } from './support/misbehaving-routers.ts';
import { TcpSpeaker } from './support/tcp-speaker.ts';
import { until } from './support/test-peer.ts';

const ROUTERS = 10;
const MESSAGES = 100;
const ROUTES = 50;

/** IPv6, since routers reject next hops in 127.0.0.0/8. */
const address = (at: number): string => `fd00:20::${at.toString(16)}`;

describe('mutated streams of recorded messages', { timeout: 240_000 }, () => {
  for (const seed of seeds(2, 100))
    it(`end no other session, SEED=${seed}`, async (test) => {
      const started = new Set<number>();
      const ended = new Set<number>();
      const sendMutated =
        (router: number): Misbehaviour =>
        (socket, random) => {
          started.add(router);
          socket.resume();
          socket.on('close', () => ended.add(router));
          const send = (left: number): void => {
            if (socket.destroyed) return;
            if (left === 0) ended.add(router);
            else
              socket.write(fuzzedMessage(random, left % 10 === 0), () => setImmediate(() => send(left - 1)));
          };
          socket.write(OPEN_AND_KEEPALIVE, () => send(MESSAGES));
        };
      const good = await ConformingRouter.listen(test);
      const ports: Record<string, number> = { good: good.port };
      for (let at = 0; at < ROUTERS; at++) {
        const random = seeded(seed * ROUTERS + at);
        ports[`bad${at}`] = await startMisbehavingRouter(test, sendMutated(at), random);
      }
      const tcpSpeaker = new TcpSpeaker(test, ports);
      for (let at = 1; at <= ROUTES; at++) tcpSpeaker.put(`s${at}`, address(at));
      tcpSpeaker.speaker.start();
      await until(() => good.routes.size === ROUTES && started.size === ROUTERS && ended.size === ROUTERS);
      tcpSpeaker.put('mover', address(ROUTES + 1));
      await until(() => good.routes.has(`${address(ROUTES + 1)}/128`));
      assert.deepEqual([good.connects, good.sessionEnds], [1, []]);
    });
});
