/** Speakers and a router in the built playground, steered by the real kubectl. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installProgram } from '../controller/support/program.ts';
import { BuiltPlayground } from '../playground/support/built-playground.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

describe('the playground with speakers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let place: string;
  let playground: BuiltPlayground;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-native-'));
    const script = await installProgram(folder);
    place = mkdtempSync(join(folder, 'home-'));
    playground = new BuiltPlayground(script, place, ['--native']);
  });
  after(async () => {
    await playground?.program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const kubectl = (...args: readonly string[]): Promise<string> => playground.kubectl(args);

  it('shows the routes that the router has learned', async () => {
    await playground.waitFor(/^search\/index .* 10\.10\.0\.1 via w1×2 w3×1$/m);
    await playground.waitFor(/^shop\/mail .* 10\.10\.0\.1 via w2$/m);
    await playground.waitFor(/^shop\/partners .* NotOwner$/m);
  });

  it('serves the objects that speakers write', async () => {
    assert.match(
      await kubectl('get', 'events', '-n', 'shop'),
      /nodeAssigned +service\/mail +announcing from node "w2"/,
    );
    assert.match(await kubectl('get', 'configurationstates', '-n', 'metallb-system'), /^speaker-w1 /m);
  });

  it('answers berth bgp from its speakers, as a cluster does', async () => {
    assert.match(await playground.berth('bgp', 'peers'), /^3 of 3 sessions established$/m);
    assert.match(
      await playground.berth('bgp', 'why', 'shop/web'),
      /advertised by 3 of 3 nodes \(w1, w2, w3\), to tor/,
    );
    assert.match(await kubectl('get', 'pods', '-n', 'metallb-system'), /^berth-speaker-w1 +1\/1 +Running /m);
  });

  it('answers berth status, with the problem of the examples and its fix', async () => {
    await eventually(() =>
      assert.rejects(playground.berth('status'), ({ message: status }: Error) => {
        assert.match(status, /^ERROR NotAnnounced Service shop\/partners$/m);
        assert.match(status, /^ {2}fix: {2}Name the pool in spec\.ipAddressPools of a BGPAdvertisement/m);
        assert.match(status, /^announcing {2}BGP: 3 of 3 sessions up; 3 of 3 speakers running$/m);
        assert.match(status, /^controller {2}playground leads, since /m);
        return true;
      }),
    );
  });

  it('withdraws the routes of a cordoned node before its session ends, and advertises them again after uncordon', async () => {
    await kubectl('cordon', 'w3');
    const story =
      /^\S+ {2}shop\/web {2}is learned by 10\.10\.0\.1 via w1 w2$[\s\S]*^\S+ {2}w3 {2}has no session with 10\.10\.0\.1 any more: /m;
    await playground.waitFor(story);
    await kubectl('uncordon', 'w3');
    await playground.waitFor(/^\S+ {2}shop\/web {2}is learned by 10\.10\.0\.1 via w1 w2 w3$/m);
  });

  it('advertises a Local Service from the node of its endpoint', async () => {
    const patch = JSON.stringify([{ op: 'replace', path: '/endpoints/0/nodeName', value: 'w1' }]);
    await kubectl('patch', 'endpointslice', 'mail-ipv4', '-n', 'shop', '--type=json', '-p', patch);
    await playground.waitFor(/^\S+ {2}shop\/mail {2}is learned by 10\.10\.0\.1 via w1$/m);
  });

  it('advertises a pool once a BGPAdvertisement names it', async () => {
    const patch = JSON.stringify([{ op: 'add', path: '/spec/ipAddressPools/-', value: 'on-request' }]);
    const advertisement = ['bgpadvertisement', 'everyday', '-n', 'metallb-system'];
    await kubectl('patch', ...advertisement, '--type=json', '-p', patch);
    await playground.waitFor(/^\S+ {2}shop\/partners {2}is learned by 10\.10\.0\.1 via w1 w2 w3$/m);
  });

  it('withdraws the routes of a deleted node', async () => {
    await kubectl('delete', 'node', 'w1');
    await playground.waitFor(/^\S+ {2}shop\/partners {2}is learned by 10\.10\.0\.1 via w2 w3$/m);
    await playground.waitFor(
      /^\S+ {2}shop\/mail {2}NoLocalEndpoints: 192\.0\.2\.25 is learned by no router: /m,
    );
  });

  it('ends on Ctrl-C with exit code 0, and removes its files', async () => {
    playground.program.signal('SIGINT');
    assert.equal(await playground.program.waitForExit(), 0);
    assert.deepEqual(
      readdirSync(place).filter((name) => name.startsWith('berth-')),
      [],
    );
    assert.equal(playground.program.stderr, '');
  });
});
