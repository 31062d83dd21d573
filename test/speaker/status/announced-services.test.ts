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
  return { picture: model, book: announced, put: putService, look: reconcile };
}

it('knows who is meant to hear, and counts a prefix that two share once', () => {
  const { book } = setUp(['a', 'b', 'c']);
  assert.deepEqual([...book.keys], ['web/a', 'web/b', 'web/c']);
  assert.deepEqual([book.peersOf('web/a'), book.peersOf('web/none')], [['tor'], null]);
  const { services, prefixes } = book.summary();
  assert.deepEqual([services, prefixes], [3, 2]);
});

it('has nothing of what nobody is meant to hear', () => {
  const { book } = setUp(['a'], [peer('other')]);
  assert.deepEqual([book.size, book.summary()], [0, NOTHING_ANNOUNCED]);
});

it('has one digest for one content, whichever way it came about', () => {
  const { book, picture, put, look } = setUp(['a', 'b']);
  const before = book.summary();
  picture.removeService('web/a');
  look();
  assert.notEqual(book.summary().digest, before.digest);
  put('a', 0);
  look();
  assert.deepEqual(book.summary(), before);
  put('a', 9);
  look();
  assert.notEqual(book.summary().digest, before.digest);
});
