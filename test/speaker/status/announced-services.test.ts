import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { AnnouncedServices, NOTHING_ANNOUNCED } from '../../../src/speaker/status/announced-services.ts';
import {
  advertisement,
  DEFAULT_SPEAKER,
  node,
  peer,
  pool,
  serviceWithEndpoint,
} from '../../announce/support/cluster.ts';
import { decodedService, nodeSlice } from '../../announce/support/decoded.ts';

function setUp(names: readonly string[], peers: readonly unknown[] = [peer('tor')]) {
  const model = new NodeModel(DEFAULT_SPEAKER);
  model.putNode(decodeNode(node('n1')));
  model.putConfig({
    pools: [pool('main', ['10.20.1.0/24'])],
    advertisements: [advertisement('all', { aggregationLength: 31, peers: ['tor'] })],
    ...{ peers, layer2: [], communities: [], bfdProfiles: [], secrets: [] },
  });
  const announced = new AnnouncedServices();
  const putService = (name: string, last: number): void => {
    const [service, slice] = serviceWithEndpoint(name, `10.20.1.${last}`);
    model.putService(decodedService(service));
    model.putSlice(nodeSlice(slice));
  };
  const reconcile = (): void => {
    for (const change of model.recompute().services) announced.update(change);
  };
  for (const [index, name] of names.entries()) putService(name, index);
  reconcile();
  return { model, announced, putService, reconcile };
}

it('lists the peers of a Service, and counts a shared prefix once', () => {
  const { announced } = setUp(['a', 'b', 'c']);
  assert.deepEqual([...announced.keys], ['web/a', 'web/b', 'web/c']);
  assert.deepEqual([announced.peersOf('web/a'), announced.peersOf('web/none')], [['tor'], null]);
  const { services, prefixes } = announced.summary();
  assert.deepEqual([services, prefixes], [3, 2]);
});

it('omits a Service that is announced to no peer', () => {
  const { announced } = setUp(['a'], [peer('other')]);
  assert.deepEqual([announced.size, announced.summary()], [0, NOTHING_ANNOUNCED]);
});

it('has the same digest for the same content, whatever the history', () => {
  const { announced, model, putService, reconcile } = setUp(['a', 'b']);
  const before = announced.summary();
  model.removeService('web/a');
  reconcile();
  assert.notEqual(announced.summary().digest, before.digest);
  putService('a', 0);
  reconcile();
  assert.deepEqual(announced.summary(), before);
  putService('a', 9);
  reconcile();
  assert.notEqual(announced.summary().digest, before.digest);
});
