// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * OCI images (Image Format Specification 1.1) without a container engine. The archive is read by docker, podman, ctr, kind, k3d and
 * skopeo. Equal folders give equal bytes: entries in order of their names, no times, no owners.
 *
 * `docker load` reads an OCI layout only where Docker keeps its images in containerd. Elsewhere it wants `manifest.json`, which lists
 * the same blobs, and has one architecture for a name: the first.
 */

const TAR_BYTES_MAX = 2 ** 31 - 1;
const GZIP_LEVEL = 9;
const EPOCH = '1970-01-01T00:00:00Z';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** @typedef {{ mediaType: string, digest: string, size: number }} Descriptor */

/**
 * @typedef {object} PlatformImage
 * @property {string} architecture as Go calls it: amd64, arm64
 * @property {readonly string[]} layers folders, the lowest first: each is a root file system, or a part of one
 * @property {Readonly<Record<string, unknown>>} config `config` of the image: Entrypoint, User, Env, ...
 */

/**
 * Writes an archive with one image, for one or more architectures.
 * @param {string} path of the archive, whose folder is made
 * @param {readonly string[]} names such as `localhost/berth:0.1.0`
 * @param {readonly PlatformImage[]} images
 * @param {{ gzip?: boolean }} [options] layers are compressed unless told; a test that loads them at once saves the time
 * @returns {{ digest: string, layerBytes: readonly number[] }} the digest that a registry would show, and for each architecture the octets of its layers
 */
export function writeImage(path, names, images, { gzip = true } = {}) {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const layout = mkdtempSync(join(folder, '.layout-'));
  try {
    const blobs = join(layout, 'blobs/sha256');
    mkdirSync(blobs, { recursive: true });
    const manifests = images.map((image) => writePlatform(blobs, image, gzip));
    const [only] = manifests;
    if (only === undefined) throw new TypeError('an image needs an architecture');
    const top =
      manifests.length === 1
        ? only.descriptor
        : put(
            blobs,
            INDEX,
            json({ schemaVersion: 2, mediaType: INDEX, manifests: manifests.map(withPlatform) }),
          );
    const named = names.map((name) => ({
      ...top,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
    }));
    writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, mediaType: INDEX, manifests: named }));
    writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
    writeFileSync(join(layout, 'manifest.json'), json([forDocker(only, names)]));
    writeFileSync(path, tar(layout, ['oci-layout', 'index.json', 'manifest.json', 'blobs']));
    return { digest: top.digest, layerBytes: manifests.map((one) => one.layerBytes) };
  } finally {
    rmSync(layout, { recursive: true, force: true });
  }
}

/**
 * @param {string} blobs
 * @param {PlatformImage} image
 * @param {boolean} gzip
 */
function writePlatform(blobs, { architecture, layers, config }, gzip) {
  const written = layers.map((folder) => {
    const bytes = tar(folder, ['.']);
    const descriptor = gzip
      ? put(blobs, `${LAYER}+gzip`, gzipSync(bytes, { level: GZIP_LEVEL }))
      : put(blobs, LAYER, bytes);
    return { descriptor, diffId: gzip ? digestOf(bytes) : descriptor.digest };
  });
  const configuration = {
    created: EPOCH,
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: written.map((one) => one.diffId) },
    history: written.map(() => ({ created: EPOCH })),
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: put(blobs, CONFIG, json(configuration)),
    layers: written.map((one) => one.descriptor),
  };
  return {
    architecture,
    ...{ config: manifest.config, layers: manifest.layers },
    descriptor: put(blobs, MANIFEST, json(manifest)),
    layerBytes: written.reduce((sum, one) => sum + one.descriptor.size, 0),
  };
}

/**
 * @param {{ config: Descriptor, layers: readonly Descriptor[] }} image
 * @param {readonly string[]} names
 */
const forDocker = ({ config, layers }, names) => ({
  Config: blobPath(config),
  RepoTags: names,
  Layers: layers.map(blobPath),
});

const blobPath = (/** @type {Descriptor} */ { digest }) => `blobs/${digest.replace(':', '/')}`;

/** @param {{ architecture: string, descriptor: Descriptor }} image */
const withPlatform = ({ architecture, descriptor }) => ({
  ...descriptor,
  platform: { architecture, os: 'linux' },
});

/**
 * @param {string} blobs
 * @param {string} mediaType
 * @param {Buffer} bytes
 * @returns {Descriptor}
 */
function put(blobs, mediaType, bytes) {
  const digest = digestOf(bytes);
  writeFileSync(join(blobs, digest.replace('sha256:', '')), bytes);
  return { mediaType, digest, size: bytes.length };
}

const digestOf = (/** @type {Buffer} */ bytes) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const json = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value));

/**
 * @param {string} folder
 * @param {readonly string[]} entries
 */
export function tar(folder, entries) {
  const equal = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  return execFileSync('tar', [...equal, '-C', folder, '-cf', '-', ...entries], { maxBuffer: TAR_BYTES_MAX });
}
