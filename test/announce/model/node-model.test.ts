/** The changes that the incremental model reports for each kind of event. */

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
    if (status === null) return `${key} removed`;
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

describe('the first recompute', () => {
  it('reports everything', () => {
    const changes = newModel(['a']).recompute();
    assert.deepEqual(routesIn(changes), ['r1 10.20.1.1/32', 'r2 10.20.1.1/32']);
    assert.deepEqual(servicesIn(changes), ['web/a to r1+r2']);
    assert.deepEqual(
      changes.peers.added.map(({ name }) => name),
      ['r1', 'r2'],
    );
  });

  it('shares equal routes between peers', () => {
    const [one, other] = newModel(['a']).recompute().routes;
    assert.equal(one?.route, other?.route);
  });

  it('reports nothing for an empty cluster', () => {
    assert.deepEqual(new NodeModel(DEFAULT_SPEAKER).recompute(), NO_CHANGES);
  });
});

describe('a recompute', () => {
  it('reports nothing without changes', () => {
    assert.deepEqual(recomputedModel().recompute(), NO_CHANGES);
  });

  it('keeps a prefix that another Service still contributes to', () => {
    const model = recomputedModel();
    model.putService(decodedService(service('b', ['10.20.1.1'])));
    assert.deepEqual(routesIn(model.recompute()), ['-r1 10.20.1.2/32', '-r2 10.20.1.2/32']);
    model.removeService('web/a');
    const changes = model.recompute();
    assert.deepEqual([routesIn(changes), servicesIn(changes)], [[], ['web/a removed']]);
    model.removeSlice({ namespace: 'web', name: 'b-1' });
    assert.deepEqual(routesIn(model.recompute()), ['-r1 10.20.1.1/32', '-r2 10.20.1.1/32']);
  });

  it('reports nothing for a Service that was created and deleted in between', () => {
    const model = recomputedModel();
    model.putService(decodedService(service('c', ['10.20.1.3'])));
    model.removeService('web/c');
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });

  it('reports nothing for a Service that was recreated with the same content', () => {
    const model = recomputedModel();
    model.removeService('web/a');
    model.putService(decodedService(service('a', ['10.20.1.1'])));
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });
});

describe('endpoints', () => {
  for (const [what, endpoints] of Object.entries({
    'on other nodes': endpointsOn('n1', 'n2'),
    'that are written again': endpointsOn('n1'),
    'beside the one that is here': endpointsOn('n1', 'n1'),
  })) {
    it(`${what} change no route`, () => {
      const model = recomputedModel();
      model.putSlice(nodeSlice(endpointSlice('a', endpoints)));
      assert.deepEqual(model.recompute(), NO_CHANGES);
    });
  }

  it('withdraw the routes with the last one, and restore them with a new one', () => {
    const model = recomputedModel();
    model.putSlice(nodeSlice(endpointSlice('a', [])));
    const changes = model.recompute();
    assert.deepEqual(servicesIn(changes), ['web/a noEndpoints']);
    assert.deepEqual(routesIn(changes), ['-r1 10.20.1.1/32', '-r2 10.20.1.1/32']);
    model.putSlice(nodeSlice(endpointSlice('a', endpointsOn('n2'))));
    assert.deepEqual(routesIn(model.recompute()), ['r1 10.20.1.1/32', 'r2 10.20.1.1/32']);
  });

  it('of a slice that moves to another Service count for that one', () => {
    const model = recomputedModel();
    model.putSlice({ ...nodeSlice(endpointSlice('b', endpointsOn('n1'))), name: 'a-1' });
    assert.deepEqual(servicesIn(model.recompute()), ['web/a noEndpoints']);
  });
});

describe('the Node', () => {
  it('changes nothing with a heartbeat', () => {
    const model = recomputedModel();
    model.putNode(decodeNode(node('n1', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] })));
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });

  it('removes all peers when it is deleted, without withdrawing single routes', () => {
    const model = recomputedModel(['a']);
    model.putNode(null);
    const changes = model.recompute();
    assert.deepEqual([routesIn(changes), changes.peers.removed], [[], ['r1', 'r2']]);
    assert.deepEqual(servicesIn(changes), ['web/a notOwner']);
  });
});

describe('configuration', () => {
  it('that is equal changes nothing', () => {
    const model = recomputedModel();
    model.putConfig(config());
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });

  it('is changes where it makes a difference', () => {
    const model = recomputedModel();
    const only = { serviceSelectors: [{ matchLabels: { tier: 'gold' } }], communities: ['64500:1'] };
    model.putService(decodedService(service('b', ['10.20.1.2'], {}, { tier: 'gold' })));
    model.putConfig(config({ advertisements: [advertisement('all'), advertisement('gold', only)] }));
    assert.deepEqual(routesIn(model.recompute()), ['r1 10.20.1.2/32', 'r2 10.20.1.2/32']);
  });

  it('of one peer does not affect the others', () => {
    const model = recomputedModel(['a']);
    const [r1] = model.sessions;
    model.putConfig(config({ peers: [peer('r1'), peer('r2', { myASN: 64501 }), peer('r3')] }));
    const changes = model.recompute();
    assert.deepEqual(
      [changes.peers.added, changes.peers.changed].map((list) => list.map(({ name }) => name)),
      [['r3'], ['r2']],
    );
    assert.deepEqual(routesIn(changes), ['r3 10.20.1.1/32']);
    assert.equal(model.sessions[0]?.peer, r1?.peer);
  });

  it('of the nodes that a peer selects does not affect its session', () => {
    const model = recomputedModel();
    const everywhere = { nodeSelectors: [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }] };
    model.putConfig(config({ peers: [peer('r1', everywhere), peer('r2', { peerAddress: '10.213.0.2' })] }));
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });

  it('that only validation reads does not affect a session', () => {
    const model = recomputedModel();
    const { metadata, ...rest } = peer('r1', { ebgpMultiHop: true });
    const annotations = { 'berth.dev/allow-beside-calico': 'true' };
    const beside = { ...rest, metadata: { ...(metadata as Raw), annotations } };
    model.putConfig(config({ peers: [beside, peer('r2', { peerAddress: '10.213.0.2' })] }));
    assert.deepEqual(model.recompute(), NO_CHANGES);
  });

  it('that is invalid is reported once, and once more when it is valid again', () => {
    const model = recomputedModel();
    model.putConfig(config({ advertisements: [advertisement('all', { communities: ['nobody'] })] }));
    assert.equal(model.recompute().errors?.length, 1);
    assert.equal(model.recompute().errors, null);
    model.putConfig(config());
    assert.deepEqual(model.recompute().errors, []);
  });
});

describe('an aggregate', () => {
  const wide = { advertisements: [advertisement('all', { aggregationLength: 24 })] };

  it('is announced while one Service is in it', () => {
    const model = recomputedModel(['a', 'b', 'c'], wide);
    model.removeService('web/a');
    model.removeService('web/c');
    assert.deepEqual(routesIn(model.recompute()), []);
    model.removeService('web/b');
    assert.deepEqual(routesIn(model.recompute()), ['-r1 10.20.1.0/24', '-r2 10.20.1.0/24']);
  });
});
