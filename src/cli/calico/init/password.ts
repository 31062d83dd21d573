/** The Secret of the sessions' password, and the right to read it, which Calico does not ship. */
import type { SecretRef } from '../../../calico/objects/configuration.ts';
import type { AnnotatedManifest } from './annotated-manifest.ts';
import { PASSWORD_PLACEHOLDER } from './options.ts';

export const ROLE = 'calico-node-bgp-password';
const ACCOUNT = 'calico-node';
const RBAC = 'rbac.authorization.k8s.io';

export function passwordManifests({ name, key }: SecretRef, namespace: string): readonly AnnotatedManifest[] {
  const metadata = { name: ROLE, namespace };
  return [
    {
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type: 'Opaque',
        stringData: { [key]: PASSWORD_PLACEHOLDER },
      },
      comments: [
        'The password of the sessions (TCP MD5), the same as on the router. Put it in before you apply this, or leave this document out and make the Secret by hand; applying this again would write the text below over it.',
      ],
      fieldComments: {
        'metadata/namespace': 'Where calico-node runs: it looks nowhere else.',
        [`stringData/${key}`]:
          'No line break and no double quote in it: BIRD could not read its configuration. At most 80 characters.',
      },
    },
    {
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: 'Role',
        metadata,
        rules: [
          { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get', 'list', 'watch'] },
        ],
      },
      comments: [
        'Without this right calico-node opens the sessions without a password, and they never come up. It covers this one Secret.',
      ],
      fieldComments: {},
    },
    {
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: RBAC, kind: 'Role', name: ROLE },
        subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }],
      },
      comments: [],
      fieldComments: {},
    },
  ];
}

/** The same for a shell, where only Calico's own kinds are applied. */
export const passwordCommands = ({ name, key }: SecretRef, namespace: string): readonly string[] => [
  `  kubectl create secret generic ${name} -n ${namespace} --from-literal=${key}=${PASSWORD_PLACEHOLDER}`,
  `  kubectl create role ${ROLE} -n ${namespace} \\`,
  `    --verb=get,list,watch --resource=secrets --resource-name=${name}`,
  `  kubectl create rolebinding ${ROLE} -n ${namespace} \\`,
  `    --role=${ROLE} --serviceaccount=${namespace}:${ACCOUNT}`,
];
