/**
 * Images for clusters of tests, made from files that are here: BusyBox as the pause container, Berth, and a web server on Berth's own
 * base, so that nodes have that base once.
 */
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildIfStale } from '../../../dev/build.mjs';
import { writeImage } from '../../../dev/image/oci.mjs';
import { provideImageParts } from '../../../dev/image/parts.mjs';
import { imageConfig, layOut, packageVersion } from '../../../dev/image/root.mjs';
import { pageProgram } from '../netns/programs/page.mjs';

export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';
/** Serves pages: its arguments are the name that they tell, and a port. */
export const WEB_IMAGE = 'docker.io/library/web:1';
/** What `berth:VERSION` in a manifest means to a kubelet. */
export const BERTH_IMAGE = `localhost/berth:${packageVersion()}`;

const BERTH_LAYERS = 'berth-layers';

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** The layers of Berth's image, once `writeClusterImages` has laid them out in this folder: the base, and Berth. */
export const berthLayers = (folder: string): readonly [base: string, app: string] => [
  join(folder, BERTH_LAYERS, 'base'),
  join(folder, BERTH_LAYERS, 'app'),
];

/** Writes the images of a cluster, and returns the archives. Berth's has the tags of other versions, too. */
export async function writeClusterImages(
  folder: string,
  busybox: string,
  berthTags: readonly string[] = [],
): Promise<readonly string[]> {
  await buildIfStale();
  const parts = await provideImageParts(architecture);
  const [base, app] = layOut(join(folder, BERTH_LAYERS), architecture, parts);
  const web = layOutFile(folder, 'web', pageProgram);
  const config = imageConfig({ version: packageVersion(), revision: null });
  const { Env: env } = config;
  const page = { Entrypoint: ['node', `/${basename(pageProgram)}`], Env: env, User: config.User };
  const others = berthTags.map((tag) => `localhost/berth:${tag}`);
  const pause = { Entrypoint: ['/sleep', '2147483647'] };
  return [
    write(join(folder, 'pause.tar'), [PAUSE_IMAGE], [layOutPause(folder, busybox)], pause),
    write(join(folder, 'web.tar'), [WEB_IMAGE], [base, web], page),
    write(join(folder, 'berth.tar'), [BERTH_IMAGE, ...others], [base, app], config),
  ];
}

/** BusyBox is one program, which does what it is called. */
function layOutPause(folder: string, busybox: string): string {
  const layer = layOutFile(folder, 'pause', busybox);
  symlinkSync(basename(busybox), join(layer, 'sleep'));
  return layer;
}

function layOutFile(folder: string, name: string, file: string): string {
  const layer = join(folder, `${name}-layer`);
  mkdirSync(layer, { recursive: true });
  copyFileSync(file, join(layer, basename(file)));
  return layer;
}

/** Nodes load them at once, so they are not compressed. */
function write(
  path: string,
  names: readonly string[],
  layers: readonly string[],
  config: Readonly<Record<string, unknown>>,
): string {
  writeImage(path, names, [{ architecture, layers, config }], { gzip: false });
  return path;
}
