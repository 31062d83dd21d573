import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnnouncingOverview } from '../../../src/overview/announcing-document.ts';
import { BOX_NOUNS, boxText } from '../../../web/topology/box-text.ts';
import { BOXES_MAX, type Box, SINGLE_BOXES_MAX } from '../../../web/topology/boxes.ts';
import { type NetworkGraph, networkGraph } from '../../../web/topology/graph.ts';
import { litBy } from '../../../web/topology/lit.ts';
import { networkFacts } from '../../../web/topology/network-facts.ts';
import { BOX_HEIGHT, placeBoxes } from '../../../web/topology/place-boxes.ts';
import { fabric, group, session, withSession } from './support/announcing.ts';

const graphOf = (of: AnnouncingOverview): NetworkGraph => networkGraph(networkFacts(of));
const sizes = (boxes: readonly Box[]): readonly number[] => boxes.map(({ members }) => members.length);
function boxWith(boxes: readonly Box[], member: string): Box {
  const found = boxes.find(({ members }) => members.includes(member));
  assert.ok(found, `no box has ${member}`);
  return found;
}

describe('the picture of a network', () => {
  it('draws each node and router of a small cluster', () => {
    const { boxes } = graphOf(fabric(SINGLE_BOXES_MAX, 2));
    assert.equal(boxes.node.length, SINGLE_BOXES_MAX);
    assert.equal(boxes.router.length, 2);
  });

  it('draws five hundred nodes with forty routers as one box of each, joined by one line', () => {
    const { boxes, sessions, routes } = graphOf(fabric(500, 40));
    assert.deepEqual([sizes(boxes.router), sizes(boxes.node)], [[40], [500]]);
    assert.deepEqual(
      sessions.map((link) => `${link.tone} ${link.sessions.length}`),
      ['good 20000'],
    );
    assert.deepEqual(
      routes.map(({ nodes, routers }) => `${nodes.size} ${routers.size}`),
      ['500 1'],
    );
  });

  it('gives a node and a router boxes of their own when a session between them goes down', () => {
    const graph = graphOf(withSession(fabric(500, 40), 'n7', session('r3', 'down')));
    const { router, node } = graph.boxes;
    assert.deepEqual(
      [sizes(router).toSorted(), sizes(node).toSorted()],
      [
        [1, 39],
        [1, 499],
      ],
    );
    const down = graph.sessions.filter(({ tone }) => tone === 'bad');
    assert.deepEqual(
      down.map((link) => [link.router, link.node, link.sessions.length]),
      [[boxWith(router, 'peer r3').id, boxWith(node, 'n7').id, 1]],
    );
    assert.equal(boxWith(node, 'n7').tone, 'bad');
    assert.equal(boxWith(node, 'n8').tone, 'good');
  });

  it('has one box for what has no room, and none of it needs somebody', () => {
    let of = fabric(500, 40);
    for (let index = 1; index <= 40; index++)
      of = withSession(of, `n${index * 12}`, session(`r${index}`, index <= 5 ? 'down' : 'bridged'));
    const { node, router } = graphOf(of).boxes;
    for (const boxes of [node, router]) {
      assert.equal(boxes.length, BOXES_MAX);
      assert.deepEqual(
        boxes.filter(({ isRest }) => isRest).map(({ tone }) => tone),
        ['warning'],
      );
    }
    assert.equal(
      sizes(node).reduce((sum, size) => sum + size, 0),
      500,
    );
  });

  it('tells nodes apart by what is learned from them only as long as there is room', () => {
    const base = fabric(30, 1);
    const nodes = Array.from({ length: 30 }, (_, index) => `n${index + 1}`);
    const learnedFrom = (names: readonly string[], example: string) =>
      group({ examples: [example], learned: [{ routers: ['r1'], nodes: names }] });
    const two = {
      ...base,
      routes: { groups: [learnedFrom(nodes, 'all'), learnedFrom(nodes.slice(0, 4), 'some')], more: 0 },
    };
    assert.deepEqual(sizes(graphOf(two).boxes.node), [4, 26]);
    const many = { ...base, routes: { groups: nodes.map((node) => learnedFrom([node], node)), more: 0 } };
    const graph = graphOf(many);
    assert.deepEqual(sizes(graph.boxes.node), [30]);
    assert.equal(graph.boxes.destination.length, BOXES_MAX);
  });

  it('lights what belongs to a box: who learns it from whom, and nothing else', () => {
    const base = fabric(2, 2);
    const graph = graphOf({
      ...base,
      routes: {
        groups: [
          group({ examples: ['a'], learned: [{ routers: ['r1'], nodes: ['n1'] }] }),
          group({ examples: ['b'], learned: [{ routers: ['r2'], nodes: ['n1', 'n2'] }] }),
        ],
        more: 0,
      },
    });
    const lit = (box: Box): readonly string[] => [...(litBy(graph, [box]).boxes ?? [])].toSorted();
    const { router, node, destination } = graph.boxes;
    const [a = '', b = ''] = destination.map(({ id }) => id);
    assert.deepEqual(lit(boxWith(destination, 'speakers a')), [a, 'node n1', 'router peer r1']);
    assert.deepEqual(lit(boxWith(node, 'n2')), [b, 'node n2', 'router peer r1', 'router peer r2']);
    assert.deepEqual(lit(boxWith(router, 'peer r1')), [a, 'node n1', 'node n2', 'router peer r1']);
    const ofA = litBy(graph, [boxWith(destination, 'speakers a')]);
    assert.deepEqual(
      graph.sessions.filter(ofA.hasSession).map((link) => `${link.router}, ${link.node}`),
      ['router peer r1, node n1'],
    );
    assert.equal(litBy(graph, []).boxes, null);
  });

  it('keeps boxes of a column apart, and inside of the picture', () => {
    const { columns, height } = placeBoxes(graphOf(fabric(12, 3)));
    for (const column of Object.values(columns))
      for (const [index, { y }] of column.entries()) {
        assert.ok(y >= 0 && y + BOX_HEIGHT <= height, `${y} of ${height}`);
        assert.ok(index === 0 || y - (column[index - 1]?.y ?? 0) > BOX_HEIGHT, `${y}`);
      }
  });

  it('says in words what a box stands for', () => {
    const facts = networkFacts(withSession(fabric(500, 40), 'n7', session('r3', 'down')));
    const graph = networkGraph(facts);
    const name = (kind: 'router' | 'node' | 'destination', member: string): string => {
      const box = boxWith(graph.boxes[kind], member);
      const { title, about } = boxText(box, facts, graph);
      return `${BOX_NOUNS[kind]} ${title}: ${about}`;
    };
    assert.equal(name('node', 'n7'), 'Node n7: 39 of 40 sessions up');
    assert.equal(name('node', 'n8'), 'Node 499 nodes: n1 … n500 · 19,960 sessions up');
    assert.equal(name('router', 'peer r3'), 'Router r3: 10.0.0.1:179 · 499 of 500 sessions up');
    assert.equal(
      name('destination', 'speakers 192.0.2.1/32'),
      'Destination 192.0.2.1/32: 1 Service · ECMP 499 to 500',
    );
  });
});
