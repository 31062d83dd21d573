import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { buildImage, contextEntries, type Image, readText, runImage } from './image/build.ts';
import { parseDockerfile } from './image/dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const full = process.env['BERTH_FULL'] === '1';

type Container = {
  readonly args: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
};

describe('the image', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-image-'));
  let image: Image;

  before(() => {
    const context = join(scratch, 'context');
    mkdirSync(context);
    for (const entry of contextEntries(readText(join(root, '.dockerignore')))) {
      cpSync(join(root, entry), join(context, entry), { recursive: true });
    }
    const stages = parseDockerfile(readText(join(root, 'Dockerfile')));
    image = buildImage({ stages, context, scratch, instead: installed });
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** Installing the packages again takes its time: the full run does it, the quick one borrows what is here. */
  function installed(command: string, folder: string): boolean {
    if (full || command !== 'npm ci') return false;
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    return true;
  }

  test('prints its version', () => {
    const { version } = JSON.parse(readText(join(root, 'package.json'))) as { version: string };
    const ran = runImage(image, ['version']);
    assert.equal(ran.status, 0, String(ran.stderr));
    assert.match(ran.stdout, new RegExp(`(^|\\s)${version.replaceAll('.', '\\.')}$`, 'm'));
  });

  test('helps who starts it without arguments', () => {
    const ran = runImage(image, image.cmd);
    assert.equal(ran.status, 0, String(ran.stderr));
    assert.match(ran.stdout, /Usage: berth/);
  });

  test('holds the bundle and the manifests, no sources and no packages', () => {
    assert.deepEqual(readdirSync(join(image.root, 'berth')).sort(), ['deploy', 'dist']);
  });

  test('runs as the user and on the ports that the Deployment names', () => {
    const deployment = parse(readText(join(root, 'deploy/controller-only/deployment.yaml')));
    const pod = deployment.spec.template.spec;
    const container = pod.containers[0] as Container;
    assert.equal(image.user, `${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`);
    assert.deepEqual(
      image.ports,
      container.ports.map(({ containerPort }) => containerPort),
    );
    assert.equal(container.args[0], 'controller', 'arguments stand in for CMD and begin with the verb');
  });
});
