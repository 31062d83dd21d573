/** The Secret of the sessions' password, and the Role to read it, which Calico's manifests do not contain. */
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
        'The TCP MD5 password of the sessions, the same as on the router. Set it before you apply this file, or remove this document and create the Secret yourself: applying the file again overwrites the password.',
      ],
      fieldComments: {
        'metadata/namespace': 'The namespace of calico-node, which reads Secrets of no other.',
        [`stringData/${key}`]:
          'At most 80 characters, without line breaks and double quotes: BIRD could not read its configuration.',
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
        'Without this Role calico-node opens the sessions without a password, and they are never established. It permits this Secret only.',
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

/** The same as kubectl commands, for a file that calicoctl applies. */
export const passwordCommands = ({ name, key }: SecretRef, namespace: string): readonly string[] => [
  `  kubectl create secret generic ${name} -n ${namespace} --from-literal=${key}=${PASSWORD_PLACEHOLDER}`,
  `  kubectl create role ${ROLE} -n ${namespace} \\`,
  `    --verb=get,list,watch --resource=secrets --resource-name=${name}`,
  `  kubectl create rolebinding ${ROLE} -n ${namespace} \\`,
  `    --role=${ROLE} --serviceaccount=${namespace}:${ACCOUNT}`,
];
