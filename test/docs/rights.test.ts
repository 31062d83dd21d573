/** What the pages say of the rights of controller and speakers is what the roles in `deploy/` grant. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { type Permission, permissionsOf, type Role } from '../e2e/support/rbac/rules.ts';

type Account = 'berth-controller' | 'berth-speaker';

type Manifest = Role & {
  readonly kind: string;
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
};

type Granted = Permission & { readonly account: string; readonly folder: string };

const FOLDERS: readonly string[] = ['controller-only', 'native', 'calico', 'layer2', 'old-configmap'];

const manifestsIn = (folder: string): readonly Manifest[] =>
  readdirSync(join(root, 'deploy', folder))
    .filter((name) => name !== 'kustomization.yaml')
    .flatMap((name) => parseAllDocuments(readFileSync(join(root, 'deploy', folder, name), 'utf8')))
    .map((document) => document.toJS() as Manifest);

const boundIn = (folder: string): readonly { readonly account: string; readonly role: Role }[] => {
  const all = manifestsIn(folder);
  return all
    .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    .flatMap(({ roleRef, subjects = [] }) => {
      const role = all.find(
        ({ kind, metadata }) => kind === roleRef?.kind && metadata.name === roleRef?.name,
      );
      assert.ok(role !== undefined, `${folder}: no role ${roleRef?.name}`);
      return subjects.map(({ name }) => ({ account: name, role }));
    });
};

const granted: readonly Granted[] = FOLDERS.flatMap((folder) =>
  boundIn(folder).flatMap(({ account, role }) =>
    permissionsOf(role).map((permission) => ({ ...permission, account, folder })),
  ),
);

const placeOf = ({ namespace }: Manifest['metadata']): string => {
  if (namespace === undefined) return 'everywhere';
  return namespace === 'metallb-system' ? 'its namespace' : `\`${namespace}\``;
};

/** A row of docs/rights.md for each rule. */
const rowsOf = (account: Account): readonly string[] =>
  FOLDERS.flatMap((folder) =>
    boundIn(folder)
      .filter((bound) => bound.account === account)
      .flatMap(({ role: { metadata, rules } }) =>
        rules.map(({ apiGroups = [], resources = [], resourceNames = [], verbs }) => {
          const groups = apiGroups.map((group) => (group === '' ? 'core' : group));
          const named = resourceNames.length === 0 ? '' : ` named \`${resourceNames.join('`, `')}\``;
          return `| ${verbs.join(', ')} | \`${resources.join('`, `')}\`${named} | ${groups.join(', ')} | ${placeOf(metadata)} | \`deploy/${folder}\` |`;
        }),
      ),
  );

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const writes = ({ verb }: Permission): boolean => WRITES.includes(verb);
const of =
  (account: Account, ...folders: readonly string[]) =>
  (one: Granted): boolean =>
    one.account === account && (folders.length === 0 || folders.includes(one.folder));

/** A sentence of a page, and the permissions that would make it untrue. */
const CLAIMS: readonly [page: string, sentence: string, untrue: (one: Granted) => boolean][] = [
  [
    'security.md',
    'It deletes nothing, and has no right to roles.',
    (one) =>
      of('berth-controller')(one) && (/delete/.test(one.verb) || /rbac\.authorization/.test(one.group)),
  ],
  [
    'security.md',
    'It reads no Secret, except for `memberlist` with `deploy/layer2`.',
    (one) =>
      of('berth-controller')(one) &&
      one.resource === 'secrets' &&
      !(one.folder === 'layer2' && one.name === 'memberlist' && one.verb === 'patch'),
  ],
  [
    'security.md',
    'Neither token can create a Secret, or write a ConfigMap.',
    (one) =>
      writes(one) && (one.resource === 'configmaps' || (one.resource === 'secrets' && one.name === null)),
  ],
  [
    'security.md',
    'It writes no ConfigMap and no Secret',
    (one) => of('berth-speaker')(one) && writes(one) && ['configmaps', 'secrets'].includes(one.resource),
  ],
  [
    'security.md',
    'The token writes three kinds of reports and events.',
    (one) =>
      of('berth-speaker', 'controller-only', 'native', 'calico', 'old-configmap')(one) &&
      writes(one) &&
      !/^(speakerstatuses|configurationstates|servicebgpstatuses)(\/status)?$/.test(one.resource) &&
      !['events', 'tokenreviews', 'subjectaccessreviews'].includes(one.resource),
  ],
  [
    'security.md',
    'cannot change labels or owners of\nits reports later',
    (one) =>
      of('berth-speaker')(one) &&
      ['update', 'patch'].includes(one.verb) &&
      one.resource !== 'events' &&
      !one.resource.endsWith('/status'),
  ],
  [
    'security.md',
    'With `deploy/layer2` the token also writes ServiceL2Status, and lists Pods of its namespace.',
    (one) =>
      of('berth-speaker', 'layer2')(one) &&
      writes(one) &&
      !/^servicel2statuses(\/status)?$/.test(one.resource),
  ],
  [
    'deploy.md',
    'no right to Secrets, but for one with `deploy/layer2`',
    (one) => of('berth-controller')(one) && one.resource === 'secrets' && one.folder !== 'layer2',
  ],
  [
    'deploy.md',
    'Outside of `metallb-system` it writes the status of Services and events, and nothing else.',
    (one) =>
      of('berth-controller')(one) &&
      writes(one) &&
      one.namespace === null &&
      !['services/status', 'events', 'tokenreviews', 'subjectaccessreviews'].includes(one.resource),
  ],
];

const page = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

describe('the rights on the pages', () => {
  for (const account of ['berth-controller', 'berth-speaker'] as const)
    it(`list each rule of ${account}, in the order of the manifests`, () => {
      const [, section = ''] = page('rights.md').split(`## ${account}\n`);
      const [own = ''] = section.split('\n## ');
      const shown = own.split('\n').filter((line) => line.startsWith('| ') && line.includes('`deploy/'));
      assert.deepEqual(shown, rowsOf(account));
      assert.ok(shown.length > 10);
    });

  for (const [name, sentence, untrue] of CLAIMS)
    it(`are as the sentence says: ${sentence.replace('\n', ' ')}`, () => {
      assert.ok(page(name).includes(sentence), `docs/${name} does not say so`);
      assert.deepEqual(granted.filter(untrue), []);
    });

  it('name in deploy.md what each right to write of the controller implies', () => {
    const [, section = ''] = page('deploy.md').split('## What the rights imply\n');
    const [own = ''] = section.split('\n## ');
    const resources = granted.filter((one) => of('berth-controller')(one) && writes(one));
    for (const { resource } of resources)
      assert.ok(own.includes(`\`${resource}\``), `nothing is said of ${resource}`);
  });
});
