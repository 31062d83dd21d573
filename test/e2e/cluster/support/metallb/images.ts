/** Images under the names of MetalLB's, which no test can pull. What runs in them behaves like MetalLB as far as a migration goes. */
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeImage } from '../../../../../dev/image/oci.mjs';
import { imageConfig } from '../../../../../dev/image/root.mjs';
import type { Cluster } from '../../../../support/cluster/cluster.ts';
import { berthLayers } from '../../../../support/cluster/images.ts';
import { findClusterParts } from '../../../../support/cluster/parts.ts';
import { controllerProgram } from './controller.mjs';
import { layer2SpeakerProgram } from './layer2-speaker.mjs';

const VERSION = 'v0.15.2';
export const CONTROLLER_IMAGE = `quay.io/metallb/controller:${VERSION}`;
export const SPEAKER_IMAGE = `quay.io/metallb/speaker:${VERSION}`;

/**
 * By BGP, MetalLB's speaker is Berth's own under its name, which announces what recorded cases of MetalLB's have announced. By layer 2 it is
 * a stand-in.
 */
export type SpeakerProtocol = 'bgp' | 'layer2';

const entry = (program: string): readonly string[] => ['node', `/${basename(program)}`];

/** Loads them on all nodes. */
export async function loadMetallbImages(cluster: Cluster, protocol: SpeakerProtocol): Promise<void> {
  const { path: folder } = cluster.network;
  const [base, app] = berthLayers(folder);
  const programs = layOutPrograms(join(folder, 'metallb-programs'));
  const config = imageConfig({ version: VERSION, revision: null });
  const running = (program: string) => ({ ...config, Entrypoint: entry(program), Cmd: [] });
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const archives = [
    {
      name: CONTROLLER_IMAGE,
      image: { architecture, layers: [base, programs], config: running(controllerProgram) },
    },
    {
      name: SPEAKER_IMAGE,
      image:
        protocol === 'bgp'
          ? { architecture, layers: [base, app], config }
          : { architecture, layers: [base, programs], config: running(layer2SpeakerProgram) },
    },
  ];
  for (const [index, { name, image }] of archives.entries()) {
    const path = join(folder, `metallb-${index}.tar`);
    writeImage(path, [name], [image], { gzip: false });
    for (const node of cluster.nodes) await node.loadImage(path);
  }
}

/** A layer with the stand-ins, and BusyBox for the commands of one. */
function layOutPrograms(folder: string): string {
  const parts = findClusterParts();
  if (!parts.isAvailable) throw new Error(parts.reason);
  mkdirSync(folder);
  const api = fileURLToPath(new URL('cluster-api.mjs', import.meta.url));
  for (const file of [controllerProgram, layer2SpeakerProgram, api, parts.busybox])
    copyFileSync(file, join(folder, basename(file)));
  chmodSync(join(folder, basename(parts.busybox)), 0o755);
  return folder;
}
