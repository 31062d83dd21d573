/**
 * Rollback to MetalLB: restores what the migration removed. Webhooks wait until MetalLB's controller is ready, because
 * without it they refuse every write. A Secret gets its owner back only if the owner exists: the garbage collector deletes
 * objects whose owner is missing.
 */

import { type Raw, textOf } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';
import { isMemberlist, knownConversion, knownWebhookConfiguration } from './known-objects.ts';
import {
  conversionOf,
  isControllerReady,
  isDeployment,
  type MetalLBState,
  type OwnerReference,
  type SavedObjects,
  type SecretOwnership,
} from './metallb-state.ts';
import {
  createWebhooksStep,
  deleteSavedStep,
  type MigrationStep,
  SAVED_NAME,
  setConversionStep,
  setOwnersStep,
} from './step.ts';

export type Rollback = {
  readonly steps: readonly MigrationStep[];
  /** A sentence that says what has to wait, and for what; null if nothing has to. */
  readonly waits: string | null;
  /** Saved copies of objects that MetalLB does not install. They are not restored, and the copy is kept. */
  readonly refused: readonly RefusedCopy[];
};

/** `says` has the reasons, a sentence each. */
export type RefusedCopy = { readonly object: string; readonly says: readonly string[] };

export function rollbackSteps(
  state: MetalLBState,
  /** CustomResourceDefinitions of metallb.io, by name. */
  definitions: ReadonlyMap<string, Raw>,
): Rollback {
  const { namespace, saved, controller } = state;
  if (saved === null) return { steps: [], waits: null, refused: [] };
  const owners = state.secrets
    .filter(isMemberlist)
    .flatMap((secret) => restoreOwnerSteps(state, secret, saved.owners[secret.name] ?? []));
  const copies = judgeCopies(saved, namespace);
  const { refused } = copies;
  if (!isControllerReady(state)) {
    const startHint =
      controller === null
        ? "Install MetalLB's controller"
        : `Run "kubectl scale deployment ${controller.name} -n ${namespace} --replicas=1"`;
    const waits = `The webhooks are restored once MetalLB's controller is ready: before that they would refuse every write to objects of metallb.io. ${startHint}, wait until it is ready, and run this command again.`;
    return { steps: owners, waits, refused };
  }
  const conversions = copies.conversions.flatMap(([name, conversion]) => {
    const definition = definitions.get(name);
    const isWanted = definition !== undefined && conversionOf(definition)['strategy'] !== 'Webhook';
    return isWanted ? [setConversionStep(definition, conversion)] : [];
  });
  const existing = new Set(state.webhooks.map((one) => metadataOf(one)['name']));
  const webhooks = copies.webhooks
    .filter((one) => !existing.has(metadataOf(one)['name']))
    .map(createWebhooksStep);
  const done =
    refused.length === 0 ? [deleteSavedStep(namespace, saved.savedIn, 'everything in it is restored')] : [];
  return { steps: [...owners, ...conversions, ...webhooks, ...done], waits: null, refused };
}

type JudgedCopies = {
  readonly webhooks: readonly Raw[];
  readonly conversions: readonly (readonly [definition: string, conversion: Raw])[];
  readonly refused: readonly RefusedCopy[];
};

/** Whoever wrote the saved copies: only what MetalLB itself installs is restored. */
function judgeCopies(saved: SavedObjects, namespace: string): JudgedCopies {
  const refused: RefusedCopy[] = [];
  const accept = (object: string, judged: Result<Raw, readonly string[]>): readonly Raw[] => {
    if (judged.ok) return [judged.value];
    refused.push({ object, says: judged.error });
    return [];
  };
  const webhooks = saved.webhooks.flatMap((one) =>
    accept(`ValidatingWebhookConfiguration ${nameOf(one)}`, knownWebhookConfiguration(one, namespace)),
  );
  const conversions = Object.entries(saved.conversions).flatMap(([name, one]) =>
    accept(`CustomResourceDefinition ${name}`, knownConversion(name, one, namespace)).map(
      (conversion) => [name, conversion] as const,
    ),
  );
  return { webhooks, conversions, refused };
}

function restoreOwnerSteps(
  { namespace, controller }: MetalLBState,
  secret: SecretOwnership,
  saved: readonly OwnerReference[],
): readonly MigrationStep[] {
  const missing = saved.filter((owner) => !secret.owners.some(({ uid }) => uid === currentUid(owner)));
  const restorable = missing.flatMap((owner) => {
    const uid = currentUid(owner);
    return uid === null ? [] : [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner['name'], uid }];
  });
  if (restorable.length === 0) return [];
  const names = restorable.map((owner) => textOf((owner as OwnerReference)['name'])).join(' and ');
  return [
    setOwnersStep(
      namespace,
      secret,
      [...secret.owners, ...restorable],
      `make Deployment ${names} its owner again`,
    ),
  ];

  /** A Deployment that was created again has the same name and another uid. */
  function currentUid(owner: OwnerReference): string | null {
    const isController = isDeployment(owner) && owner['name'] === controller?.name;
    return isController ? (controller?.uid ?? null) : null;
  }
}

/** Why there is nothing to restore. */
export const nothingSavedText = (namespace: string): string =>
  `there is no Secret ${SAVED_NAME} in the namespace ${namespace}, so nothing was removed or everything is restored`;
