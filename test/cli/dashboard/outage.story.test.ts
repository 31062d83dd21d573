/** A cluster that goes away and returns: its watches fail one by one, and the last picture stays meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAILING_LIMIT, Outage, RETURNING_LIMIT } from '../../../src/cli/dashboard/outage.ts';
import type { KindReading, KindState } from '../../../src/overview/knowledge.ts';

const PLURALS = { Service: 'services', Node: 'nodes', IPAddressPool: 'ipaddresspools in the namespace m' };

/** In the order of `PLURALS`. */
const readings = (...states: readonly KindState[]) => ({
  kinds: Object.entries(PLURALS).map(
    ([kind, plural], index): KindReading => ({
      ...{ kind, state: states[index] ?? 'read', objects: null, namespace: null },
      says:
        states[index] === 'read' ? null : `${plural} cannot be read: no answer: the connection was closed`,
    }),
  ),
});

describe('an outage', () => {
  it('is none while everything is answered', () => {
    const outage = new Outage();
    assert.deepEqual(outage.judge(readings('read', 'read', 'read'), 0), { kind: 'answered' });
    assert.equal(outage.lost, null);
  });

  it('keeps the last picture while watches fail one by one, and is said with its reason alone', () => {
    const outage = new Outage();
    outage.judge(readings('read', 'read', 'read'), 0);
    assert.deepEqual(outage.judge(readings('read', 'unreachable', 'read'), 100), {
      ...{ kind: 'unsettled', for: FAILING_LIMIT },
    });
    assert.equal(outage.lost, null);
    assert.deepEqual(outage.judge(readings('unreachable', 'unreachable', 'failed'), 600), { kind: 'lost' });
    assert.equal(outage.lost, 'the connection was closed');
  });

  it('is over when all watches have returned', () => {
    const outage = new Outage();
    outage.judge(readings('read', 'read', 'read'), 0);
    outage.judge(readings('unreachable', 'unreachable', 'unreachable'), 100);
    assert.deepEqual(outage.judge(readings('read', 'unreachable', 'unreachable'), 200), {
      ...{ kind: 'unsettled', for: RETURNING_LIMIT },
    });
    assert.equal(outage.lost, 'the connection was closed', 'it is still said');
    assert.deepEqual(outage.judge(readings('read', 'read', 'read'), 900), { kind: 'answered' });
    assert.equal(outage.lost, null);
  });

  it('ends after a while where a part does not return', () => {
    const outage = new Outage();
    outage.judge(readings('unreachable', 'unreachable', 'unreachable'), 0);
    outage.judge(readings('read', 'read', 'unreachable'), 1_000);
    const end = 1_000 + RETURNING_LIMIT;
    assert.deepEqual(outage.judge(readings('read', 'read', 'unreachable'), end - 1), {
      ...{ kind: 'unsettled', for: 1 },
    });
    assert.deepEqual(outage.judge(readings('read', 'read', 'unreachable'), end), { kind: 'answered' });
    assert.equal(outage.lost, null);
  });

  it('shows that a part is missing, when the rest is answered all the time', () => {
    const outage = new Outage();
    outage.judge(readings('read', 'read', 'read'), 0);
    outage.judge(readings('failed', 'read', 'read'), 100);
    const verdict = outage.judge(readings('failed', 'read', 'read'), 100 + FAILING_LIMIT);
    assert.deepEqual(verdict, { kind: 'answered' });
  });

  it('does not take a missing right, or a kind that is not served, for one', () => {
    const outage = new Outage();
    outage.judge(readings('read', 'forbidden', 'absent'), 0);
    assert.deepEqual(outage.judge(readings('forbidden', 'forbidden', 'absent'), 100), { kind: 'answered' });
    outage.judge(readings('read', 'forbidden', 'absent'), 200);
    assert.deepEqual(outage.judge(readings('unreachable', 'forbidden', 'absent'), 300), { kind: 'lost' });
  });

  it('is one that credentials are not valid any more, although watches that began with them go on', () => {
    const withLease = (state: KindState) => {
      const says = state === 'read' ? null : 'leases in the namespace m cannot be read: refused with 401';
      const lease: KindReading = { kind: 'Lease', state, objects: null, namespace: 'm', says };
      return { kinds: [...readings('read', 'read', 'read').kinds, lease] };
    };
    const outage = new Outage();
    outage.judge(withLease('read'), 0);
    assert.deepEqual(outage.judge(withLease('unauthorized'), 2_000), { kind: 'lost' });
    assert.equal(
      outage.lost,
      'refused with 401. Your credentials are not valid, or have expired: log in again',
    );
    assert.deepEqual(outage.judge(withLease('read'), 4_000), { kind: 'answered' });
    outage.judge(withLease('forbidden'), 6_000);
    assert.equal(outage.lost, null, 'a missing right is none');
  });

  it('says what to do about credentials that have expired', () => {
    const outage = new Outage();
    outage.judge(readings('unauthorized', 'unauthorized', 'unauthorized'), 0);
    assert.match(outage.lost ?? '', /have expired: log in again$/);
  });
});
