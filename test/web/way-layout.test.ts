import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceWay } from '../../src/overview/answers.ts';
import { layOutWay, NODES_DRAWN_MAX, SEGMENT } from '../../web/way-layout.ts';

const node = (name: string, leads: boolean) => ({ node: name, leads, says: '' });

function way(change: Partial<ServiceWay>): ServiceWay {
  return {
    ...{ by: 'calico', address: '192.0.2.1', announced: true, says: '' },
    ...{ nodes: [], routers: [], ...change },
  };
}

const namesOf = (lines: ReturnType<typeof layOutWay>['lines']): readonly string[] =>
  lines.map(({ from, to }) => `${from.name} ${to.name}`);

describe('the layout of a way', () => {
  it('leads from each router that learns a route over the nodes to the Service', () => {
    const { lines } = layOutWay(
      way({
        nodes: [node('n1', false), node('n2', true), node('n3', true)],
        routers: [
          { router: 'tor', routes: [{ prefix: '192.0.2.1/32', from: ['n2', 'n3'] }] },
          { router: 'silent', routes: [] },
        ],
      }),
      'web',
    );
    assert.deepEqual(namesOf(lines), ['tor n2', 'n2 web', 'tor n3', 'n3 web']);
  });

  it('leads from the segment to the one node that answers by layer 2', () => {
    const { lines, routers } = layOutWay(
      way({ by: 'layer2-speakers', nodes: [node('n1', true), node('n2', false)] }),
      'web',
    );
    assert.deepEqual(namesOf(lines), [`${SEGMENT} n1`, 'n1 web']);
    assert.deepEqual(
      routers.map(({ name }) => name),
      [SEGMENT],
    );
  });

  it('draws nodes with traffic first, and counts those that it leaves out', () => {
    const nodes = Array.from({ length: NODES_DRAWN_MAX + 5 }, (_, index) => node(`n${index}`, index >= 10));
    const layout = layOutWay(way({ nodes }), 'web');
    assert.equal(layout.more, 5);
    assert.deepEqual(
      layout.nodes.slice(0, 5).map(({ name, leads }) => `${name} ${leads}`),
      ['n10 true', 'n11 true', 'n12 true', 'n13 true', 'n14 true'],
    );
  });

  it('keeps boxes of a column apart, and inside of the picture', () => {
    const nodes = Array.from({ length: NODES_DRAWN_MAX }, (_, index) => node(`n${index}`, true));
    const { nodes: boxes, height } = layOutWay(way({ nodes }), 'web');
    for (const [index, { y }] of boxes.entries()) {
      assert.ok(y >= 0 && y <= height, `${y}`);
      assert.ok(index === 0 || y - (boxes[index - 1]?.y ?? 0) >= 40);
    }
  });
});
