/** Startup scan of a new leader, after everything else: finds leftovers that no watch would show. */

import { isFormerlyManaged } from '../../allocation/service-filter.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { listPaged } from '../../kube/informer/list.ts';
import { CONFIG_MAPS, objectPath, SERVICES, VALIDATING_WEBHOOK_CONFIGURATIONS } from '../../kube/resource.ts';
import { decodeService, type Service } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { type Backoff, backoffDelay } from '../../workqueue/backoff.ts';
import { METALLB_WEBHOOK_CONFIGURATION, ORPHANED_WEBHOOK } from '../leadership/metallb-controller.ts';

export type StartupScanOptions = {
  readonly onFormerlyManaged: (service: Service) => void;
  /** Whether the term goes on. */
  readonly isWanted: () => boolean;
  /** The namespace in which to look for a ConfigMap of MetalLB 0.12; null to skip it. */
  readonly legacyConfigMapIn: string | null;
};

type StartupScanContext = {
  readonly client: ApiSender;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
};

/** A busy server is asked again; there is no hurry. */
const RETRY_BACKOFF: Backoff = { first: 1000, max: 60_000 };

export async function runStartupScan(
  context: StartupScanContext,
  { onFormerlyManaged, isWanted, legacyConfigMapIn }: StartupScanOptions,
): Promise<void> {
  for (
    let attempt = 0;
    isWanted() && !(await findFormerlyManaged(context.client, onFormerlyManaged));
    attempt++
  ) {
    const delay = backoffDelay(attempt, RETRY_BACKOFF, context.random());
    await sleep(context.clock, delay);
  }
  if (!isWanted()) return;
  await findOrphanedWebhook(context);
  if (legacyConfigMapIn !== null) await findLegacyConfigMap(context, legacyConfigMapIn);
}

/** Finds Services whose type changed while no controller ran, and that still carry what one wrote. */
async function findFormerlyManaged(client: ApiSender, onFound: (service: Service) => void): Promise<boolean> {
  let services: Service[] = [];
  const receiver = {
    begin: () => {
      services = [];
    },
    item: (raw: Parameters<typeof decodeService>[0]) => {
      const service = decodeService(raw);
      if (service !== null && isFormerlyManaged(service)) services.push(service);
    },
  };
  const base = { resource: SERVICES, from: 'consistent' } as const;
  let listed = await listPaged(client, { ...base, fieldSelector: 'spec.type!=LoadBalancer' }, receiver);
  // Servers before Kubernetes 1.31 do not know that selector.
  if (listed.kind === 'refused' && listed.status === 400) listed = await listPaged(client, base, receiver);
  if (listed.kind !== 'ok') return false;
  for (const service of services) onFound(service);
  return true;
}

/** A webhook configuration without a server refuses every change of a metallb.io object. */
async function findOrphanedWebhook({ client, log }: StartupScanContext): Promise<void> {
  const path = objectPath(VALIDATING_WEBHOOK_CONFIGURATIONS, {
    namespace: null,
    name: METALLB_WEBHOOK_CONFIGURATION,
  });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  if (outcome.kind === 'ok') log.warn(ORPHANED_WEBHOOK);
}

/** The ConfigMap of MetalLB 0.12, in a cluster without pools: its owner probably expects it to work. */
async function findLegacyConfigMap({ client, log }: StartupScanContext, namespace: string): Promise<void> {
  const path = objectPath(CONFIG_MAPS, { namespace, name: 'config' });
  const outcome = await client.send({ method: 'GET', path, timeout: API_REQUEST_TIMEOUT });
  if (outcome.kind !== 'ok') return;
  log.warn(
    'there is a ConfigMap "config" and no IPAddressPool: run with --config config to use it as it is, or convert it to objects with `kubectl get configmap config -n NAMESPACE -o yaml | berth convert -f - | kubectl apply -f -`',
    { namespace },
  );
}
