import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { buildIfStale } from '../../../dev/build.mjs';
import {
  billOfMaterials,
  bundledPackages,
  debianLicences,
  imageComponents,
  npmBom,
} from '../../../dev/image/bom.mjs';
import { bomComplaints } from '../support/cyclonedx.ts';

const component = (name: string, more: object = {}) => ({
  'bom-ref': `${name}@1.0.0`,
  name,
  version: '1.0.0',
  scope: 'optional',
  properties: [{ name: 'cdx:npm:package:development', value: 'true' }],
  ...more,
});

const all = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  specVersion: '1.5',
  serialNumber: 'urn:uuid:00000000-0000-4000-8000-000000000000',
  metadata: {
    timestamp: '2026-01-01T00:00:00Z',
    component: component('clone', { 'bom-ref': 'berth@1.0.0' }),
  },
  components: [component('linter'), component('b'), component('a')],
  dependencies: [
    { ref: 'berth@1.0.0', dependsOn: ['linter@1.0.0', 'a@1.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['b@1.0.0', 'linter@1.0.0'] },
    { ref: 'linter@1.0.0' },
    { ref: 'b@1.0.0' },
  ],
};
const shipped = ['a', 'b'].map((name) => ({ name, version: '1.0.0' }));

type Bom = {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly name: string;
    readonly scope?: string;
    readonly properties?: readonly object[];
    readonly purl?: string;
  }[];
  readonly dependencies: readonly object[];
  readonly metadata: { readonly component: { readonly name: string } };
};
const parsed = (text: string): Bom => JSON.parse(text) as Bom;

const parts = { node: '', koffi: '', debian: '', nodeVersion: '24.0.0', koffiVersion: '3.0.0' };

describe('the bill of materials', () => {
  it('has what is shipped and nothing that only builds it', () => {
    const { components, dependencies } = parsed(billOfMaterials(all, shipped));
    assert.deepEqual(
      components.map(({ name, scope, properties }) => ({ name, scope, properties })),
      ['a', 'b'].map((name) => ({ name, scope: 'required', properties: [] })),
    );
    assert.deepEqual(dependencies, [
      { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
      { ref: 'b@1.0.0', dependsOn: [] },
      { ref: 'berth@1.0.0', dependsOn: ['a@1.0.0'] },
    ]);
  });

  it('is called for the product, not for the folder of the clone', () => {
    assert.equal(parsed(billOfMaterials(all, shipped)).metadata.component.name, 'berth');
  });

  it('is the same at another time, and has another number where it says something else', () => {
    const later = {
      ...all,
      serialNumber: 'urn:uuid:1',
      metadata: { ...all.metadata, timestamp: '2027-01-01T00:00:00Z' },
    };
    const text = billOfMaterials(all, shipped);
    assert.equal(billOfMaterials(later, shipped), text);
    assert.notEqual(parsed(billOfMaterials(all, shipped.slice(1))).serialNumber, parsed(text).serialNumber);
    assert.match(
      parsed(text).serialNumber,
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('is refused where a package is shipped that npm does not name', () => {
    assert.throws(
      () => billOfMaterials(all, [{ name: 'c', version: '1.0.0' }]),
      /npm sbom does not have c@1\.0\.0/,
    );
  });

  it('of an image has Node and the libraries of Debian, for its architecture', () => {
    const packages = [{ name: 'libstdc++6', version: '12.2.0-14+deb12u1' }];
    const others = imageComponents('arm64', { ...parts, packages });
    const { components } = parsed(billOfMaterials(all, shipped, others));
    assert.deepEqual(
      components.flatMap(({ purl }) => purl ?? []),
      ['pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=arm64', 'pkg:generic/node@24.0.0'],
    );
  });

  it('is refused where the licence of a library is not known', () => {
    const packages = [{ name: 'libnew', version: '1' }];
    assert.throws(() => imageComponents('amd64', { ...parts, packages }), /the licence of Debian's libnew/);
  });
});

describe('the bill of materials of this build', () => {
  before(() => buildIfStale());

  it('has a licence for each package of the bundle', async () => {
    const bom: { components: { name: string; licenses?: unknown[] }[] } = JSON.parse(
      billOfMaterials(await npmBom(), bundledPackages()),
    );
    const names = bom.components.map(({ name }) => name);
    for (const name of ['koffi', 'preact', 'yaml']) assert.ok(names.includes(name), name);
    for (const name of ['typescript', 'esbuild']) assert.ok(!names.includes(name), name);
    assert.deepEqual(
      bom.components.filter(({ licenses = [] }) => licenses.length === 0),
      [],
    );
  });

  it('is a valid document of CycloneDX, of the npm package and of an image', async () => {
    const [all, bundled] = [await npmBom(), bundledPackages()];
    const packages = Object.keys(debianLicences).map((name) => ({ name, version: '12.2.0-14+deb12u1' }));
    const others = imageComponents('arm64', { ...parts, packages });
    for (const text of [billOfMaterials(all, bundled), billOfMaterials(all, bundled, others)])
      assert.deepEqual(await bomComplaints(text), []);
  });

  it('would not be valid with a licence that is none, or a dependency on what is not in it', async () => {
    const text = billOfMaterials(await npmBom(), bundledPackages());
    const [licence, reference] = [
      await bomComplaints(text.replace('"id": "MIT"', '"id": "No such licence"')),
      await bomComplaints(text.replace(/"ref": "koffi@[^"]*"/, '"ref": "absent"')),
    ];
    assert.match(licence.join(), /must be equal to one of the allowed values/);
    assert.deepEqual(reference, ['no absent']);
  });
});
