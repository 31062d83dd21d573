/**
 * The way back to MetalLB: what was taken away is put back. Webhooks only once MetalLB's controller is ready to
 * answer them, for until then they would refuse every write; an owner only where it exists, for the garbage
 * collector takes what belongs to nobody.
 */

import { type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import {
  conversionOf,
  isControllerReady,
  isDeployment,
  type MetalLBState,
  type OwnerReference,
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
  /** What has to wait, and for what; null where nothing has to. */
  readonly waits: string | null;
};

export function rollbackSteps(
  state: MetalLBState,
  /** CustomResourceDefinitions of metallb.io, by name. */
  definitions: ReadonlyMap<string, Raw>,
): Rollback {
  const { namespace, saved, controller } = state;
  if (saved === null) return { steps: [], waits: null };
  const owners = state.secrets.flatMap((secret) =>
    restoreOwnerSteps(state, secret, saved.owners[secret.name] ?? []),
  );
  if (!isControllerReady(state)) {
    const startHint =
      controller === null
        ? "install MetalLB's controller"
        : `run kubectl scale deployment ${controller.name} -n ${namespace} --replicas=1`;
    const waits = `webhooks are put back once MetalLB's controller is ready to answer them, else every write to metallb.io objects would be refused: ${startHint}, wait until it is ready, and run this again`;
    return { steps: owners, waits };
  }
  const conversions = Object.entries(saved.conversions).flatMap(([name, conversion]) => {
    const definition = definitions.get(name);
    const isWanted = definition !== undefined && conversionOf(definition)['strategy'] !== 'Webhook';
    return isWanted ? [setConversionStep(definition, conversion)] : [];
  });
  const existing = new Set(state.webhooks.map((one) => metadataOf(one)['name']));
  const webhooks = saved.webhooks
    .filter((one) => !existing.has(metadataOf(one)['name']))
    .map(createWebhooksStep);
  return { steps: [...owners, ...conversions, ...webhooks, deleteSavedStep(namespace)], waits: null };
}

function restoreOwnerSteps(
  { namespace, controller }: MetalLBState,
  secret: SecretOwnership,
  saved: readonly OwnerReference[],
): readonly MigrationStep[] {
  const missing = saved.filter((owner) => !secret.owners.some(({ uid }) => uid === currentUid(owner)));
  const restorable = missing.flatMap((owner) => {
    const uid = currentUid(owner);
    return uid === null ? [] : [{ ...owner, uid }];
  });
  if (restorable.length === 0) return [];
  const names = restorable.map((owner) => textOf((owner as OwnerReference)['name'])).join(' and ');
  return [
    setOwnersStep(
      namespace,
      secret,
      [...secret.owners, ...restorable],
      `give it back to Deployment ${names}`,
    ),
  ];

  /** A Deployment that was made anew has its old name and another uid. */
  function currentUid(owner: OwnerReference): string | null {
    const isController = isDeployment(owner) && owner['name'] === controller?.name;
    return isController ? (controller?.uid ?? null) : null;
  }
}

/** Why there is nothing to put back. */
export const nothingSavedText = (namespace: string): string =>
  `there is no ConfigMap ${SAVED_NAME} in ${namespace}: nothing was taken away, or all of it is back`;
