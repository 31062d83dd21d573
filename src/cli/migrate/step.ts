/** A step of a migration: one write, described, with its request. */
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
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
  type SavedObjects,
  type SecretOwnership,
} from './metallb-state.ts';

export type MigrationStep = {
  /** `Secret metallb-system/memberlist`. */
  readonly object: string;
  readonly does: string;
  readonly request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'contentType'>;
};

/** The ConfigMap that holds what was removed. */
export const SAVED_NAME = 'berth-migration';

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
  saved: Omit<SavedObjects, 'resourceVersion'>,
  existing: SavedObjects | null,
): MigrationStep {
  const objectName = { namespace, name: SAVED_NAME };
  const data = { [SAVED_DATA_KEY]: JSON.stringify(saved, null, 2) };
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...objectName, labels: { 'app.kubernetes.io/managed-by': 'berth' } },
    data,
  };
  return {
    object: `ConfigMap ${namespace}/${SAVED_NAME}`,
    does: 'save what is removed, for --back',
    request:
      existing === null
        ? { method: 'POST', path: collectionPath(CONFIG_MAPS, namespace), body: object }
        : patchRequest(CONFIG_MAPS, objectName, {
            metadata: { resourceVersion: existing.resourceVersion },
            data,
          }),
  };
}

export const deleteSavedStep = (namespace: string): MigrationStep => ({
  object: `ConfigMap ${namespace}/${SAVED_NAME}`,
  does: 'delete it: everything in it is restored',
  request: { method: 'DELETE', path: objectPath(CONFIG_MAPS, { namespace, name: SAVED_NAME }) },
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

export function deleteWebhooksStep(configuration: Raw): MigrationStep {
  const name = textOf(metadataOf(configuration)['name']);
  return {
    object: `ValidatingWebhookConfiguration ${name}`,
    does: 'delete it',
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
