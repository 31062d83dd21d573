/** Namespaces, Events, and reviews, which are not stored; defaults of Pods, Secrets and EndpointSlices. */

import { nameOf } from '../../../objects/metadata.ts';
import { isObject, type JsonObject, listAt, objectAt, textAt, withPath } from '../../object/value.ts';
import type { builtinResource } from '../builtin-resource.ts';
import type { ServedResource } from '../served-resource.ts';

type BuiltinFactory = typeof builtinResource;

/** Labels each namespace with its name, as kube-apiserver does. */
export const namespaceResource = (builtin: BuiltinFactory): ServedResource =>
  builtin({
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    nameRule: 'label1123',
    hasStatus: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    selectableFields: { 'status.phase': '' },
    strategy: {
      prepare: ({ object, before }) => {
        const named = withPath(object, ['metadata', 'labels', 'kubernetes.io/metadata.name'], nameOf(object));
        if (before !== null) return named;
        return { ...named, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
      },
    },
  });

export const eventResource = (
  builtin: BuiltinFactory,
  core: { readonly group: string; readonly version: string },
): ServedResource =>
  builtin({
    ...core,
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    allowCreateOnUpdate: true,
    selectableFields: {
      'involvedObject.kind': '',
      'involvedObject.namespace': '',
      'involvedObject.name': '',
      'involvedObject.uid': '',
      'involvedObject.apiVersion': '',
      'involvedObject.resourceVersion': '',
      'involvedObject.fieldPath': '',
      reason: '',
      reportingComponent: '',
      source: '',
      type: '',
    },
    strategy: { prepare: ({ object }) => defaultEvent(object) },
  });

/** Adds the fields that Go encodes even when they are empty. */
const defaultEvent = (event: JsonObject): JsonObject => ({
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
  ...event,
});

export const defaultSecret = (secret: JsonObject): JsonObject => {
  const stringData = secret['stringData'];
  const { stringData: _removed, ...rest } = secret;
  const data = { ...objectAt(secret, 'data') };
  const encoded = isObject(stringData)
    ? Object.fromEntries(
        Object.entries(stringData).map(([key, value]) => [
          key,
          Buffer.from(String(value)).toString('base64'),
        ]),
      )
    : {};
  const all = { ...data, ...encoded };
  return {
    ...rest,
    ...(Object.keys(all).length === 0 ? {} : { data: all }),
    type: textAt(secret, 'type') || 'Opaque',
  };
};

/** A new Pod is Pending; here only a test changes that. */
export const defaultPod = (pod: JsonObject): JsonObject =>
  textAt(objectAt(pod, 'status'), 'phase') === '' ? withPath(pod, ['status', 'phase'], 'Pending') : pod;

/** Ports have a name, possibly empty (discovery/v1, `SetDefaults_EndpointPort`); kubectl describe fails without one. */
export const defaultEndpointSlice = (slice: JsonObject): JsonObject =>
  slice['ports'] === undefined
    ? slice
    : {
        ...slice,
        ports: listAt(slice, 'ports').map((port) =>
          isObject(port) ? { name: '', protocol: 'TCP', ...port } : port,
        ),
      };

/** TokenReview and SubjectAccessReview: each token is the administrator's, and may do everything. */
export function reviewResources(builtin: BuiltinFactory): readonly ServedResource[] {
  const review = (
    group: string,
    kind: string,
    plural: string,
    status: (spec: JsonObject) => JsonObject,
  ): ServedResource =>
    builtin({
      group,
      version: 'v1',
      kind,
      plural,
      namespaced: false,
      verbs: ['create'],
      strategy: { respond: (object) => ({ ...object, status: status(objectAt(object, 'spec')) }) },
    });
  const access = (): JsonObject => ({ allowed: true });
  return [
    review('authentication.k8s.io', 'TokenReview', 'tokenreviews', (spec) => ({
      authenticated: textAt(spec, 'token') !== '',
      user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
      audiences: listAt(spec, 'audiences'),
    })),
    review('authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews', () => ({
      userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    })),
    review('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', access),
    review('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', access),
  ];
}
