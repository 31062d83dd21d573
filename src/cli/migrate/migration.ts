/**
 * Leaving MetalLB: what is in the way, and the steps that clear it. The order is safe to break off anywhere: what is
 * taken away is written down first; each of the other steps is fine by itself, with MetalLB's controller running or
 * gone; and whoever runs it again gets the steps that are left.
 */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { quoteList } from '../../base/text.ts';
import { metadataOf } from '../../objects/metadata.ts';
import {
  collectingOwners,
  conversionOf,
  isControllerReady,
  type MetalLBState,
  type OwnerReference,
} from './metallb-state.ts';
import {
  deleteWebhooksStep,
  type MigrationStep,
  saveStep,
  setConversionStep,
  setOwnersStep,
  withoutServerFields,
} from './step.ts';

/** Something in the way, and of what: of Berth's taking over, or of MetalLB's removal. */
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
      says: `MetalLB's controller is ready (${controller.readyReplicas} of ${controller.replicas}): Berth grants nothing while it is`,
    });
  }
  for (const one of webhooks) {
    obstacles.push({
      of: 'removal',
      object: `ValidatingWebhookConfiguration ${objectName(one)}`,
      says: `${describeHooks(one)}: without MetalLB's controller the API server refuses every such write`,
    });
  }
  for (const one of webhookConverted) {
    obstacles.push({
      of: 'removal',
      object: `CustomResourceDefinition ${objectName(one)}`,
      says: `its versions are converted by ${webhookServer(conversionOf(one)['webhook'])}: without MetalLB's controller its objects can be neither read nor written in another version than the stored one`,
    });
  }
  for (const secret of secrets) {
    const owners = collectingOwners(secret, state);
    if (owners.length === 0) continue;
    obstacles.push({
      of: 'removal',
      object: `Secret ${namespace}/${secret.name}`,
      says: `owned by ${describeOwners(owners)}: it is collected with it, and MetalLB's speakers need it`,
    });
  }
  if (helmRelease !== null) {
    obstacles.push({
      of: 'removal',
      object: `Helm release ${helmRelease}`,
      says: 'it owns the definitions of metallb.io: helm uninstall removes them and with them every pool. Remove the Deployment and the DaemonSet by name instead',
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
      return setOwnersStep(namespace, secret, remaining, `keep it when ${describeOwners(removed)} goes`);
    }),
    ...webhookConverted.map((one) => setConversionStep(one, null)),
    ...webhooks.map(deleteWebhooksStep),
  ];
  if (steps.length === 0) return [];
  // What an earlier run took away is still to be put back one day; what is there now is the newer truth.
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
  return [saveStep(namespace, toSave, saved), ...steps];
}

/** What people have to do themselves, in order. */
export function manualSteps({ namespace, controller }: MetalLBState): readonly string[] {
  const scale =
    controller === null || controller.replicas === 0
      ? []
      : [`kubectl scale deployment ${controller.name} -n ${namespace} --replicas=0`];
  return ['kubectl apply -k deploy/controller-only', ...scale];
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

function webhookServer(webhook: unknown): string {
  const { service, url } = fieldsOf(fieldsOf(webhook)['clientConfig']);
  const { namespace, name } = fieldsOf(service);
  return name === undefined ? textOf(url) : `Service ${textOf(namespace)}/${textOf(name)}`;
}
