/**
 * Leaving MetalLB: what is in the way, and the steps that clear it. The order is safe to break off anywhere: what is
 * taken away is written down first; each of the other steps is fine by itself, with MetalLB's controller running or
 * gone; and whoever runs it again gets the steps that are left.
 */

import { quoteList } from '../../base/text.ts';
import { fieldsOf, listOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import { conversionOf, type Facts, fatefulOwners, isReady, type Owner } from './facts.ts';
import { removeWebhooks, type Step, save, setConversion, setOwners, storable } from './step.ts';

/** Something in the way, and of what: of Berth's taking over, or of MetalLB's removal. */
export type Obstacle = {
  readonly of: 'swap' | 'removal';
  readonly object: string;
  readonly says: string;
};

export function obstacles(facts: Facts): readonly Obstacle[] {
  const { namespace, controller, webhooks, converted, secrets, helmRelease } = facts;
  const found: Obstacle[] = [];
  if (controller !== null && isReady(facts)) {
    found.push({
      of: 'swap',
      object: `Deployment ${namespace}/${controller.name}`,
      says: `MetalLB's controller is ready (${controller.readyReplicas} of ${controller.replicas}): Berth grants nothing while it is`,
    });
  }
  for (const one of webhooks) {
    found.push({
      of: 'removal',
      object: `ValidatingWebhookConfiguration ${nameOf(one)}`,
      says: `${describeHooks(one)}: without MetalLB's controller the API server refuses every such write`,
    });
  }
  for (const one of converted) {
    found.push({
      of: 'removal',
      object: `CustomResourceDefinition ${nameOf(one)}`,
      says: `its versions are converted by ${serverOf(conversionOf(one)['webhook'])}: without MetalLB's controller its objects can be neither read nor written in another version than the stored one`,
    });
  }
  for (const secret of secrets) {
    const owners = fatefulOwners(secret, facts);
    if (owners.length === 0) continue;
    found.push({
      of: 'removal',
      object: `Secret ${namespace}/${secret.name}`,
      says: `owned by ${describeOwners(owners)}: it is collected with it, and MetalLB's speakers need it`,
    });
  }
  if (helmRelease !== null) {
    found.push({
      of: 'removal',
      object: `Helm release ${helmRelease}`,
      says: 'it owns the definitions of metallb.io: helm uninstall removes them and with them every pool. Remove the Deployment and the DaemonSet by name instead',
    });
  }
  return found;
}

export function stepsAway(facts: Facts): readonly Step[] {
  const { namespace, webhooks, converted, secrets, saved } = facts;
  const fateful = secrets.filter((secret) => fatefulOwners(secret, facts).length > 0);
  const steps = [
    ...fateful.map((secret) => {
      const removed = fatefulOwners(secret, facts);
      const kept = secret.owners.filter((owner) => !removed.includes(owner));
      return setOwners(namespace, secret, kept, `keep it when ${describeOwners(removed)} goes`);
    }),
    ...converted.map((one) => setConversion(one, null)),
    ...webhooks.map(removeWebhooks),
  ];
  if (steps.length === 0) return [];
  // What an earlier run took away is still to be put back one day; what is there now is the newer truth.
  const names = new Set(webhooks.map(nameOf));
  const all = {
    webhooks: [
      ...(saved?.webhooks ?? []).filter((one) => !names.has(nameOf(one))),
      ...webhooks.map(storable),
    ],
    conversions: {
      ...saved?.conversions,
      ...Object.fromEntries(converted.map((one) => [nameOf(one), conversionOf(one)])),
    },
    owners: {
      ...saved?.owners,
      ...Object.fromEntries(fateful.map((secret) => [secret.name, fatefulOwners(secret, facts)])),
    },
  };
  return [save(namespace, all, saved), ...steps];
}

/** What people have to do themselves, in order. */
export function leftToYou({ namespace, controller }: Facts): readonly string[] {
  const scale =
    controller === null || controller.replicas === 0
      ? []
      : [`kubectl scale deployment ${controller.name} -n ${namespace} --replicas=0`];
  return ['kubectl apply -k deploy/controller-only', ...scale];
}

const nameOf = (raw: Raw): string => textOf(metadataOf(raw)['name']);

const describeOwners = (owners: readonly Owner[]): string =>
  owners.map(({ kind, name }) => `${textOf(kind)} ${textOf(name)}`).join(' and ');

function describeHooks(configuration: Raw): string {
  const hooks = listOf(configuration['webhooks']).map(fieldsOf);
  const policies = new Set(hooks.map((hook) => textOf(hook['failurePolicy']) || 'Fail'));
  const kinds = new Set(
    hooks.flatMap((hook) =>
      listOf(hook['rules']).flatMap((rule) => listOf(fieldsOf(rule)['resources']).map(textOf)),
    ),
  );
  const servers = new Set(hooks.map((hook) => serverOf(hook)));
  return `writes to ${[...kinds].join(', ')} are checked by ${[...servers].join(', ')} (failurePolicy ${quoteList([...policies])})`;
}

function serverOf(webhook: unknown): string {
  const { service, url } = fieldsOf(fieldsOf(webhook)['clientConfig']);
  const { namespace, name } = fieldsOf(service);
  return name === undefined ? textOf(url) : `Service ${textOf(namespace)}/${textOf(name)}`;
}
