/** What of MetalLB is in a cluster, as far as leaving it or coming back depends on it. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import {
  type Deployment,
  isMetalLBController,
  METALLB_WEBHOOK_CONFIGURATION,
} from '../../controller/metallb-controller.ts';
import { metadataOf } from '../../objects/metadata.ts';

/** The Service in front of MetalLB's webhooks; its name is fixed. */
const WEBHOOK_SERVICE = 'metallb-webhook-service';

export type MetalLBState = {
  readonly namespace: string;
  /** MetalLB's controller; null where there is none. */
  readonly controller: (Deployment & { readonly replicas: number }) | null;
  /** Validating webhook configurations of MetalLB. */
  readonly webhooks: readonly Raw[];
  /** CustomResourceDefinitions of metallb.io that convert by asking MetalLB's controller. */
  readonly webhookConverted: readonly Raw[];
  /** CustomResourceDefinitions of metallb.io that a Helm release owns, and its name. */
  readonly helmRelease: string | null;
  /** Secrets of the namespace, without what is in them. */
  readonly secrets: readonly SecretOwnership[];
  readonly saved: SavedObjects | null;
};

export type SecretOwnership = {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly owners: readonly OwnerReference[];
};

/** An entry of `metadata.ownerReferences`. */
export type OwnerReference = Raw;

/** What was taken away, as it was. */
export type SavedObjects = {
  readonly resourceVersion: string;
  readonly webhooks: readonly Raw[];
  /** `spec.conversion` by name of the definition. */
  readonly conversions: Readonly<Record<string, Raw>>;
  /** Owners by name of the Secret. */
  readonly owners: Readonly<Record<string, readonly OwnerReference[]>>;
};

export const isControllerReady = ({ controller }: MetalLBState): boolean =>
  (controller?.readyReplicas ?? 0) > 0;

/** As the lists gave them. */
export type MetalLBObjects = {
  readonly namespace: string;
  readonly deployments: readonly Raw[];
  readonly webhooks: readonly Raw[];
  readonly definitions: readonly Raw[];
  readonly secrets: readonly Raw[];
  readonly saved: Raw | null;
};

export function readMetalLBState(objects: MetalLBObjects): MetalLBState {
  const metallbDefinitions = objects.definitions.filter(
    (one) => fieldsOf(one['spec'])['group'] === 'metallb.io',
  );
  const releases = metallbDefinitions.map((one) =>
    textOf(fieldsOf(metadataOf(one)['annotations'])['meta.helm.sh/release-name']),
  );
  return {
    namespace: objects.namespace,
    controller: objects.deployments.map(readDeployment).find(isMetalLBController) ?? null,
    webhooks: objects.webhooks.filter(isMetalLBWebhook),
    webhookConverted: metallbDefinitions.filter((one) => conversionOf(one)['strategy'] === 'Webhook'),
    helmRelease: releases.find((name) => name !== '') ?? null,
    secrets: objects.secrets.map(readSecret),
    saved: objects.saved === null ? null : parseSaved(objects.saved),
  };
}

export const conversionOf = (definition: Raw): Raw => fieldsOf(fieldsOf(definition['spec'])['conversion']);

/** Deployments own Secrets here for one reason: MetalLB's controller makes the key of its speakers' ring. */
export const isDeployment = ({ kind, apiVersion }: OwnerReference): boolean =>
  kind === 'Deployment' && textOf(apiVersion).startsWith('apps/');

/** The owners of the Secret that would take it with them when MetalLB's controller is removed. */
export function collectingOwners(
  { name, owners }: SecretOwnership,
  { controller }: MetalLBState,
): readonly OwnerReference[] {
  return owners.filter((owner) => {
    if (!isDeployment(owner)) return false;
    return owner['uid'] === controller?.uid || owner['name'] === controller?.name || /memberlist$/.test(name);
  });
}

/** The fixed name, or another name in front of the same server. */
function isMetalLBWebhook(configuration: Raw): boolean {
  if (metadataOf(configuration)['name'] === METALLB_WEBHOOK_CONFIGURATION) return true;
  const services = listOf(configuration['webhooks']).map((hook) =>
    fieldsOf(fieldsOf(fieldsOf(hook)['clientConfig'])['service']),
  );
  return services.length > 0 && services.every(({ name }) => name === WEBHOOK_SERVICE);
}

function readDeployment(raw: Raw): Deployment & { readonly replicas: number } {
  const { name, uid, labels } = metadataOf(raw);
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const texts = Object.entries(fieldsOf(labels)).map(([key, value]) => [key, textOf(value)]);
  return {
    name: textOf(name),
    uid: textOf(uid),
    labels: Object.fromEntries(texts),
    readyReplicas: count(fieldsOf(raw['status'])['readyReplicas']),
    replicas: count(fieldsOf(raw['spec'])['replicas']),
  };
}

function readSecret(raw: Raw): SecretOwnership {
  const { name, uid, resourceVersion, ownerReferences } = metadataOf(raw);
  return {
    name: textOf(name),
    uid: textOf(uid),
    resourceVersion: textOf(resourceVersion),
    owners: listOf(ownerReferences).map(fieldsOf),
  };
}

export const SAVED_DATA_KEY = 'saved.json';

function parseSaved(configMap: Raw): SavedObjects {
  const resourceVersion = textOf(metadataOf(configMap)['resourceVersion']);
  const value = fieldsOf(parseJsonOrNull(textOf(fieldsOf(configMap['data'])[SAVED_DATA_KEY])));
  const entries = (field: string) => Object.entries(fieldsOf(value[field]));
  return {
    resourceVersion,
    webhooks: listOf(value['webhooks']).map(fieldsOf),
    conversions: Object.fromEntries(entries('conversions').map(([name, one]) => [name, fieldsOf(one)])),
    owners: Object.fromEntries(entries('owners').map(([name, all]) => [name, listOf(all).map(fieldsOf)])),
  };
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // somebody edited it: then there is nothing that could be put back
  }
}
