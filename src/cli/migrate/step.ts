/** A step of a migration: one write, described, with its request. */
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import type { ApiRequest } from '../../kube/http/api-request.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  collectionPath,
  type NamespacedName,
  objectPath,
  type Resource,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../kube/resource.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { MERGE_PATCH } from '../../objects/patch-type.ts';
import {
  type OwnerReference,
  SAVED_DATA_KEY,
  type SavedKind,
  type SavedObjects,
  type SecretOwnership,
} from './metallb-state.ts';

export type MigrationStep = {
  /** `Secret metallb-system/memberlist`. */
  readonly object: string;
  readonly does: string;
  /** What the object will contain, where it comes from a saved copy; a line each. */
  readonly shows?: readonly string[];
  readonly request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>;
};

/** The Secret that holds what was removed. Neither speakers nor the controller may write Secrets. */
export const SAVED_NAME = 'berth-migration';

/** The type is immutable, so no other Secret is taken for it. */
export const SAVED_TYPE = 'berth.dev/migration';

const SAVED_RESOURCES: Readonly<Record<SavedKind, Resource>> = { Secret: SECRETS, ConfigMap: CONFIG_MAPS };

const patchRequest = (resource: Resource, at: NamespacedName, body: Raw): MigrationStep['request'] => ({
  method: 'PATCH',
  path: objectPath(resource, at),
  body,
  contentType: MERGE_PATCH,
});

/** The write is refused (409) if the object was changed meanwhile. */
const preconditionsOf = (raw: Raw): Raw => {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid, resourceVersion };
};

export function saveStep(
  namespace: string,
  saved: Omit<SavedObjects, 'resourceVersion' | 'savedIn'>,
  existing: SavedObjects | null,
): MigrationStep {
  const objectName = { namespace, name: SAVED_NAME };
  const data = { [SAVED_DATA_KEY]: Buffer.from(JSON.stringify(saved, null, 2)).toString('base64') };
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: SAVED_TYPE,
    metadata: { ...objectName, labels: { 'app.kubernetes.io/managed-by': 'berth' } },
    data,
  };
  return {
    object: savedObjectName('Secret', namespace),
    does: 'save what is removed, for --back',
    request:
      existing?.savedIn === 'Secret'
        ? patchRequest(SECRETS, objectName, {
            metadata: { resourceVersion: existing.resourceVersion },
            data,
          })
        : { method: 'POST', path: collectionPath(SECRETS, namespace), body: object },
  };
}

/** `Secret metallb-system/berth-migration`. */
export const savedObjectName = (kind: SavedKind, namespace: string): string =>
  `${kind} ${namespace}/${SAVED_NAME}`;

export const deleteSavedStep = (namespace: string, kind: SavedKind, why: string): MigrationStep => ({
  object: savedObjectName(kind, namespace),
  does: `delete it: ${why}`,
  request: { method: 'DELETE', path: objectPath(SAVED_RESOURCES[kind], { namespace, name: SAVED_NAME }) },
});

export function setOwnersStep(
  namespace: string,
  secret: SecretOwnership,
  owners: readonly OwnerReference[],
  does: string,
): MigrationStep {
  const { name, uid, resourceVersion } = secret;
  return {
    object: `Secret ${namespace}/${name}`,
    does,
    request: patchRequest(
      SECRETS,
      { namespace, name },
      { metadata: { uid, resourceVersion, ownerReferences: owners } },
    ),
  };
}

/** `conversion` null is strategy None. */
export function setConversionStep(definition: Raw, conversion: Raw | null): MigrationStep {
  const name = textOf(metadataOf(definition)['name']);
  return {
    object: `CustomResourceDefinition ${name}`,
    does:
      conversion === null ? 'set the conversion of its versions to None' : 'restore the conversion webhook',
    ...(conversion === null
      ? {}
      : { shows: [`its versions are converted by ${webhookServer(conversion['webhook'])}`] }),
    request: patchRequest(
      CUSTOM_RESOURCE_DEFINITIONS,
      { namespace: null, name },
      {
        metadata: preconditionsOf(definition),
        spec: { conversion: conversion ?? { strategy: 'None', webhook: null } },
      },
    ),
  };
}

/** `notRestored` says why a rollback does not restore it; '' where it does. */
export function deleteWebhooksStep(configuration: Raw, notRestored: string): MigrationStep {
  const name = textOf(metadataOf(configuration)['name']);
  return {
    object: `ValidatingWebhookConfiguration ${name}`,
    does: notRestored === '' ? 'delete it' : `delete it; --back does not restore it: ${notRestored}`,
    request: {
      method: 'DELETE',
      path: objectPath(VALIDATING_WEBHOOK_CONFIGURATIONS, { namespace: null, name }),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: preconditionsOf(configuration) },
    },
  };
}

export const createWebhooksStep = (configuration: Raw): MigrationStep => ({
  object: `ValidatingWebhookConfiguration ${textOf(metadataOf(configuration)['name'])}`,
  does: 'restore it',
  shows: listOf(configuration['webhooks']).map((hook) => describeHook(fieldsOf(hook))),
  request: { method: 'POST', path: collectionPath(VALIDATING_WEBHOOK_CONFIGURATIONS), body: configuration },
});

/** Without the fields that the API server sets, so that it can be created again. */
export function withoutServerFields(raw: Raw): Raw {
  const { name, labels, annotations } = metadataOf(raw);
  const metadata: Record<string, unknown> = { name };
  if (labels !== undefined) metadata['labels'] = fieldsOf(labels);
  if (annotations !== undefined) metadata['annotations'] = fieldsOf(annotations);
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata,
    webhooks: raw['webhooks'],
  };
}

/** One webhook of a configuration, in a line. */
function describeHook(hook: Raw): string {
  const kinds = listOf(hook['rules']).flatMap((rule) => textsOf(fieldsOf(rule)['resources']));
  const policy = textOf(hook['failurePolicy']) || 'Fail';
  return `writes to ${kinds.join(', ')} of metallb.io are checked by ${webhookServer(hook)} (failurePolicy ${policy})`;
}

/** The server of a webhook or of a conversion webhook: `Service metallb-system/metallb-webhook-service`, or a URL. */
export function webhookServer(webhook: unknown): string {
  const { service, url } = fieldsOf(fieldsOf(webhook)['clientConfig']);
  const { namespace, name } = fieldsOf(service);
  return name === undefined ? textOf(url) : `Service ${textOf(namespace)}/${textOf(name)}`;
}
