/** One write of a migration: what it does, in words, and the request that does it. */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import type { ApiRequest } from '../../kube/http/api-request.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  collectionPath,
  type NamespacedName,
  objectPath,
  type Resource,
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

export const SECRETS: Resource = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
};

/** What keeps what was taken away. */
export const SAVED_NAME = 'berth-migration';

const patchRequest = (resource: Resource, at: NamespacedName, body: Raw): MigrationStep['request'] => ({
  method: 'PATCH',
  path: objectPath(resource, at),
  body,
  contentType: MERGE_PATCH,
});

/** So that nothing is overwritten that somebody wrote meanwhile. */
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
    does: 'keep what is taken away, for --back',
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
  does: 'remove it: all that it kept is back',
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

/** `conversion` null is none at all. */
export function setConversionStep(definition: Raw, conversion: Raw | null): MigrationStep {
  const name = textOf(metadataOf(definition)['name']);
  return {
    object: `CustomResourceDefinition ${name}`,
    does:
      conversion === null ? 'set the conversion between its versions to None' : 'convert by webhook again',
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
    does: 'remove it',
    request: {
      method: 'DELETE',
      path: objectPath(VALIDATING_WEBHOOK_CONFIGURATIONS, { namespace: null, name }),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: preconditionsOf(configuration) },
    },
  };
}

export const createWebhooksStep = (configuration: Raw): MigrationStep => ({
  object: `ValidatingWebhookConfiguration ${textOf(metadataOf(configuration)['name'])}`,
  does: 'put it back',
  request: { method: 'POST', path: collectionPath(VALIDATING_WEBHOOK_CONFIGURATIONS), body: configuration },
});

/** Without what the API server alone writes, so that it can be created again. */
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
