/** Reads the objects of MetalLB, and takes the steps of a migration one after the other. */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type ApiOutcome, type ApiSender, describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import { listAll } from '../../kube/informer/list.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  objectPath,
  type Resource,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../kube/resource.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { type MetalLBState, readMetalLBState } from './metallb-state.ts';
import { type MigrationStep, SAVED_NAME, SAVED_TYPE, savedObjectName } from './step.ts';
import {
  FEATURE_RESOURCES,
  FRR_CONFIGURATIONS,
  findUnsupportedUses,
  type UnsupportedUse,
} from './unsupported-features.ts';

const REQUEST_TIMEOUT = 15_000;

export type MetalLBRead = {
  readonly state: MetalLBState;
  /** CustomResourceDefinitions by name. */
  readonly definitions: ReadonlyMap<string, Raw>;
};

/** The error is a sentence. */
export async function readMetalLB(
  sender: ApiSender,
  namespace: string,
): Promise<Result<MetalLBRead, string>> {
  const list = async (resource: Resource): Promise<Result<readonly Raw[], string>> => {
    const within = resource.namespaced ? { namespace } : {};
    const listed = await listAll(sender, { resource, ...within, from: 'consistent' });
    return listed.kind === 'ok'
      ? ok(listed.items)
      : err(`${resource.plural} cannot be listed: ${describeOutcome(listed)}`);
  };
  const [deployments, webhooks, definitions, secrets, saved] = await Promise.all([
    list(DEPLOYMENTS),
    list(VALIDATING_WEBHOOK_CONFIGURATIONS),
    list(CUSTOM_RESOURCE_DEFINITIONS),
    list(SECRETS),
    fetchSaved(sender, namespace),
  ]);
  if (!deployments.ok) return deployments;
  if (!webhooks.ok) return webhooks;
  if (!definitions.ok) return definitions;
  if (!secrets.ok) return secrets;
  if (!saved.ok) return saved;
  const state = readMetalLBState({
    namespace,
    deployments: deployments.value,
    webhooks: webhooks.value,
    definitions: definitions.value,
    secrets: secrets.value,
    saved: saved.value,
  });
  const byName = definitions.value.map((one): [string, Raw] => [textOf(metadataOf(one)['name']), one]);
  return ok({ state, definitions: new Map(byName) });
}

export type FeaturesRead = {
  readonly uses: readonly UnsupportedUse[];
  /** Kinds that could not be read, each with the reason: whether they use such a feature is not known. */
  readonly unread: readonly string[];
};

/** The features in use that Berth's speakers do not have. FRRConfigurations are read in all namespaces. */
export async function readUnsupportedUses(sender: ApiSender, namespace: string): Promise<FeaturesRead> {
  const objects = new Map<Resource, readonly Raw[]>();
  const unread: string[] = [];
  const read = async (resource: Resource): Promise<void> => {
    const within = resource === FRR_CONFIGURATIONS ? {} : { namespace };
    const listed = await listAll(sender, { resource, ...within, from: 'consistent' });
    if (listed.kind === 'ok') objects.set(resource, listed.items);
    // A kind that is not served has no objects.
    else if (!isNotFound(listed))
      unread.push(`${resource.plural} cannot be listed: ${describeOutcome(listed)}`);
  };
  await Promise.all(FEATURE_RESOURCES.map(read));
  return { uses: findUnsupportedUses(objects), unread };
}

async function fetchSaved(sender: ApiSender, namespace: string): Promise<Result<Raw | null, string>> {
  // The older place comes second: what is in the Secret is newer.
  for (const [kind, resource] of [
    ['Secret', SECRETS],
    ['ConfigMap', CONFIG_MAPS],
  ] as const) {
    const path = objectPath(resource, { namespace, name: SAVED_NAME });
    const outcome = await sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
    if (isNotFound(outcome)) continue;
    const object = savedObjectName(kind, namespace);
    if (outcome.kind !== 'ok') return err(`${object} cannot be read: ${describeOutcome(outcome)}`);
    const saved = fieldsOf(outcome.body);
    if (kind === 'Secret' && saved['type'] !== SAVED_TYPE)
      return err(`${object} is not of the type ${SAVED_TYPE}, so berth did not make it: rename or delete it`);
    return ok({ ...saved, kind });
  }
  return ok(null);
}

/** Stops at the first step that fails; earlier steps stay done, and running the command again continues. */
export async function applySteps(
  sender: ApiSender,
  steps: readonly MigrationStep[],
  onApplied: (step: MigrationStep) => void,
): Promise<Result<void, string>> {
  for (const step of steps) {
    const outcome = await sender.send({ ...step.request, timeout: REQUEST_TIMEOUT });
    if (!isApplied(step, outcome)) return err(`${step.object}: ${stepErrorText(outcome)}`);
    onApplied(step);
  }
  return ok(undefined);
}

/** An object that is to be deleted may have been deleted by somebody else. */
const isApplied = ({ request }: MigrationStep, outcome: ApiOutcome): boolean =>
  outcome.kind === 'ok' || (isNotFound(outcome) && request.method === 'DELETE');

function stepErrorText(outcome: ApiOutcome): string {
  const problem = describeOutcome(outcome);
  if (outcome.kind === 'refused' && outcome.status === 409)
    return `${problem}. It was changed meanwhile: run the command again`;
  return `${problem}. Later steps were not taken: run the command again to continue`;
}
