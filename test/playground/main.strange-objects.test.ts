/** `berth playground --once` with objects that are almost of a kind that is served, and with files without any object. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '../cli/support/temp-folder.ts';
import { openPlayground } from './support/in-process-playground.ts';

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: one, namespace: metallb-system}
spec: {addresses: [192.0.2.7/32]}
`;
const SERVICE = `apiVersion: apps/v1
kind: Service
metadata: {name: a}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

const ROWS: readonly (readonly [says: string, manifest: string, error: RegExp])[] = [
  ['a misspelled kind', POOL.replace('IPAddressPool', 'IPAdressPool'), /; did you mean IPAddressPool\?\n/],
  [
    'a version that is not served',
    POOL.replace('metallb.io/v1beta1', 'metallb.io/v1'),
    /; did you mean IPAddressPool of metallb\.io\/v1beta1\?\n/,
  ],
  [
    'a misspelled group',
    POOL.replace('metallb.io', 'metalb.io'),
    /; did you mean IPAddressPool of metallb\.io\/v1beta1\?\n/,
  ],
  [
    'a kind of an older MetalLB',
    POOL.replace('IPAddressPool', 'AddressPool'),
    /; berth convert makes an IPAddressPool of it\n/,
  ],
  ['a kind in another group of Kubernetes', SERVICE, /; did you mean Service of v1\?\n/],
  ['nothing but a comment', '# nothing yet\n', /: there is no object in it\n/],
  [
    'a Kustomization',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    /only a Kustomization: render it/,
  ],
];

for (const [says, manifest, error] of ROWS)
  test(`${says} ends it with 1, and is named with what was meant`, async (context) => {
    const folder = createTempFolder(context, { 'a.yaml': manifest });
    const opened = openPlayground(['--once', '-f', join(folder, 'a.yaml')]);
    assert.equal(await opened.ended, 1);
    assert.match(opened.stderr.text, error);
  });
