/**
 * The way back to MetalLB: what was taken away is put back. Webhooks only once MetalLB's controller is ready to
 * answer them, for until then they would refuse every write; an owner only where it exists, for the garbage
 * collector takes what belongs to nobody.
 */
import { metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import { conversionOf, type Facts, isDeployment, isReady, type Owner, type Secret } from './facts.ts';
import { forget, restoreWebhooks, SAVED_NAME, type Step, setConversion, setOwners } from './step.ts';

export type WayBack = {
  readonly steps: readonly Step[];
  /** What has to wait, and for what; null where nothing has to. */
  readonly waits: string | null;
};

export function stepsBack(
  facts: Facts,
  /** CustomResourceDefinitions of metallb.io, by name. */
  definitions: ReadonlyMap<string, Raw>,
): WayBack {
  const { namespace, saved, controller } = facts;
  if (saved === null) return { steps: [], waits: null };
  const owners = facts.secrets.flatMap((secret) =>
    ownersBack(facts, secret, saved.owners[secret.name] ?? []),
  );
  if (!isReady(facts)) {
    const start =
      controller === null
        ? "install MetalLB's controller"
        : `run kubectl scale deployment ${controller.name} -n ${namespace} --replicas=1`;
    const waits = `webhooks are put back once MetalLB's controller is ready to answer them, else every write to metallb.io objects would be refused: ${start}, wait until it is ready, and run this again`;
    return { steps: owners, waits };
  }
  const conversions = Object.entries(saved.conversions).flatMap(([name, conversion]) => {
    const definition = definitions.get(name);
    const isWanted = definition !== undefined && conversionOf(definition)['strategy'] !== 'Webhook';
    return isWanted ? [setConversion(definition, conversion)] : [];
  });
  const there = new Set(facts.webhooks.map((one) => metadataOf(one)['name']));
  const webhooks = saved.webhooks.filter((one) => !there.has(metadataOf(one)['name'])).map(restoreWebhooks);
  return { steps: [...owners, ...conversions, ...webhooks, forget(namespace)], waits: null };
}

function ownersBack(
  { namespace, controller }: Facts,
  secret: Secret,
  saved: readonly Owner[],
): readonly Step[] {
  const missing = saved.filter((owner) => !secret.owners.some(({ uid }) => uid === currentUid(owner)));
  const back = missing.flatMap((owner) => {
    const uid = currentUid(owner);
    return uid === null ? [] : [{ ...owner, uid }];
  });
  if (back.length === 0) return [];
  const names = back.map((owner) => textOf((owner as Owner)['name'])).join(' and ');
  return [setOwners(namespace, secret, [...secret.owners, ...back], `give it back to Deployment ${names}`)];

  /** A Deployment that was made anew has its old name and another uid. */
  function currentUid(owner: Owner): string | null {
    const isController = isDeployment(owner) && owner['name'] === controller?.name;
    return isController ? (controller?.uid ?? null) : null;
  }
}

/** Why there is nothing to put back. */
export const nothingSaved = (namespace: string): string =>
  `there is no ConfigMap ${SAVED_NAME} in ${namespace}: nothing was taken away, or all of it is back`;
