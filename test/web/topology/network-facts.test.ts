import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceWay } from '../../../src/overview/answers.ts';
import { type NetworkFacts, networkFacts } from '../../../web/topology/network-facts.ts';
import { announcing, fabric, group, session, speaker, withSession } from './support/announcing.ts';

const sessionsOf = ({ sessions }: NetworkFacts): readonly string[] =>
  sessions.map(({ router, node, state, error }) => `${router} ${node} ${state} ${error ?? ''}`.trim());
const learnedOf = ({ destinations }: NetworkFacts): readonly string[] =>
  destinations.flatMap(({ title, learned }) => [
    title,
    ...learned.map(({ routers, nodes }) => `  ${routers.join(' ')} from ${nodes.join(' ')}`),
  ]);

describe('what the picture of the network is made of', () => {
  it('has the routers of Calico with their nodes, and says which session the model predicts to be down', () => {
    const facts = networkFacts(
      announcing({
        calico: {
          version: null,
          routers: [
            {
              ...{
                router: '10.0.0.1',
                as: 64512,
                sessions: { up: 1, all: 2 },
                routes: 1,
                nodes: ['n1', 'n2'],
              },
              down: [{ node: 'n2', because: 'the passwords differ' }],
            },
          ],
        },
        routes: {
          groups: [group({ by: 'calico', learned: [{ routers: ['10.0.0.1'], nodes: ['n1'] }] })],
          more: 0,
        },
      }),
    );
    assert.deepEqual(sessionsOf(facts), [
      'calico 10.0.0.1 n1 predicted',
      'calico 10.0.0.1 n2 down the passwords differ',
    ]);
    assert.deepEqual(learnedOf(facts), ['192.0.2.1/32', '  calico 10.0.0.1 from n1']);
    assert.deepEqual(
      facts.routers.map(({ name, about }) => `${name}, ${about}`),
      ['10.0.0.1, AS 64512'],
    );
  });

  it('lets a router learn nothing by a session that is down, so that the width of ECMP is the real one', () => {
    const before = fabric(3, 2);
    assert.deepEqual(learnedOf(networkFacts(before)), ['192.0.2.1/32', '  peer r1 peer r2 from n1 n2 n3']);
    const after = withSession(before, 'n2', session('r2', 'down', 'Hold Timer Expired'));
    const facts = networkFacts(after);
    assert.deepEqual(learnedOf(facts), ['192.0.2.1/32', '  peer r1 from n1 n2 n3', '  peer r2 from n1 n3']);
    assert.ok(sessionsOf(facts).includes('peer r2 n2 down Hold Timer Expired'));
  });

  it('keeps what a router retains while a speaker restarts, and not what a dead speaker last said', () => {
    const retained = withSession(fabric(2, 1), 'n1', session('r1', 'bridged'));
    assert.deepEqual(learnedOf(networkFacts(retained)).slice(1), ['  peer r1 from n1 n2']);
    const dead = withSession(fabric(2, 1), 'n1', session('r1', 'stale'));
    assert.deepEqual(learnedOf(networkFacts(dead)).slice(1), ['  peer r1 from n2']);
  });

  it('calls a session down that routes need and no speaker reports', () => {
    const facts = networkFacts(
      announcing({
        speakers: [speaker('n1', [session('r1', 'up')])],
        routes: { groups: [group({ learned: [{ routers: ['r1', 'new'], nodes: ['n1'] }] })], more: 0 },
      }),
    );
    assert.deepEqual(sessionsOf(facts), ['peer r1 n1 up', 'peer new n1 down its speaker reports no session']);
    assert.deepEqual(learnedOf(facts).slice(1), ['  peer r1 from n1']);
  });

  it('shows what is predicted where no speaker has reported', () => {
    const facts = networkFacts(
      announcing({ routes: { groups: [group({ learned: [{ routers: ['r1'], nodes: ['n1'] }] })], more: 0 } }),
    );
    assert.deepEqual(sessionsOf(facts), []);
    assert.deepEqual(learnedOf(facts).slice(1), ['  peer r1 from n1']);
    assert.deepEqual(
      facts.nodes.map(({ name }) => name),
      ['n1'],
    );
  });

  it('leads from the hosts of the segment to those that answer by layer 2', () => {
    const facts = networkFacts(
      announcing({
        layer2: {
          nodes: [
            { node: 'n1', state: 'running', services: 2 },
            { node: 'n2', state: 'running', services: 0 },
            { node: 'n3', state: 'down', services: 1 },
          ],
          conflicts: [],
        },
      }),
    );
    assert.deepEqual(sessionsOf(facts), ['segment n1 answers', 'segment n3 stale']);
    assert.deepEqual(
      facts.nodes.map(({ name }) => name),
      ['n1', 'n2', 'n3'],
    );
  });

  it('puts the ways of a chosen Service first, each address on its own', () => {
    const way: ServiceWay = {
      ...{ by: 'bgp-speakers', address: '192.0.2.1', announced: true, says: '' },
      nodes: [{ node: 'n1', leads: true, says: '' }],
      routers: [
        { router: 'r1', routes: [{ prefix: '192.0.2.1/32', from: ['n1'] }] },
        { router: 'r2', routes: [] },
      ],
    };
    const facts = networkFacts(fabric(2, 2), [way], 'shop/web');
    assert.deepEqual(learnedOf(facts).slice(0, 2), ['shop/web', '  peer r1 from n1']);
    const layer2 = networkFacts(announcing({}), [{ ...way, by: 'layer2-speakers', routers: [] }], 'shop/web');
    assert.deepEqual(learnedOf(layer2), ['shop/web', '  segment from n1']);
  });
});
