import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NodePicture } from '../../src/announce/picture.ts';
import { AssignedBook, NOTHING_ANNOUNCED } from '../../src/speaker/assignedbook.ts';
import { advertisement, node, PLAIN, peer, pool, served } from '../announce/cluster.ts';

function stage(names: readonly string[], peers: readonly unknown[] = [peer('tor')]) {
  const picture = new NodePicture(PLAIN);
  picture.putNode(node('n1'));
  picture.putConfig({
    pools: [pool('main', ['10.20.1.0/24'])],
    advertisements: [advertisement('all', { aggregationLength: 31, peers: ['tor'] })],
    ...{ peers, layer2: [], communities: [], bfdProfiles: [], secrets: [] },
  });
  const book = new AssignedBook();
  const put = (name: string, last: number): void => {
    const [service, slice] = served(name, `10.20.1.${last}`);
    picture.putService(service);
    picture.putSlice(slice);
  };
  const look = (): void => {
    for (const change of picture.settle().services) book.take(change);
  };
  for (const [index, name] of names.entries()) put(name, index);
  look();
  return { picture, book, put, look };
}

it('knows who is meant to hear, and counts a prefix that two share once', () => {
  const { book } = stage(['a', 'b', 'c']);
  assert.deepEqual([...book.keys], ['web/a', 'web/b', 'web/c']);
  assert.deepEqual([book.peersOf('web/a'), book.peersOf('web/none')], [['tor'], null]);
  const { services, prefixes } = book.summary();
  assert.deepEqual([services, prefixes], [3, 2]);
});

it('has nothing of what nobody is meant to hear', () => {
  const { book } = stage(['a'], [peer('other')]);
  assert.deepEqual([book.size, book.summary()], [0, NOTHING_ANNOUNCED]);
});

it('has one digest for one content, whichever way it came about', () => {
  const { book, picture, put, look } = stage(['a', 'b']);
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
