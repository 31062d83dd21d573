/** Writers who do not leave us alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW_ENDS_AFTER } from '../../src/plan/contests.ts';
import { eventsOf, ingress, pool, service, World, writes } from './support.ts';

const WEB = pool('web', ['10.0.0.0/31']);

test('a writer that insists three times is left alone, after one event', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  const replace = () => world.edit('it', { ingress: ingress('192.0.2.9'), statusWriter: 'rival' });
  assert.deepEqual(eventsOf([...replace(), ...replace()]), []);
  assert.equal(world.says('it'), '10.0.0.0');
  assert.match(eventsOf(replace()).join(), /^AddressesReplaced: "rival" keeps replacing/);
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9');
  for (let i = 0; i < 5; i++) assert.deepEqual(writes(replace()), []);
  world.apply(service('new'));
  assert.equal(world.says('new'), '10.0.0.1', 'its address stays reserved');
  const fresh = world.restart();
  assert.deepEqual(writes(fresh.first), [], 'a restart begins nothing anew');
});

test('so is one that insists on an address of ours which the Service does not want', () => {
  const its = service('it', { asks: { loadBalancerIPs: '10.0.0.0' } });
  const world = new World({ pools: [WEB], services: [its] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('10.0.0.1'), statusWriter: 'rival' });
  assert.equal(world.says('it'), 'StatusContested 10.0.0.1');
});

test('a contest ends when the owner changes the Service, and the writer has been quiet', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 3; i++) world.edit('it', { ingress: ingress('192.0.2.9') });
  world.edit('it', { labels: { tried: 'again' } });
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9', 'not yet');
  world.stage.now += ROW_ENDS_AFTER + 1;
  world.lookAgain();
  assert.equal(world.says('it'), 'StatusContested 192.0.2.9', 'nobody has done anything');
  world.edit('it', { labels: { tried: 'once more' } });
  assert.equal(world.says('it'), '10.0.0.0');
});

test('replacements that are far apart are no contest', () => {
  const world = new World({ pools: [WEB], services: [service('it')] });
  for (let i = 0; i < 6; i++) {
    world.edit('it', { ingress: ingress('192.0.2.9') });
    world.stage.now += ROW_ENDS_AFTER + 1;
  }
  assert.equal(world.says('it'), '10.0.0.0');
});
