/** One write of a migration: what it does, in words, and the request that does it. */
import { fieldsOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { ApiRequest } from '../../kube/outcome.ts';
import { MERGE_PATCH } from '../../kube/outcome.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCES,
  collectionPath,
  type ObjectName,
  objectPath,
  type Resource,
  VALIDATING_WEBHOOKS,
} from '../../kube/resource.ts';
import { type Owner, SAVED_DATA_KEY, type Saved, type Secret } from './facts.ts';

export type Step = {
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

const patch = (resource: Resource, at: ObjectName, body: Raw): Step['request'] => ({
  method: 'PATCH',
  path: objectPath(resource, at),
  body,
  contentType: MERGE_PATCH,
});

/** So that nothing is overwritten that somebody wrote meanwhile. */
const asSeen = (raw: Raw): Raw => {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid, resourceVersion };
};

export function save(namespace: string, saved: Omit<Saved, 'resourceVersion'>, before: Saved | null): Step {
  const at = { namespace, name: SAVED_NAME };
  const data = { [SAVED_DATA_KEY]: JSON.stringify(saved, null, 2) };
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...at, labels: { 'app.kubernetes.io/managed-by': 'berth' } },
    data,
  };
  return {
    object: `ConfigMap ${namespace}/${SAVED_NAME}`,
    does: 'keep what is taken away, for --back',
    request:
      before === null
        ? { method: 'POST', path: collectionPath(CONFIG_MAPS, namespace), body: object }
        : patch(CONFIG_MAPS, at, { metadata: { resourceVersion: before.resourceVersion }, data }),
  };
}

export const forget = (namespace: string): Step => ({
  object: `ConfigMap ${namespace}/${SAVED_NAME}`,
  does: 'remove it: all that it kept is back',
  request: { method: 'DELETE', path: objectPath(CONFIG_MAPS, { namespace, name: SAVED_NAME }) },
});

export function setOwners(namespace: string, secret: Secret, owners: readonly Owner[], does: string): Step {
  const { name, uid, resourceVersion } = secret;
  return {
    object: `Secret ${namespace}/${name}`,
    does,
    request: patch(
      SECRETS,
      { namespace, name },
      { metadata: { uid, resourceVersion, ownerReferences: owners } },
    ),
  };
}

/** `conversion` null is none at all. */
export function setConversion(definition: Raw, conversion: Raw | null): Step {
  const name = textOf(metadataOf(definition)['name']);
  return {
    object: `CustomResourceDefinition ${name}`,
    does:
      conversion === null ? 'set the conversion between its versions to None' : 'convert by webhook again',
    request: patch(
      CUSTOM_RESOURCES,
      { namespace: null, name },
      {
        metadata: asSeen(definition),
        spec: { conversion: conversion ?? { strategy: 'None', webhook: null } },
      },
    ),
  };
}

export function removeWebhooks(configuration: Raw): Step {
  const name = textOf(metadataOf(configuration)['name']);
  return {
    object: `ValidatingWebhookConfiguration ${name}`,
    does: 'remove it',
    request: {
      method: 'DELETE',
      path: objectPath(VALIDATING_WEBHOOKS, { namespace: null, name }),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: asSeen(configuration) },
    },
  };
}

export const restoreWebhooks = (configuration: Raw): Step => ({
  object: `ValidatingWebhookConfiguration ${textOf(metadataOf(configuration)['name'])}`,
  does: 'put it back',
  request: { method: 'POST', path: collectionPath(VALIDATING_WEBHOOKS), body: configuration },
});

/** Without what the API server alone writes, so that it can be created again. */
export function storable(raw: Raw): Raw {
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
