/** What a new leader looks at once, behind everything else: leftovers of the past that nobody would tell it of. */
import type { Clock } from '../../base/clock.ts';
import type { Service } from '../../cluster/service.ts';
import { listEach } from '../../kube/list.ts';
import type { ApiSender } from '../../kube/outcome.ts';
import { CONFIG_MAPS, objectPath, SERVICES, VALIDATING_WEBHOOKS } from '../../kube/resource.ts';
import { translateService } from '../../kube/translate.ts';
import type { Log } from '../../observe/log.ts';
import { isStray } from '../../plan/mine.ts';
import { REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import { type Backoff, backoffDelay } from '../../work/backoff.ts';
import { METALLB_WEBHOOKS, ORPHANED_WEBHOOK } from '../rivals.ts';

export type LookRound = {
  readonly stray: (service: Service) => void;
  /** Whether anybody still wants to know. */
  readonly wanted: () => boolean;
  /** Where an old ConfigMap would be worth a word; null where it would not. */
  readonly oldConfigMapIn: string | null;
};

type LookContext = {
  readonly client: ApiSender;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
};

/** A server that is busy is asked again; the answer is worth having and in no hurry. */
const RETRY: Backoff = { first: 1000, max: 60_000 };

export async function lookRound(
  context: LookContext,
  { stray, wanted, oldConfigMapIn }: LookRound,
): Promise<void> {
  for (let attempt = 0; wanted() && !(await findStrays(context.client, stray)); attempt++) {
    const delay = backoffDelay(attempt, RETRY, context.random());
    await new Promise<void>((resolve) => context.clock.after(delay, resolve));
  }
  if (!wanted()) return;
  await findOrphanedWebhook(context);
  if (oldConfigMapIn !== null) await findOldConfigMap(context, oldConfigMapIn);
}

/** Services that turned into another type while nobody was watching, and still carry what we wrote. */
async function findStrays(client: ApiSender, found: (service: Service) => void): Promise<boolean> {
  let strays: Service[] = [];
  const receiver = {
    begin: () => {
      strays = [];
    },
    item: (raw: Parameters<typeof translateService>[0]) => {
      const service = translateService(raw);
      if (service !== null && isStray(service)) strays.push(service);
    },
  };
  const base = { resource: SERVICES, from: 'consistent' } as const;
  let listed = await listEach(client, { ...base, fieldSelector: 'spec.type!=LoadBalancer' }, receiver);
  // Servers before 1.31 do not know that selector.
  if (listed.kind === 'refused' && listed.status === 400) listed = await listEach(client, base, receiver);
  if (listed.kind !== 'ok') return false;
  for (const stray of strays) found(stray);
  return true;
}

/** A webhook configuration that outlived its server refuses every change of a metallb.io object. */
async function findOrphanedWebhook({ client, log }: LookContext): Promise<void> {
  const path = objectPath(VALIDATING_WEBHOOKS, { namespace: null, name: METALLB_WEBHOOKS });
  const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  if (outcome.kind === 'ok') log.warn(ORPHANED_WEBHOOK);
}

/** MetalLB 0.12's ConfigMap, in a cluster that has no pools yet: somebody expects it to work. */
async function findOldConfigMap({ client, log }: LookContext, namespace: string): Promise<void> {
  const path = objectPath(CONFIG_MAPS, { namespace, name: 'config' });
  const outcome = await client.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return;
  log.warn(
    'there is a ConfigMap "config" and no IPAddressPool: run with --config config to use it as it is, or turn it into objects with `kubectl get configmap config -n NAMESPACE -o yaml | berth convert -f - | kubectl apply -f -`',
    { namespace },
  );
}
