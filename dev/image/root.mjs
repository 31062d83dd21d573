// @ts-check
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../place.mjs';
import { npmArchitecture } from './parts.mjs';

/**
 * The root file system of an image, as two folders: a base that changes with Node and Debian, and Berth. There is no shell and no
 * package manager in it.
 */

/** What the loader and Node open; the rest of the Debian packages is not needed. */
const LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libresolv.so.2',
  'libnss_dns.so.2',
  'libnss_files.so.2',
  'libgcc_s.so.1',
  'libstdc++.so.6',
  'libatomic.so.1',
];

/** @type {Readonly<Record<import('./parts.mjs').Architecture, { triplet: string, loader: string }>>} */
const places = {
  amd64: { triplet: 'x86_64-linux-gnu', loader: 'lib64/ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'lib/ld-linux-aarch64.so.1' },
};

const PASSWD = 'root:x:0:0:root:/:/none\nnobody:x:65534:65534:nobody:/:/none\n';
const GROUP = 'root:x:0:\nnogroup:x:65534:\n';

/** Where scanners look, which go by the ending of the name. */
const BOM = 'usr/share/doc/berth/berth.cdx.json';

/** The user that a container runs as unless its manifest says otherwise: nobody, by number, so that a kubelet can tell. */
const USER = '65534:65534';
const PORTS = ['9120/tcp', '17472/tcp', '17473/tcp'];

/**
 * `config` of the image; equal to what the Dockerfile gives.
 * @param {{ version: string, revision: string | null }} labels
 */
export function imageConfig({ version, revision }) {
  return {
    User: USER,
    Env: ['PATH=/usr/local/bin', 'NODE_ENV=production'],
    Entrypoint: ['node', '/berth/dist/berth.mjs'],
    Cmd: ['--help'],
    WorkingDir: '/berth',
    ExposedPorts: Object.fromEntries(PORTS.map((port) => [port, {}])),
    Labels: {
      'org.opencontainers.image.title': 'berth',
      'org.opencontainers.image.description':
        'Addresses for Kubernetes Services of type LoadBalancer on bare metal',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': version,
      ...(revision === null ? {} : { 'org.opencontainers.image.revision': revision }),
    },
  };
}

/**
 * Lays out the layers of one architecture below `folder`.
 * @param {string} folder
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').ImageParts} parts
 * @param {string | null} bom the bill of materials; a test goes without
 * @returns {readonly [string, string]} the folders of the layers, the lowest first: the base, and Berth
 */
export function layOut(folder, architecture, parts, bom = null) {
  const base = join(folder, 'base');
  const app = join(folder, 'app');
  layOutBase(base, architecture, parts);
  layOutBerth(join(app, 'berth'), architecture, parts);
  if (bom !== null) write(join(app, BOM), bom);
  for (const layer of [base, app]) setModes(layer);
  chmodSync(join(base, 'tmp'), 0o1777);
  return [base, app];
}

/**
 * @param {string} base
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').ImageParts} parts
 */
function layOutBase(base, architecture, { node, debian }) {
  const { triplet, loader } = places[architecture];
  copy(join(node, 'bin/node'), join(base, 'usr/local/bin/node'));
  copy(join(node, 'LICENSE'), join(base, 'usr/share/doc/node/LICENSE'));
  copy(join(debian, loader), join(base, loader));
  const folders = [`lib/${triplet}`, `usr/lib/${triplet}`];
  for (const library of LIBRARIES) {
    const from = folders.map((place) => join(debian, place, library)).find((path) => exists(path));
    if (from === undefined) throw new Error(`no ${library} in the Debian packages for ${architecture}`);
    copy(from, join(base, 'lib', triplet, library));
  }
  // The licences of what is here; everything else of these folders is for people at a shell.
  const documents = join(debian, 'usr/share/doc');
  for (const name of readdirSync(documents).sort())
    if (exists(join(documents, name, 'copyright')))
      copy(join(documents, name, 'copyright'), join(base, 'usr/share/doc', name, 'copyright'));
  mkdirSync(join(base, 'tmp'), { recursive: true });
  write(join(base, 'etc/passwd'), PASSWD);
  write(join(base, 'etc/group'), GROUP);
}

/**
 * @param {string} place
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').ImageParts} parts
 */
function layOutBerth(place, architecture, { koffi }) {
  for (const name of ['dist', 'deploy', 'LICENSE'])
    cpSync(join(root, name), join(place, name), { recursive: true });
  rmSync(join(place, 'dist/.inputs'), { force: true });
  // The bundle has the native part of the machine that built it; an image has that of its own.
  const scope = join(place, 'dist/node_modules/@koromix');
  rmSync(scope, { recursive: true });
  const own = join(scope, `koffi-linux-${npmArchitecture[architecture]}`);
  for (const name of readdirSync(koffi).sort())
    if (!name.startsWith('musl_') && name !== 'README.md')
      cpSync(join(koffi, name), join(own, name), { recursive: true });
}

/** Modes and not owners: the umask of whoever builds must not show. @param {string} path */
function setModes(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return chmodSync(path, stat.mode & 0o100 ? 0o755 : 0o644);
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) setModes(join(path, name));
}

/**
 * Copies one file; a link becomes what it points to.
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { dereference: true });
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const exists = (/** @type {string} */ path) => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** The version of the package, for labels and names. */
export function packageVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
