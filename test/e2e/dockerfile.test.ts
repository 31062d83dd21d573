import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../dev/place.mjs';
import { type Image, readText, runImage } from './support/image/build.ts';
import { buildCloneImage } from './support/image/clone-image.ts';

type Container = {
  readonly args: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
};

type Lock = { readonly packages: Readonly<Record<string, { readonly version?: string } | undefined>> };

describe('the image', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-image-'));
  let image: Image;

  before(() => {
    image = buildCloneImage(scratch);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test('prints its version', () => {
    const { version } = JSON.parse(readText(join(root, 'package.json'))) as { version: string };
    const ran = runImage(image, ['version']);
    assert.equal(ran.status, 0, String(ran.stderr));
    assert.match(ran.stdout, new RegExp(`(^|\\s)${version.replaceAll('.', '\\.')}$`, 'm'));
  });

  test('prints help when it starts without arguments', () => {
    const ran = runImage(image, image.cmd);
    assert.equal(ran.status, 0, String(ran.stderr));
    assert.match(ran.stdout, /Usage:\s+berth/);
  });

  test('contains the bundle and the manifests, no sources and no packages', () => {
    assert.deepEqual(readdirSync(join(image.root, 'berth')).sort(), ['deploy', 'dist']);
  });

  /** That nobody listens is told by a packet from too far away: so it is not heard, once the kernel has the option. */
  test('can set what Node cannot set on a socket, with native code for its C library alone', () => {
    const order = ['--as', '64512', '--peer-as', '64513', '--router-id', '192.0.2.1', '--for', '1'];
    const ran = runImage(image, ['bgp', 'dial', '127.0.0.1:1', ...order, '--ttl-security', '1']);
    assert.equal(ran.status, 1, String(ran.stderr));
    assert.match(String(ran.stderr), /did not answer .* more hops away than TTL security allows/);
    const code = readdirSync(join(image.root, 'berth/dist/node_modules'), {
      recursive: true,
      encoding: 'utf8',
    });
    const [only, ...others] = code.filter((path) => path.endsWith('.node'));
    assert.deepEqual(others, []);
    assert.match(only ?? '', new RegExp(`_${process.arch}/koffi\\.node$`));
  });

  /** `npm ci` takes what the lock file has for the platform that the image is built on. */
  test('finds native code for the machines that clusters are made of', () => {
    const { packages } = JSON.parse(readText(join(root, 'package-lock.json'))) as Lock;
    const version = packages['node_modules/koffi']?.version;
    assert.ok(version);
    for (const arch of ['x64', 'arm64'])
      assert.equal(packages[`node_modules/@koromix/koffi-linux-${arch}`]?.version, version, arch);
  });

  const manifests = {
    controller: 'deploy/controller-only/deployment.yaml',
    speaker: 'deploy/native/daemonset.yaml',
  } as const;
  const podOf = (path: string) => parse(readText(join(root, path))).spec.template.spec;

  for (const [verb, path] of Object.entries(manifests))
    test(`runs as the user that the manifest of the ${verb} names, and as that`, () => {
      const { securityContext, containers } = podOf(path);
      assert.equal(image.user, `${securityContext.runAsUser}:${securityContext.runAsGroup}`);
      const [{ args }] = containers as [Container];
      assert.equal(args[0], verb, 'arguments stand in for CMD and begin with the verb');
    });

  test('names all ports that one of them listens on', () => {
    const ports = Object.values(manifests)
      .flatMap((path) => podOf(path).containers as readonly Container[])
      .flatMap((container) => container.ports.map(({ containerPort }) => containerPort));
    assert.deepEqual(image.ports, [...new Set(ports)]);
  });
});
