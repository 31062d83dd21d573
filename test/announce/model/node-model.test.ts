/** What is told when something happens to a cluster, and what is not. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConfigObjects } from '../../../src/announce/config/node-config.ts';
import { NodeModel, type NodeModelChanges } from '../../../src/announce/model/node-model.ts';
import type { Raw } from '../../../src/base/json.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import {
  advertisement,
  DEFAULT_SPEAKER,
  endpointSlice,
  node,
  peer,
  pool,
  service,
} from '../support/cluster.ts';
import { decodedService, nodeSlice } from '../support/decoded.ts';

const config = (change: Partial<ConfigObjects> = {}): ConfigObjects => ({
  pools: [pool('main', ['10.20.1.0/24', 'fd00:20:1::/64'])],
  advertisements: [advertisement('all')],
  peers: [peer('r1'), peer('r2', { peerAddress: '10.213.0.2' })],
  ...{ layer2: [], communities: [], bfdProfiles: [], secrets: [] },
  ...change,
});

const endpointsOn = (...nodes: readonly string[]): readonly Raw[] =>
  nodes.map((nodeName, index) => ({ addresses: [`10.244.0.${index + 1}`], nodeName }));

/** Of each change of a route, `r1 10.20.1.1/32`; a withdrawal begins with a minus. */
const routesIn = ({ routes }: NodeModelChanges): readonly string[] =>
  routes.map(({ peer: name, prefix, route }) => `${route === null ? '-' : ''}${name} ${prefix}`);

const servicesIn = ({ services }: NodeModelChanges): readonly string[] =>
  services.map(({ key, status }) => {
    if (status === null) return `${key} gone`;
    const { decision, targetPeers } = status;
    return `${key} ${decision.kind === 'refused' ? decision.refusal.code : `to ${targetPeers.join('+')}`}`;
  });

const NO_CHANGES = {
  ...{ routes: [], services: [], errors: null, warnings: null },
  peers: { added: [], changed: [], removed: [] },
};

function newModel(names: readonly string[] = ['a', 'b'], change: Partial<ConfigObjects> = {}): NodeModel {
  const model = new NodeModel(DEFAULT_SPEAKER);
  model.putNode(decodeNode(node('n1')));
  model.putConfig(config(change));
  for (const [index, name] of names.entries()) {
    model.putService(decodedService(service(name, [`10.20.1.${index + 1}`])));
    model.putSlice(nodeSlice(endpointSlice(name, endpointsOn('n1'))));
  }
  return model;
}

function recomputedModel(names?: readonly string[], change?: Partial<ConfigObjects>): NodeModel {
  const model = newModel(names, change);
  model.recompute();
  return model;
}

describe('the first look', () => {
  it('tells everything', () => {
    const told = newModel(['a']).recompute();
    assert.deepEqual(routesIn(told), ['r1 10.20.1.1/32', 'r2 10.20.1.1/32']);
    assert.deepEqual(servicesIn(told), ['web/a to r1+r2']);
    assert.deepEqual(
      told.peers.added.map(({ name }) => name),
      ['r1', 'r2'],
    );
  });

  it('shares what two peers hear', () => {
    const [one, other] = newModel(['a']).recompute().routes;
    assert.equal(one?.route, other?.route);
  });

  it('of nothing tells nothing', () => {
    assert.deepEqual(new NodeModel(DEFAULT_SPEAKER).recompute(), NO_CHANGES);
  });
});

describe('a look', () => {
  it('at nothing new tells nothing', () => {
    assert.deepEqual(recomputedModel().recompute(), NO_CHANGES);
  });

  it('sees one Service leave a prefix that another one keeps', () => {
    const picture = recomputedModel();
    picture.putService(decodedService(service('b', ['10.20.1.1'])));
    assert.deepEqual(routesIn(picture.recompute()), ['-r1 10.20.1.2/32', '-r2 10.20.1.2/32']);
    picture.removeService('web/a');
    const told = picture.recompute();
    assert.deepEqual([routesIn(told), servicesIn(told)], [[], ['web/a gone']]);
    picture.removeSlice({ namespace: 'web', name: 'b-1' });
    assert.deepEqual(routesIn(picture.recompute()), ['-r1 10.20.1.1/32', '-r2 10.20.1.1/32']);
  });

  it('sees a Service that came and went as nothing', () => {
    const picture = recomputedModel();
    picture.putService(decodedService(service('c', ['10.20.1.3'])));
    picture.removeService('web/c');
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });

  it('sees a Service made again, younger, say what it said', () => {
    const picture = recomputedModel();
    picture.removeService('web/a');
    picture.putService(decodedService(service('a', ['10.20.1.1'])));
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });
});

describe('endpoints', () => {
  for (const [what, endpoints] of Object.entries({
    'on other nodes': endpointsOn('n1', 'n2'),
    'that are written anew': endpointsOn('n1'),
    'beside the one that is here': endpointsOn('n1', 'n1'),
  })) {
    it(`${what} change nothing`, () => {
      const picture = recomputedModel();
      picture.putSlice(nodeSlice(endpointSlice('a', endpoints)));
      assert.deepEqual(picture.recompute(), NO_CHANGES);
    });
  }

  it('that go take the routes along, and bring them back', () => {
    const picture = recomputedModel();
    picture.putSlice(nodeSlice(endpointSlice('a', [])));
    const told = picture.recompute();
    assert.deepEqual(servicesIn(told), ['web/a noEndpoints']);
    assert.deepEqual(routesIn(told), ['-r1 10.20.1.1/32', '-r2 10.20.1.1/32']);
    picture.putSlice(nodeSlice(endpointSlice('a', endpointsOn('n2'))));
    assert.deepEqual(routesIn(picture.recompute()), ['r1 10.20.1.1/32', 'r2 10.20.1.1/32']);
  });

  it('of a slice that moves to another Service are counted there', () => {
    const picture = recomputedModel();
    picture.putSlice({ ...nodeSlice(endpointSlice('b', endpointsOn('n1'))), name: 'a-1' });
    assert.deepEqual(servicesIn(picture.recompute()), ['web/a noEndpoints']);
  });
});

describe('the Node', () => {
  it('whose heart beats changes nothing', () => {
    const picture = recomputedModel();
    picture.putNode(decodeNode(node('n1', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] })));
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });

  it('that is gone takes the peers along, and no route is withdrawn one by one', () => {
    const picture = recomputedModel(['a']);
    picture.putNode(null);
    const told = picture.recompute();
    assert.deepEqual([routesIn(told), told.peers.removed], [[], ['r1', 'r2']]);
    assert.deepEqual(servicesIn(told), ['web/a notOwner']);
  });
});

describe('configuration', () => {
  it('that says the same changes nothing', () => {
    const picture = recomputedModel();
    picture.putConfig(config());
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });

  it('is told where it makes a difference', () => {
    const picture = recomputedModel();
    const only = { serviceSelectors: [{ matchLabels: { tier: 'gold' } }], communities: ['64500:1'] };
    picture.putService(decodedService(service('b', ['10.20.1.2'], {}, { tier: 'gold' })));
    picture.putConfig(config({ advertisements: [advertisement('all'), advertisement('gold', only)] }));
    assert.deepEqual(routesIn(picture.recompute()), ['r1 10.20.1.2/32', 'r2 10.20.1.2/32']);
  });

  it('of one peer leaves the others alone', () => {
    const picture = recomputedModel(['a']);
    const [r1] = picture.sessions;
    picture.putConfig(config({ peers: [peer('r1'), peer('r2', { myASN: 64501 }), peer('r3')] }));
    const told = picture.recompute();
    assert.deepEqual(
      [told.peers.added, told.peers.changed].map((list) => list.map(({ name }) => name)),
      [['r3'], ['r2']],
    );
    assert.deepEqual(routesIn(told), ['r3 10.20.1.1/32']);
    assert.equal(picture.sessions[0]?.peer, r1?.peer);
  });

  it('of the nodes that a peer selects is nothing to its session', () => {
    const picture = recomputedModel();
    const everywhere = { nodeSelectors: [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }] };
    picture.putConfig(config({ peers: [peer('r1', everywhere), peer('r2', { peerAddress: '10.213.0.2' })] }));
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });

  it('of what a peer only says to us is nothing to its session', () => {
    const picture = recomputedModel();
    const { metadata, ...rest } = peer('r1', { ebgpMultiHop: true });
    const annotations = { 'berth.dev/allow-beside-calico': 'true' };
    const beside = { ...rest, metadata: { ...(metadata as Raw), annotations } };
    picture.putConfig(config({ peers: [beside, peer('r2', { peerAddress: '10.213.0.2' })] }));
    assert.deepEqual(picture.recompute(), NO_CHANGES);
  });

  it('that is wrong is complained about once, and said to be right again', () => {
    const picture = recomputedModel();
    picture.putConfig(config({ advertisements: [advertisement('all', { communities: ['nobody'] })] }));
    assert.equal(picture.recompute().errors?.length, 1);
    assert.equal(picture.recompute().errors, null);
    picture.putConfig(config());
    assert.deepEqual(picture.recompute().errors, []);
  });
});

describe('an aggregate', () => {
  const wide = { advertisements: [advertisement('all', { aggregationLength: 24 })] };

  it('stays as long as one Service is in it', () => {
    const picture = recomputedModel(['a', 'b', 'c'], wide);
    picture.removeService('web/a');
    picture.removeService('web/c');
    assert.deepEqual(routesIn(picture.recompute()), []);
    picture.removeService('web/b');
    assert.deepEqual(routesIn(picture.recompute()), ['-r1 10.20.1.0/24', '-r2 10.20.1.0/24']);
  });
});
