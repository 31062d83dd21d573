/**
 * Migration from MetalLB: obstacles, and the steps that clear them away. The order allows an interruption anywhere: what is
 * removed is saved first, every other step is safe whether or not MetalLB's controller runs, and running the command again
 * yields the steps that are left.
 */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { quoteList } from '../../base/text.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { knownWebhookConfiguration } from './known-objects.ts';
import {
  collectingOwners,
  conversionOf,
  isControllerReady,
  type MetalLBState,
  type OwnerReference,
} from './metallb-state.ts';
import {
  deleteSavedStep,
  deleteWebhooksStep,
  type MigrationStep,
  saveStep,
  setConversionStep,
  setOwnersStep,
  webhookServer,
  withoutServerFields,
} from './step.ts';

/** Something that prevents Berth from taking over (`swap`), or that breaks when MetalLB is removed (`removal`). */
export type MigrationObstacle = {
  readonly of: 'swap' | 'removal';
  readonly object: string;
  readonly says: string;
};

export function findObstacles(state: MetalLBState): readonly MigrationObstacle[] {
  const { namespace, controller, webhooks, webhookConverted, secrets, helmRelease } = state;
  const obstacles: MigrationObstacle[] = [];
  if (controller !== null && isControllerReady(state)) {
    obstacles.push({
      of: 'swap',
      object: `Deployment ${namespace}/${controller.name}`,
      says: `MetalLB's controller is ready (${controller.readyReplicas} of ${controller.replicas}). Berth assigns no address until it is scaled to 0`,
    });
  }
  for (const one of webhooks) {
    obstacles.push({
      of: 'removal',
      object: `ValidatingWebhookConfiguration ${objectName(one)}`,
      says: `${describeHooks(one)}. Without MetalLB's controller the API server refuses every such write`,
    });
  }
  for (const one of webhookConverted) {
    obstacles.push({
      of: 'removal',
      object: `CustomResourceDefinition ${objectName(one)}`,
      says: `its versions are converted by ${webhookServer(conversionOf(one)['webhook'])}. Without MetalLB's controller its objects can be read and written in the stored version only`,
    });
  }
  for (const secret of secrets) {
    const owners = collectingOwners(secret, state);
    if (owners.length === 0) continue;
    obstacles.push({
      of: 'removal',
      object: `Secret ${namespace}/${secret.name}`,
      says: `owned by ${describeOwners(owners)}. It would be deleted together with it, and MetalLB's speakers need it`,
    });
  }
  if (helmRelease !== null) {
    obstacles.push({
      of: 'removal',
      object: `Helm release ${helmRelease}`,
      says: 'it owns the CustomResourceDefinitions of metallb.io. "helm uninstall" would delete them and with them every pool: delete the Deployment and the DaemonSet by name instead',
    });
  }
  return obstacles;
}

export function migrationSteps(state: MetalLBState): readonly MigrationStep[] {
  const { namespace, webhooks, webhookConverted, secrets, saved } = state;
  const collectable = secrets.filter((secret) => collectingOwners(secret, state).length > 0);
  const steps = [
    ...collectable.map((secret) => {
      const removed = collectingOwners(secret, state);
      const remaining = secret.owners.filter((owner) => !removed.includes(owner));
      return setOwnersStep(
        namespace,
        secret,
        remaining,
        `remove its owner ${describeOwners(removed)}, so that it is kept`,
      );
    }),
    ...webhookConverted.map((one) => setConversionStep(one, null)),
    ...webhooks.map((one) => deleteWebhooksStep(one, notRestored(one, namespace))),
  ];
  if (steps.length === 0) return [];
  // What an earlier run removed stays saved; an object that exists again replaces its saved copy.
  const names = new Set(webhooks.map(objectName));
  const toSave = {
    webhooks: [
      ...(saved?.webhooks ?? []).filter((one) => !names.has(objectName(one))),
      ...webhooks.map(withoutServerFields),
    ],
    conversions: {
      ...saved?.conversions,
      ...Object.fromEntries(webhookConverted.map((one) => [objectName(one), conversionOf(one)])),
    },
    owners: {
      ...saved?.owners,
      ...Object.fromEntries(collectable.map((secret) => [secret.name, collectingOwners(secret, state)])),
    },
  };
  const moved =
    saved?.savedIn === 'ConfigMap'
      ? [deleteSavedStep(namespace, 'ConfigMap', 'its content is in the Secret')]
      : [];
  return [saveStep(namespace, toSave, saved), ...moved, ...steps];
}

/** Why `--back` will not restore this configuration; '' where it will. */
function notRestored(configuration: Raw, namespace: string): string {
  const known = knownWebhookConfiguration(configuration, namespace);
  return known.ok ? '' : (known.error[0] ?? '');
}

/** Commands for the user, in order; `configuration` are those that are needed before MetalLB's controller ends. */
export function manualSteps(
  { namespace, controller }: MetalLBState,
  configuration: readonly string[] = [],
): readonly string[] {
  const scale =
    controller === null || controller.replicas === 0
      ? []
      : [`kubectl scale deployment ${controller.name} -n ${namespace} --replicas=0`];
  return ['kubectl apply -k deploy/beside-metallb', ...configuration, ...scale];
}

const objectName = (raw: Raw): string => textOf(metadataOf(raw)['name']);

const describeOwners = (owners: readonly OwnerReference[]): string =>
  owners.map(({ kind, name }) => `${textOf(kind)} ${textOf(name)}`).join(' and ');

function describeHooks(configuration: Raw): string {
  const hooks = listOf(configuration['webhooks']).map(fieldsOf);
  const policies = new Set(hooks.map((hook) => textOf(hook['failurePolicy']) || 'Fail'));
  const kinds = new Set(
    hooks.flatMap((hook) =>
      listOf(hook['rules']).flatMap((rule) => listOf(fieldsOf(rule)['resources']).map(textOf)),
    ),
  );
  const servers = new Set(hooks.map((hook) => webhookServer(hook)));
  return `writes to ${[...kinds].join(', ')} are checked by ${[...servers].join(', ')} (failurePolicy ${quoteList([...policies])})`;
}
