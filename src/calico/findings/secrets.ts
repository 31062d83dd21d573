/** Checks of the passwords of BGP sessions: P14, P15. */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { closestMatch, listSome } from '../../base/text.ts';
import type { ObjectEdit, ObjectRef } from '../../findings/finding.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import type { SecretRef } from '../objects/configuration.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { hasSecretData, secretValue } from '../objects/secrets.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult, UnlearnedAddress } from './finding.ts';
import { appliesNowhere } from './peer-nodes.ts';
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
  /** The sessions that lack the password, and what follows. */
  readonly effect: string;
  /** Whether a node may have the session: false for a BGPPeer that no node has. */
  readonly isUsed: boolean;
  readonly ref: SecretRef;
  readonly explains: (unlearned: UnlearnedAddress) => boolean;
};

const withoutPassword = (sessionsHave: string): string =>
  `${sessionsHave} no password, so a peer that requires one never answers.`;

/** All references to Secrets with passwords. */
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
            effect: withoutPassword('Sessions of BGPConfiguration default have'),
            isUsed: true,
            ref: meshPassword,
            explains: () => false,
          },
        ]),
    ...cluster.peers.flatMap((peer) => {
      const { name, password, peerIP } = peer;
      if (password === null) return [];
      const isUsed = !appliesNowhere(snapshot, peer);
      return [
        {
          object: makeRef('BGPPeer', name),
          field: 'spec.password.secretKeyRef',
          effect: isUsed
            ? withoutPassword(`Sessions of BGPPeer ${name} have`)
            : `No node has BGPPeer ${name} yet. ${withoutPassword('Its sessions will have')}`,
          isUsed,
          ref: password,
          explains: ({ isListed, family }: UnlearnedAddress) =>
            isListed && isUsed && (readPeerAddress(peerIP)?.address.family ?? family) === family,
        },
      ];
    }),
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
  { object, field, effect, ref, explains }: PasswordRef,
): CheckResult | null {
  const { namespace } = snapshot;
  const where = `${namespace}/${ref.name}`;
  const secret = secretNamed(snapshot, ref.name);
  if (secret === undefined && !snapshot.isKindComplete('Secret')) return null;
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
      problem: `${effect} Secret ${where} does not exist (key ${ref.key}).`,
      remedy:
        otherNamespace !== undefined
          ? `Create the Secret in ${namespace}. calico-node does not read the one in namespace ${namespaceOf(otherNamespace)}.`
          : suggestion !== null
            ? `Did you mean ${suggestion}? Otherwise: kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=...`
            : `Create it: kubectl create secret generic ${ref.name} -n ${namespace} --from-literal=${ref.key}=... (without a line break at its end).`,
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
    problem: `${effect} Secret ${where} has no key ${ref.key}${keysOf(secret).length === 0 ? '' : `, only ${listSome(keysOf(secret))}`}.`,
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
  { object, field, effect, ref, explains }: PasswordRef,
): CheckResult | null {
  if (snapshot.canReadSecret(ref) !== false) return null;
  const { namespace } = snapshot;
  return {
    severity: 'error',
    object,
    field,
    problem: `${effect} calico-node may not read Secret ${namespace}/${ref.name} (get, list, watch).`,
    remedy: `Apply a Role for the Secret in ${namespace}, bound to ServiceAccount calico-node. Calico ships none.`,
    edits: secretAccessEdits(namespace, ref.name),
    explains,
  };
}

/** A Role and its RoleBinding, with which calico-node can read one Secret. */
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
  needsAll: ['Secret'],
  question: 'whether calico-node can read the passwords of its sessions',
  find: (snapshot) =>
    passwordRefs(snapshot).flatMap((reference) =>
      [checkMissingSecret(snapshot, reference) ?? checkSecretAccess(snapshot, reference) ?? []].flat(),
    ),
};

const P15: DiagnosticCheck = {
  code: 'P15',
  needs: ['BGPPeer'],
  question: 'whether a password makes BIRD reject its configuration',
  find: (snapshot) =>
    passwordRefs(snapshot).flatMap(({ ref, isUsed, explains }): readonly CheckResult[] => {
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
          problem: `${isUsed ? 'BIRD rejects its configuration' : 'No node has the BGPPeer yet. On a node that gets it, BIRD rejects its configuration'}: the password in key ${ref.key} of Secret ${snapshot.namespace}/${ref.name} contains ${invalidCharacter}. It does not start; where it runs, it ignores later changes of peers and nodes.`,
          remedy: `Create it again without: kubectl create secret generic ${ref.name} -n ${snapshot.namespace} --from-literal=${ref.key}=... (a file saved by an editor ends with a line break).`,
          explains,
        },
      ];
    }),
};

export const SECRET_CHECKS: readonly DiagnosticCheck[] = [P14, P15];

/** The edits that make the password of a BGPPeer readable; none where it is. */
export const passwordEdits = (snapshot: ClusterSnapshot, peer: string): readonly ObjectEdit[] =>
  passwordRefs(snapshot)
    .filter(({ object }) => object.name === peer && object.kind === 'BGPPeer')
    .flatMap(
      (reference) =>
        (checkMissingSecret(snapshot, reference) ?? checkSecretAccess(snapshot, reference))?.edits ?? [],
    );
