// @ts-check
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder } from '../place.mjs';
import { capture, say } from '../run.mjs';
import { installDebian } from './debian.mjs';
import { onPath } from './system.mjs';

/**
 * What the tests of announcements run in network namespaces: routing daemons and the kernel's own tools. Routers run
 * BIRD 2, FRR or GoBGP, installed as packages. Nodes run BIRD 1.6.8, which knows the grammar of Calico's BIRD; its package and
 * that of BIRD 2 hold the same file names, so it is unpacked into the cache and never installed.
 */

/** @type {readonly { debian: string, there: () => boolean }[]} */
const packages = [
  { debian: 'bird2', there: () => onPath('bird') && onPath('birdc') },
  { debian: 'nftables', there: () => onPath('nft') },
  { debian: 'iptables', there: () => onPath('iptables') && onPath('ip6tables') },
  { debian: 'iproute2', there: () => onPath('ip') },
  { debian: 'conntrack', there: () => onPath('conntrack') },
  { debian: 'iputils-arping', there: () => onPath('arping') },
  { debian: 'ndisc6', there: () => onPath('ndisc6') },
  { debian: 'frr', there: () => existsSync(join(frrFolder, 'bgpd')) && onPath('vtysh') },
  { debian: 'gobgpd', there: () => onPath('gobgpd') && onPath('gobgp') },
];

/** Where Debian has the daemons of FRR. */
export const frrFolder = '/usr/lib/frr';

const OLD_BIRD = '1.6.8';
const OLD_BIRD_FILES = ['bird', 'bird6', 'birdc', 'birdc6'];

/** Debian asks this program whether a package that is being installed may start its services. */
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT = '#!/bin/sh\n# Written by the setup of Berth while it installs packages.\nexit 101\n';

/** The folder of BIRD 1.6.8, whether or not it is there yet. */
export const oldBirdFolder = () =>
  join(cacheFolder, 'tools', `bird-${OLD_BIRD}-${process.platform}-${process.arch}`);

/** Where a program of BIRD 1.6.8 is. */
export const oldBird = (/** @type {string} */ program) => join(oldBirdFolder(), 'usr/sbin', program);

/**
 * What is missing for networks of namespaces on this machine, as one sentence without its full stop; null for nothing.
 * @returns {string | null}
 */
export function missingForNetworks() {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces can be made by root alone, and this is not root';
  const missing = packages.filter((one) => !one.there()).map((one) => one.debian);
  if (missing.length > 0) return `these Debian packages are missing: ${missing.join(', ')}`;
  if (!OLD_BIRD_FILES.every((file) => existsSync(oldBird(file)))) return `BIRD ${OLD_BIRD} is missing`;
  return null;
}

/**
 * Installs and unpacks what is missing, where that can be done without asking: as root, on a system with apt.
 * @returns {Promise<string | null>} null when all is there, else what is missing
 */
export async function provideNetwork() {
  const before = missingForNetworks();
  if (before === null) return null;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return before;
  await mkdir(join(cacheFolder, 'tools'), { recursive: true });
  return withLock(join(cacheFolder, 'tools', 'network.lock'), async () => {
    const names = packages.filter((one) => !one.there()).map((one) => one.debian);
    const complaint = (await installPackages(names)) ?? (await unpackOldBird());
    return complaint ?? missingForNetworks();
  });
}

/**
 * keepalived, which benchmarks of layer 2 compare with. No test needs it.
 * @returns {Promise<string | null>} null when it is there, else what is missing
 */
export async function provideKeepalived() {
  if (onPath('keepalived')) return null;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return 'the Debian package keepalived is missing';
  await mkdir(join(cacheFolder, 'tools'), { recursive: true });
  return withLock(join(cacheFolder, 'tools', 'network.lock'), () => installPackages(['keepalived']));
}

/** @param {readonly string[]} names Debian packages @returns {Promise<string | null>} why they could not be installed */
async function installPackages(names) {
  if (names.length === 0) return null;
  const complaint = await withoutServices(() => installDebian(names));
  return complaint === null ? null : `apt-get could not install ${names.join(', ')}:\n${complaint}`;
}

/** Some are there only after their package was installed. */
const SERVICES = ['bird.service', 'frr.service', 'gobgpd.service', 'keepalived.service'];

/**
 * Does `work` while no package may start a service, and sees to it that those of the routing daemons do not start with
 * the system either: a routing daemon that nobody asked for would talk to the network of this machine.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withoutServices(work) {
  const present = await readFile(POLICY, 'utf8').catch(() => null);
  const ours = present === null || present === POLICY_TEXT; // the latter from a run that was cut short
  if (ours) {
    await writeFile(POLICY, POLICY_TEXT);
    await chmod(POLICY, 0o755);
  }
  try {
    return await work();
  } finally {
    if (ours) await rm(POLICY, { force: true });
    if (existsSync('/run/systemd/system')) await capture('systemctl', ['disable', '--now', ...SERVICES]);
  }
}

/** @returns {Promise<string | null>} */
async function unpackOldBird() {
  const folder = oldBirdFolder();
  if (existsSync(folder)) return null;
  say(`Fetching BIRD ${OLD_BIRD} ...`);
  const workshop = await mkdtemp(`${folder}.building-`);
  try {
    const fetched = await capture('apt-get', ['download', '-q', 'bird'], {
      cwd: workshop,
      doing: `fetching BIRD ${OLD_BIRD}`,
    });
    const [archive] = (await readdir(workshop)).filter((name) => name.startsWith(`bird_${OLD_BIRD}`));
    if (archive === undefined) return `apt-get brought no BIRD ${OLD_BIRD}:\n${fetched.output}`;
    const unpacked = await capture('dpkg', ['-x', join(workshop, archive), join(workshop, 'files')]);
    if (unpacked.code !== 0) return `BIRD ${OLD_BIRD} could not be unpacked:\n${unpacked.output}`;
    await rename(join(workshop, 'files'), folder);
    return null;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
