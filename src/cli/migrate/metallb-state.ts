/** The objects of MetalLB in a cluster that a migration or its rollback depends on. */
import { flagValue } from '../../base/flag-value.ts';
import { fieldsOf, listOf, mapOf, numberOf, parseJsonOrNull, type Raw, textOf } from '../../base/json.ts';
import {
  type Deployment,
  isMetalLBController,
  METALLB_WEBHOOK_CONFIGURATION,
} from '../../controller/leadership/metallb-controller.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { commandLineOf, containersOf } from '../../objects/metallb-program.ts';
import { WEBHOOK_SERVICES } from './known-objects.ts';

export type MetalLBController = Deployment & {
  /** Its `--lb-class`; '' for Services without a class. */
  readonly lbClass: string;
};

export type MetalLBState = {
  readonly namespace: string;
  /** Null if MetalLB's controller is not installed. */
  readonly controller: MetalLBController | null;
  /** Validating webhook configurations of MetalLB. */
  readonly webhooks: readonly Raw[];
  /** CustomResourceDefinitions of metallb.io with a conversion webhook. */
  readonly webhookConverted: readonly Raw[];
  /** Name of the Helm release that owns the CustomResourceDefinitions of metallb.io; null if none does. */
  readonly helmRelease: string | null;
  /** Secrets of the namespace, without their data. */
  readonly secrets: readonly SecretOwnership[];
  readonly saved: SavedObjects | null;
};

export type SecretOwnership = {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Keys of its data, without the values. */
  readonly keys: readonly string[];
  readonly owners: readonly OwnerReference[];
};

/** An entry of `metadata.ownerReferences`. */
export type OwnerReference = Raw;

/** Kind of the object with the saved copies: builds before 0.1.0 used a ConfigMap, which speakers could write. */
export type SavedKind = 'Secret' | 'ConfigMap';

/** What was removed, as it was. Whoever could write the object may have written anything. */
export type SavedObjects = {
  readonly savedIn: SavedKind;
  readonly resourceVersion: string;
  readonly webhooks: readonly Raw[];
  /** `spec.conversion` by name of the definition. */
  readonly conversions: Readonly<Record<string, Raw>>;
  /** Owners by name of the Secret. */
  readonly owners: Readonly<Record<string, readonly OwnerReference[]>>;
};

export const isControllerReady = ({ controller }: MetalLBState): boolean =>
  (controller?.readyReplicas ?? 0) > 0;

/** Listed objects. */
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

/** MetalLB's controller creates the Secret of its speakers' memberlist and makes its Deployment the owner. */
export const isDeployment = ({ kind, apiVersion }: OwnerReference): boolean =>
  kind === 'Deployment' && textOf(apiVersion).startsWith('apps/');

/** Owners whose deletion, together with MetalLB's controller, would delete the Secret. */
export function collectingOwners(
  { name, owners }: SecretOwnership,
  { controller }: MetalLBState,
): readonly OwnerReference[] {
  return owners.filter((owner) => {
    if (!isDeployment(owner)) return false;
    return owner['uid'] === controller?.uid || owner['name'] === controller?.name || /memberlist$/.test(name);
  });
}

/** By its fixed name, or by the Service that it calls. */
function isMetalLBWebhook(configuration: Raw): boolean {
  if (metadataOf(configuration)['name'] === METALLB_WEBHOOK_CONFIGURATION) return true;
  const services = listOf(configuration['webhooks']).map((hook) =>
    fieldsOf(fieldsOf(fieldsOf(hook)['clientConfig'])['service']),
  );
  return services.length > 0 && services.every(({ name }) => WEBHOOK_SERVICES.includes(textOf(name)));
}

function readDeployment(raw: Raw): MetalLBController {
  const { name, uid, labels } = metadataOf(raw);
  const count = (value: unknown): number => numberOf(value) ?? 0;
  return {
    name: textOf(name),
    uid: textOf(uid),
    labels: mapOf(labels),
    readyReplicas: count(fieldsOf(raw['status'])['readyReplicas']),
    replicas: count(fieldsOf(raw['spec'])['replicas']),
    lbClass: classOfDeployment(raw),
  };
}

/** `--lb-class` of a Deployment's container; '' where none has it. */
function classOfDeployment(deployment: Raw): string {
  const values = containersOf(deployment).map((one) => flagValue(commandLineOf(one), 'lb-class') ?? '');
  return values.find((one) => one !== '') ?? '';
}

function readSecret(raw: Raw): SecretOwnership {
  const { name, uid, resourceVersion, ownerReferences } = metadataOf(raw);
  return {
    name: textOf(name),
    uid: textOf(uid),
    resourceVersion: textOf(resourceVersion),
    keys: Object.keys(fieldsOf(raw['data'])),
    owners: listOf(ownerReferences).map(fieldsOf),
  };
}

export const SAVED_DATA_KEY = 'saved.json';

function parseSaved(object: Raw): SavedObjects {
  const resourceVersion = textOf(metadataOf(object)['resourceVersion']);
  const savedIn = object['kind'] === 'ConfigMap' ? 'ConfigMap' : 'Secret';
  const data = textOf(fieldsOf(object['data'])[SAVED_DATA_KEY]);
  // If somebody broke the text, nothing can be restored from it.
  const value = fieldsOf(
    parseJsonOrNull(savedIn === 'Secret' ? Buffer.from(data, 'base64').toString() : data),
  );
  const entries = (field: string) => Object.entries(fieldsOf(value[field]));
  return {
    savedIn,
    resourceVersion,
    webhooks: listOf(value['webhooks']).map(fieldsOf),
    conversions: Object.fromEntries(entries('conversions').map(([name, one]) => [name, fieldsOf(one)])),
    owners: Object.fromEntries(entries('owners').map(([name, all]) => [name, listOf(all).map(fieldsOf)])),
  };
}
