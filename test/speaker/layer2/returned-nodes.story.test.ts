/** Nodes that came back: since when, and for how long they count. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReturnedNodes } from '../../../src/speaker/layer2/returned-nodes.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function watch(delay: number) {
  const clock = new FakeClock();
  const seen: string[] = [];
  const returned: ReturnedNodes = new ReturnedNodes({
    ...{ clock, node: 'n1', delay },
    changed: () => seen.push(returned.nodes.join(' ')),
  });
  return { clock, seen, returned };
}

describe('nodes that came back', () => {
  it('are this one from its start, for the delay, and once only', () => {
    const { clock, seen, returned } = watch(5000);
    returned.started();
    clock.advance(4999);
    assert.deepEqual(returned.nodes, ['n1']);
    returned.started();
    clock.advance(1);
    assert.deepEqual([returned.nodes, seen], [[], ['n1', '']]);
    returned.started();
    assert.deepEqual(returned.nodes, []);
  });

  it('are not those that are heard for the first time', () => {
    const { returned } = watch(5000);
    returned.linkChanged('n2', true);
    assert.deepEqual(returned.nodes, []);
  });

  it('are both ends of a link that is up again', () => {
    const { clock, returned } = watch(5000);
    returned.linkChanged('n2', true);
    returned.linkChanged('n2', false);
    assert.deepEqual(returned.nodes, []);
    returned.linkChanged('n2', true);
    assert.deepEqual(returned.nodes, ['n1', 'n2']);
    clock.advance(5000);
    assert.deepEqual(returned.nodes, []);
  });

  it('wait anew when they are lost once more meanwhile', () => {
    const { clock, returned } = watch(5000);
    for (const isUp of [false, true]) returned.linkChanged('n2', isUp);
    clock.advance(4000);
    for (const isUp of [false, true]) returned.linkChanged('n2', isUp);
    clock.advance(4000);
    assert.deepEqual(returned.nodes, ['n1', 'n2']);
    clock.advance(1000);
    assert.deepEqual(returned.nodes, []);
  });

  it('are none without a delay, and none after the end', () => {
    const without = watch(0);
    without.returned.started();
    for (const isUp of [false, true]) without.returned.linkChanged('n2', isUp);
    assert.deepEqual([without.returned.nodes, without.seen], [[], []]);
    const { clock, seen, returned } = watch(5000);
    returned.started();
    returned.stop();
    clock.advance(9000);
    assert.deepEqual([returned.nodes, seen], [[], ['n1']]);
  });
});
