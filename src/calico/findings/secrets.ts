/** Passwords of sessions: P14, P15. */

import { closest } from '../../base/text.ts';
import { fieldsOf, mapOf, nameOf, namespaceOf, type Raw } from '../../cluster/fields.ts';
import type { SecretRef } from '../objects/configuration.ts';
import { peerAddress } from '../objects/prefixes.ts';
import { type Check, someOf } from './check.ts';
import type { Edit, Found, ObjectRef, Shortfall } from './finding.ts';
import {
  configure,
  creation,
  DEFAULT_CONFIGURATION,
  patchOf,
  refOf,
  refTo,
  showsKeys,
  type World,
} from './world.ts';

type Wish = {
  readonly object: ObjectRef;
  readonly field: string;
  readonly says: string;
  readonly ref: SecretRef;
  readonly hurts: (shortfall: Shortfall) => boolean;
};

/** Every reference to a password. */
function wishes(world: World): readonly Wish[] {
  const { cluster } = world.picture;
  const { meshPassword, mesh } = cluster.configuration;
  return [
    ...(meshPassword === null || !mesh
      ? []
      : [
          {
            object: DEFAULT_CONFIGURATION,
            field: 'spec.nodeMeshPassword.secretKeyRef',
            says: 'BGPConfiguration default',
            ref: meshPassword,
            hurts: () => false,
          },
        ]),
    ...cluster.peers.flatMap(({ name, password, peerIP }) =>
      password === null
        ? []
        : [
            {
              object: refTo('BGPPeer', name),
              field: 'spec.password.secretKeyRef',
              says: `BGPPeer ${name}`,
              ref: password,
              hurts: ({ listed, family }: Shortfall) =>
                listed && (peerAddress(peerIP)?.address.family ?? family) === family,
            },
          ],
    ),
  ];
}

const secretNamed = (world: World, name: string, namespace = world.namespace): Raw | undefined =>
  world.of('Secret').find((raw) => nameOf(raw) === name && namespaceOf(raw) === namespace);

const keysOf = (raw: Raw): readonly string[] => [
  ...new Set([...Object.keys(fieldsOf(raw['data'])), ...Object.keys(fieldsOf(raw['stringData']))]),
];

const PLACEHOLDER = 'change-me';

function missing(world: World, { object, field, says, ref, hurts }: Wish): Found | null {
  if (!world.knows('Secret')) return null;
  const { namespace } = world;
  const where = `${namespace}/${ref.name}`;
  const there = secretNamed(world, ref.name);
  const lost =
    'calico-node then opens the session without a password, and a router that wants one never answers.';
  if (there === undefined) {
    const elsewhere = world.of('Secret').find((raw) => nameOf(raw) === ref.name);
    const near = closest(
      ref.name,
      world
        .of('Secret')
        .filter((raw) => namespaceOf(raw) === namespace)
        .map(nameOf),
    );
    return {
      severity: 'error',
      object,
      field: `${field}.name`,
      says: `${says} wants Secret ${where} key ${ref.key}, and there is no such Secret: ${lost}`,
      todo:
        elsewhere !== undefined
          ? `There is one in namespace ${namespaceOf(elsewhere)}, where calico-node does not look; create it in ${namespace}.`
          : near !== null
            ? `Did you mean ${near}? Else: kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=...`
            : `kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=... (no line break at its end).`,
      fix: [
        creation({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: ref.name, namespace },
          stringData: { [ref.key]: PLACEHOLDER },
        }),
      ],
      hurts,
    };
  }
  if (!showsKeys(there) || keysOf(there).includes(ref.key)) return null;
  const near = closest(ref.key, keysOf(there)) ?? (keysOf(there).length === 1 ? keysOf(there)[0] : undefined);
  const pointed = { secretKeyRef: { key: near } };
  const isMesh = object.kind === 'BGPConfiguration';
  return {
    severity: 'error',
    object,
    field: `${field}.key`,
    says: `${says} wants key ${ref.key} of Secret ${where}, which has ${keysOf(there).length === 0 ? 'no key' : `only ${someOf(keysOf(there))}`}: ${lost}`,
    todo: near === undefined ? `Add the key ${ref.key} to the Secret.` : `Did you mean ${near}?`,
    fix: [
      near === undefined
        ? patchOf(refOf(there), { stringData: { [ref.key]: PLACEHOLDER } })
        : isMesh
          ? configure(world, { nodeMeshPassword: pointed })
          : patchOf(object, { spec: { password: pointed } }),
    ],
    hurts,
  };
}

function denied(world: World, { object, field, says, ref, hurts }: Wish): Found | null {
  if (world.mayRead(ref) !== false) return null;
  const { namespace } = world;
  return {
    severity: 'error',
    object,
    field,
    says: `${says} wants Secret ${namespace}/${ref.name}, which calico-node may not read (get, list and watch): it opens the session without a password, and a router that wants one never answers.`,
    todo: `Apply a Role for that Secret in ${namespace} and bind it to ServiceAccount calico-node; Calico ships none.`,
    fix: rightsTo(namespace, ref.name),
    hurts,
  };
}

/** A Role and its binding: what calico-node needs to read one Secret. */
function rightsTo(namespace: string, secret: string): readonly Edit[] {
  const metadata = { name: `calico-node-${secret}`, namespace };
  const [group, apiVersion] = ['rbac.authorization.k8s.io', 'rbac.authorization.k8s.io/v1'];
  return [
    creation({
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'list', 'watch'] },
      ],
    }),
    creation({
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'calico-node', namespace }],
    }),
  ];
}

const P14: Check = {
  code: 'P14',
  needs: ['BGPPeer'],
  open: 'whether calico-node can read the passwords of its sessions',
  find: (world) =>
    wishes(world).flatMap((wish) => [missing(world, wish) ?? denied(world, wish) ?? []].flat()),
};

const P15: Check = {
  code: 'P15',
  needs: ['BGPPeer'],
  open: 'whether a password breaks the file it is written to',
  find: (world) =>
    wishes(world).flatMap(({ ref, hurts }): readonly Found[] => {
      const there = secretNamed(world, ref.name);
      const value = there === undefined ? null : passwordIn(there, ref.key);
      const bad =
        value === null
          ? null
          : value.includes('"')
            ? 'a double quote'
            : value.includes('\n')
              ? 'a line break'
              : null;
      if (there === undefined || bad === null) return [];
      return [
        {
          severity: 'error',
          object: refOf(there),
          field: `data[${ref.key}]`,
          says: `The password in key ${ref.key} of Secret ${world.namespace}/${ref.name} contains ${bad}: BIRD cannot read its configuration, does not start with it, and takes no change of peers or nodes where it runs.`,
          todo: `Make it anew without: kubectl create secret generic ${ref.name} -n ${world.namespace} --from-literal=${ref.key}=... (a file saved by an editor ends with a line break).`,
          hurts,
        },
      ];
    }),
};

function passwordIn(raw: Raw, key: string): string | null {
  const plain = mapOf(raw['stringData'])[key];
  if (plain !== undefined) return plain;
  const encoded = mapOf(raw['data'])[key];
  if (encoded === undefined) return null;
  try {
    return atob(encoded);
  } catch {
    return null;
  }
}

export const SECRETS: readonly Check[] = [P14, P15];

/** What makes the password of a peer readable, where it is not. */
export const passwordFix = (world: World, peer: string): readonly Edit[] =>
  wishes(world)
    .filter(({ object }) => object.name === peer && object.kind === 'BGPPeer')
    .flatMap((wish) => (missing(world, wish) ?? denied(world, wish))?.fix ?? []);
