// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmEnvironment } from '../parts/packages.mjs';
import { root } from '../place.mjs';
import { must } from '../run.mjs';

/**
 * A software bill of materials (CycloneDX 1.5). What `npm sbom` says of all packages of the lock file is narrowed to those in the
 * bundle; Node and Debian's libraries are added for an image. Equal inputs give equal bytes: there is no time in it.
 */

/** @typedef {{ 'bom-ref': string, name: string, version: string, properties?: { name: string, value: string }[], [more: string]: unknown }} Component */
/** @typedef {{ ref: string, dependsOn?: string[] }} Dependency */
/** @typedef {{ metadata: { component: Component, [more: string]: unknown }, components: Component[], dependencies: Dependency[], [more: string]: unknown }} Bom */

const DEVELOPMENT = 'cdx:npm:package:development';

/** Licences of Debian's packages, whose copyright files no program reads. They are in the image, too. */
export const debianLicences = /** @type {Readonly<Record<string, string>>} */ ({
  libc6: 'LGPL-2.1-or-later',
  'libgcc-s1': 'GPL-3.0-or-later WITH GCC-exception-3.1',
  'libstdc++6': 'GPL-3.0-or-later WITH GCC-exception-3.1',
  libatomic1: 'GPL-3.0-or-later WITH GCC-exception-3.1',
});

/** What npm says of the lock file, development packages included. @returns {Promise<Bom>} */
export async function npmBom() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  return JSON.parse(await must('npm', args, { cwd: root, env: npmEnvironment() }));
}

/** What the build says is in the bundle. @returns {readonly { name: string, version: string }[]} */
export function bundledPackages() {
  return JSON.parse(readFileSync(join(root, 'dist/packages.json'), 'utf8'));
}

/**
 * The bill of the npm package, or of the bundle in an image.
 * @param {Bom} all
 * @param {readonly { name: string, version: string }[]} packages
 * @param {readonly Component[]} [others] what is beside them
 * @returns {string} JSON
 */
export function billOfMaterials(all, packages, others = []) {
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = all.components.filter((component) => wanted.has(component['bom-ref']));
  const found = new Set(components.map((component) => component['bom-ref']));
  const absent = [...wanted].filter((ref) => !found.has(ref));
  if (absent.length > 0) throw new Error(`npm sbom does not have ${absent.join(', ')}`);
  const main = { ...all.metadata.component, type: 'application', name: 'berth', properties: [] };
  const dependencies = all.dependencies
    .filter(({ ref }) => found.has(ref) || ref === main['bom-ref'])
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((to) => found.has(to)).sort() }));
  return identified({
    $schema: all['$schema'],
    bomFormat: 'CycloneDX',
    specVersion: all['specVersion'],
    version: 1,
    metadata: { lifecycles: all.metadata['lifecycles'], tools: all.metadata['tools'], component: main },
    components: [...components.map(shipped), ...others].sort(byRef),
    dependencies: dependencies.sort((a, b) => (a.ref < b.ref ? -1 : 1)),
  });
}

/**
 * What an image has beside the bundle.
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').ImageParts} parts
 * @returns {Component[]}
 */
export function imageComponents(architecture, { nodeVersion, packages }) {
  const node = {
    'bom-ref': `node@${nodeVersion}`,
    type: 'application',
    name: 'node',
    version: nodeVersion,
    description: 'Node.js; its LICENSE names the libraries that are linked into it',
    purl: `pkg:generic/node@${nodeVersion}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${nodeVersion}:*:*:*:*:*:*:*`,
    licenses: [{ license: { id: 'MIT' } }],
  };
  return [node, ...packages.map((one) => debianComponent(architecture, one))];
}

/**
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').DebianPackage} debianPackage
 */
function debianComponent(architecture, { name, version }) {
  const expression = debianLicences[name];
  if (expression === undefined)
    throw new Error(`the licence of Debian's ${name} is not in dev/image/bom.mjs`);
  return {
    'bom-ref': `deb:${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`,
    licenses: [{ expression }],
  };
}

/** npm calls them optional ones for development, since only the build reads them. @param {Component} component */
const shipped = (component) => ({
  ...component,
  scope: 'required',
  properties: (component.properties ?? []).filter(({ name }) => name !== DEVELOPMENT),
});

/**
 * @param {Component} a
 * @param {Component} b
 */
const byRef = (a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1);

/** A serial number that is the content's own (RFC 9562, version 8). @param {Record<string, unknown>} bom */
function identified(bom) {
  const hex = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `${JSON.stringify({ ...bom, serialNumber: `urn:uuid:${parts.join('-')}` }, null, 2)}\n`;
}
