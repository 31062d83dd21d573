/** Images under the names of MetalLB's, which no test can pull. What runs in them behaves like MetalLB as far as a migration goes. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeImage } from '../../../../../dev/image/oci.mjs';
import { imageConfig } from '../../../../../dev/image/root.mjs';
import type { Cluster } from '../../../../support/cluster/cluster.ts';
import { berthLayers } from '../../../../support/cluster/images.ts';
import { controllerProgram } from './controller.mjs';

const VERSION = 'v0.15.2';
export const CONTROLLER_IMAGE = `quay.io/metallb/controller:${VERSION}`;
/** Berth's own speaker, which announces by BGP what recorded cases of MetalLB's have announced. */
export const SPEAKER_IMAGE = `quay.io/metallb/speaker:${VERSION}`;

/** Loads them on all nodes. */
export async function loadMetallbImages(cluster: Cluster): Promise<void> {
  const { path: folder } = cluster.network;
  const [base, app] = berthLayers(folder);
  const program = join(folder, 'metallb-controller');
  mkdirSync(program);
  copyFileSync(controllerProgram, join(program, basename(controllerProgram)));
  const config = imageConfig({ version: VERSION, revision: null });
  const entry = { ...config, Entrypoint: ['node', `/${basename(controllerProgram)}`], Cmd: [] };
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const archive = (name: string): string => join(folder, `metallb-${name}.tar`);
  const options = { gzip: false };
  writeImage(
    archive('controller'),
    [CONTROLLER_IMAGE],
    [{ architecture, layers: [base, program], config: entry }],
    options,
  );
  writeImage(archive('speaker'), [SPEAKER_IMAGE], [{ architecture, layers: [base, app], config }], options);
  for (const node of cluster.nodes)
    for (const name of ['controller', 'speaker']) await node.loadImage(archive(name));
}
