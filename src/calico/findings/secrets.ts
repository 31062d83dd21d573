/** Passwords of sessions: P14, P15. */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { closestMatch } from '../../base/text.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import type { SecretRef } from '../objects/configuration.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { hasSecretData, secretValue } from '../objects/secrets.ts';
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import type { CheckResult, ObjectEdit, ObjectRef, UnlearnedAddress } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  creationOf,
  DEFAULT_CONFIGURATION,
  makeRef,
  objectRefOf,
  patchOf,
} from './snapshot.ts';

type PasswordRef = {
  readonly object: ObjectRef;
  readonly field: string;
  readonly label: string;
  readonly ref: SecretRef;
  readonly explains: (unlearned: UnlearnedAddress) => boolean;
};

/** Every reference to a password. */
function passwordRefs(snapshot: ClusterSnapshot): readonly PasswordRef[] {
  const { cluster } = snapshot.converged;
  const { meshPassword, mesh } = cluster.configuration;
  return [
    ...(meshPassword === null || !mesh
      ? []
      : [
          {
            object: DEFAULT_CONFIGURATION,
            field: 'spec.nodeMeshPassword.secretKeyRef',
            label: 'BGPConfiguration default',
            ref: meshPassword,
            explains: () => false,
          },
        ]),
    ...cluster.peers.flatMap(({ name, password, peerIP }) =>
      password === null
        ? []
        : [
            {
              object: makeRef('BGPPeer', name),
              field: 'spec.password.secretKeyRef',
              label: `BGPPeer ${name}`,
              ref: password,
              explains: ({ isListed, family }: UnlearnedAddress) =>
                isListed && (readPeerAddress(peerIP)?.address.family ?? family) === family,
            },
          ],
    ),
  ];
}

const secretNamed = (
  snapshot: ClusterSnapshot,
  name: string,
  namespace = snapshot.namespace,
): Raw | undefined =>
  snapshot.objectsOf('Secret').find((raw) => nameOf(raw) === name && namespaceOf(raw) === namespace);

const keysOf = (raw: Raw): readonly string[] => [
  ...new Set([...Object.keys(fieldsOf(raw['data'])), ...Object.keys(fieldsOf(raw['stringData']))]),
];

const PLACEHOLDER = 'change-me';

function checkMissingSecret(
  snapshot: ClusterSnapshot,
  { object, field, label, ref, explains }: PasswordRef,
): CheckResult | null {
  if (!snapshot.isKindKnown('Secret')) return null;
  const { namespace } = snapshot;
  const where = `${namespace}/${ref.name}`;
  const secret = secretNamed(snapshot, ref.name);
  const consequence =
    'calico-node then opens the session without a password, and a router that wants one never answers.';
  if (secret === undefined) {
    const otherNamespace = snapshot.objectsOf('Secret').find((raw) => nameOf(raw) === ref.name);
    const suggestion = closestMatch(
      ref.name,
      snapshot
        .objectsOf('Secret')
        .filter((raw) => namespaceOf(raw) === namespace)
        .map(nameOf),
    );
    return {
      severity: 'error',
      object,
      field: `${field}.name`,
      problem: `${label} wants Secret ${where} key ${ref.key}, and there is no such Secret: ${consequence}`,
      remedy:
        otherNamespace !== undefined
          ? `There is one in namespace ${namespaceOf(otherNamespace)}, where calico-node does not look; create it in ${namespace}.`
          : suggestion !== null
            ? `Did you mean ${suggestion}? Else: kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=...`
            : `kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=... (no line break at its end).`,
      edits: [
        creationOf({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: ref.name, namespace },
          stringData: { [ref.key]: PLACEHOLDER },
        }),
      ],
      explains,
    };
  }
  if (!hasSecretData(secret) || keysOf(secret).includes(ref.key)) return null;
  const suggestion =
    closestMatch(ref.key, keysOf(secret)) ?? (keysOf(secret).length === 1 ? keysOf(secret)[0] : undefined);
  const correctedRef = { secretKeyRef: { key: suggestion } };
  const isMesh = object.kind === 'BGPConfiguration';
  return {
    severity: 'error',
    object,
    field: `${field}.key`,
    problem: `${label} wants key ${ref.key} of Secret ${where}, which has ${keysOf(secret).length === 0 ? 'no key' : `only ${abbreviateList(keysOf(secret))}`}: ${consequence}`,
    remedy:
      suggestion === undefined ? `Add the key ${ref.key} to the Secret.` : `Did you mean ${suggestion}?`,
    edits: [
      suggestion === undefined
        ? patchOf(objectRefOf(secret), { stringData: { [ref.key]: PLACEHOLDER } })
        : isMesh
          ? configure(snapshot, { nodeMeshPassword: correctedRef })
          : patchOf(object, { spec: { password: correctedRef } }),
    ],
    explains,
  };
}

function checkSecretAccess(
  snapshot: ClusterSnapshot,
  { object, field, label, ref, explains }: PasswordRef,
): CheckResult | null {
  if (snapshot.canReadSecret(ref) !== false) return null;
  const { namespace } = snapshot;
  return {
    severity: 'error',
    object,
    field,
    problem: `${label} wants Secret ${namespace}/${ref.name}, which calico-node may not read (get, list and watch): it opens the session without a password, and a router that wants one never answers.`,
    remedy: `Apply a Role for that Secret in ${namespace} and bind it to ServiceAccount calico-node; Calico ships none.`,
    edits: secretAccessEdits(namespace, ref.name),
    explains,
  };
}

/** A Role and its binding: what calico-node needs to read one Secret. */
function secretAccessEdits(namespace: string, secret: string): readonly ObjectEdit[] {
  const metadata = { name: `calico-node-${secret}`, namespace };
  const [group, apiVersion] = ['rbac.authorization.k8s.io', 'rbac.authorization.k8s.io/v1'];
  return [
    creationOf({
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: ['get', 'list', 'watch'] },
      ],
    }),
    creationOf({
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'calico-node', namespace }],
    }),
  ];
}

const P14: DiagnosticCheck = {
  code: 'P14',
  needs: ['BGPPeer'],
  question: 'whether calico-node can read the passwords of its sessions',
  find: (snapshot) =>
    passwordRefs(snapshot).flatMap((reference) =>
      [checkMissingSecret(snapshot, reference) ?? checkSecretAccess(snapshot, reference) ?? []].flat(),
    ),
};

const P15: DiagnosticCheck = {
  code: 'P15',
  needs: ['BGPPeer'],
  question: 'whether a password breaks the file it is written to',
  find: (snapshot) =>
    passwordRefs(snapshot).flatMap(({ ref, explains }): readonly CheckResult[] => {
      const secret = secretNamed(snapshot, ref.name);
      const value = secret === undefined ? null : secretValue(secret, ref.key);
      const invalidCharacter =
        value === null
          ? null
          : value.includes('"')
            ? 'a double quote'
            : value.includes('\n')
              ? 'a line break'
              : null;
      if (secret === undefined || invalidCharacter === null) return [];
      return [
        {
          severity: 'error',
          object: objectRefOf(secret),
          field: `data[${ref.key}]`,
          problem: `The password in key ${ref.key} of Secret ${snapshot.namespace}/${ref.name} contains ${invalidCharacter}: BIRD cannot read its configuration, does not start with it, and takes no change of peers or nodes where it runs.`,
          remedy: `Make it anew without: kubectl create secret generic ${ref.name} -n ${snapshot.namespace} --from-literal=${ref.key}=... (a file saved by an editor ends with a line break).`,
          explains,
        },
      ];
    }),
};

export const SECRET_CHECKS: readonly DiagnosticCheck[] = [P14, P15];

/** What makes the password of a peer readable, where it is not. */
export const passwordEdits = (snapshot: ClusterSnapshot, peer: string): readonly ObjectEdit[] =>
  passwordRefs(snapshot)
    .filter(({ object }) => object.name === peer && object.kind === 'BGPPeer')
    .flatMap(
      (reference) =>
        (checkMissingSecret(snapshot, reference) ?? checkSecretAccess(snapshot, reference))?.edits ?? [],
    );
