import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AwaitedNames, ServiceOverview } from '../../src/overview/document.ts';
import { waitingFor } from '../../web/waiting-services.ts';

const service = (name: string, waitsFor: AwaitedNames | null): ServiceOverview => ({
  ...{ service: name, state: waitsFor === null ? 'assigned' : 'waiting', request: '', waitsFor, pool: null },
  ...{ addresses: [], reason: null, says: null, since: null, announced: null, answeredBy: null },
});

describe('the Services that wait for an address', () => {
  for (const [sentence, waitsFor, names] of [
    ['has one that requests it', { addresses: ['192.0.2.7'], pool: null }, ['address']],
    [
      'has one that requests it and another',
      { addresses: ['2001:db8::7', '192.0.2.7'], pool: null },
      ['address'],
    ],
    ['has one that requests its pool', { addresses: [], pool: 'public' }, ['pool']],
    ['has none that requests another address of its pool', { addresses: ['192.0.2.8'], pool: 'public' }, []],
    ['has none that requests another pool', { addresses: [], pool: 'private' }, []],
    ['has none that has its address', null, []],
  ] as const)
    it(sentence, () => {
      const waiting = waitingFor('192.0.2.7', 'public', [service('a/x', waitsFor)]);
      assert.deepEqual(
        waiting.map((one) => one.names),
        names,
      );
    });

  it('begin with those that request the address itself', () => {
    const services = [
      service('a/x', { addresses: [], pool: 'public' }),
      service('a/y', { addresses: ['192.0.2.7'], pool: null }),
    ];
    const waiting = waitingFor('192.0.2.7', 'public', services);
    assert.deepEqual(
      waiting.map((one) => one.service),
      ['a/y', 'a/x'],
    );
  });
});
