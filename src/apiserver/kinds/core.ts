/** Namespaces, events, and the reviews that are answered without being stored; defaults of Pods, Secrets and EndpointSlices. */

import { int32, kubeObject, list, objectReference, open, record, text, time } from '../schema/shape.ts';
import { isObject, type JsonObject, listAt, nameOf, objectAt, textAt, withPath } from '../value.ts';
import type { builtin } from './make.ts';
import type { Resource } from './resource.ts';

type Builtin = typeof builtin;

/** Labels every namespace with its own name, as the real server does. */
export const coreNamespace = (make: Builtin): Resource =>
  make({
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    nameRule: 'label1123',
    hasStatus: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    schema: kubeObject({
      spec: record({ finalizers: list(text) }),
      status: record({ phase: text, conditions: list(open) }),
    }),
    selectable: { 'status.phase': '' },
    rules: {
      prepare: ({ object, before }) => {
        const named = withPath(object, ['metadata', 'labels', 'kubernetes.io/metadata.name'], nameOf(object));
        if (before !== null) return named;
        return { ...named, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
      },
    },
  });

const eventSchema = kubeObject({
  involvedObject: objectReference,
  reason: text,
  message: text,
  source: record({ component: text, host: text }),
  firstTimestamp: { ...time, nullable: true },
  lastTimestamp: { ...time, nullable: true },
  eventTime: { ...time, nullable: true },
  count: int32,
  type: text,
  action: text,
  series: record({ count: int32, lastObservedTime: time }),
  related: objectReference,
  reportingComponent: text,
  reportingInstance: text,
});

export const coreEvent = (
  make: Builtin,
  core: { readonly group: string; readonly version: string },
): Resource =>
  make({
    ...core,
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    createOnUpdate: true,
    schema: eventSchema,
    selectable: {
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
    rules: { prepare: ({ object }) => eventDefaults(object) },
  });

/** The fields that Go prints even when they are empty. */
const eventDefaults = (event: JsonObject): JsonObject => ({
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
  ...event,
});

export const secretDefaults = (secret: JsonObject): JsonObject => {
  const plain = secret['stringData'];
  const { stringData: _gone, ...rest } = secret;
  const data = { ...objectAt(secret, 'data') };
  const encoded = isObject(plain)
    ? Object.fromEntries(
        Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]),
      )
    : {};
  const all = { ...data, ...encoded };
  return {
    ...rest,
    ...(Object.keys(all).length === 0 ? {} : { data: all }),
    type: textAt(secret, 'type') || 'Opaque',
  };
};

/** A Pod waits until somebody, here nobody but a test, says that it runs. */
export const podDefaults = (pod: JsonObject): JsonObject =>
  textAt(objectAt(pod, 'status'), 'phase') === '' ? withPath(pod, ['status', 'phase'], 'Pending') : pod;

/** Ports have a name, if an empty one (discovery/v1, `SetDefaults_EndpointPort`); kubectl describe falls over one without. */
export const sliceDefaults = (slice: JsonObject): JsonObject =>
  slice['ports'] === undefined
    ? slice
    : {
        ...slice,
        ports: listAt(slice, 'ports').map((port) =>
          isObject(port) ? { name: '', protocol: 'TCP', ...port } : port,
        ),
      };

/** Who asks with any token is the administrator, and may do everything: this server guards nothing. */
export function reviews(make: Builtin): readonly Resource[] {
  const review = (
    group: string,
    kind: string,
    plural: string,
    status: (spec: JsonObject) => JsonObject,
  ): Resource =>
    make({
      group,
      version: 'v1',
      kind,
      plural,
      namespaced: false,
      verbs: ['create'],
      schema: kubeObject({ spec: open, status: open }),
      rules: { answer: (object) => ({ ...object, status: status(objectAt(object, 'spec')) }) },
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
