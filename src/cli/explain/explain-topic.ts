/** Explains what a command line, or a page, names: reads the cluster once, and asks the code of the controller. */
import { err, ok, type Result } from '../../base/result.ts';
import { SERVICES } from '../../kube/resource.ts';
import { type ServiceKey, serviceKey, splitServiceKey } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { serviceNotFoundText } from '../cluster/suggestions.ts';
import type { CliContext } from '../framework/context.ts';
import { showLongWork } from '../framework/progress.ts';
import { convergedContext, currentContext, type ExplainContext } from './context.ts';
import {
  type ExplainWork,
  type Explanation,
  explainOneAddress,
  explainOneService,
  explainServices,
} from './explanations.ts';
import type { ExplainTopic } from './topic.ts';

type ServiceTopic = Extract<ExplainTopic, { readonly kind: 'service' }>;

/** How the controller runs. */
export type ExplainOptions = Parameters<typeof allocatorOptions>[0] & { readonly calico: string };

type ExplainProcess = Pick<CliContext, 'clock' | 'stderr'>;

/** The errors are sentences. */
export async function explainTopic(
  topic: ExplainTopic,
  opened: OpenedSource,
  options: ExplainOptions,
  context: ExplainProcess,
): Promise<Result<Explanation, readonly string[]>> {
  const read = await opened.source.readState();
  if (!read.ok) return err([read.error]);
  const state = read.value;
  if (topic.kind === 'service') {
    const problem = await loadService(keyOf(topic, opened), opened, state);
    // What could not be read may be what was meant.
    if (problem !== null) return err([problem, ...state.unread]);
  }
  const explainContext = buildContext(state, opened, options, context);
  const work = { explainContext, context, lbClass: options['lb-class'] };
  const explained = await explainWith(topic, opened, state, work);
  if (!explained.ok) return explained;
  const { problem } = state.claimObjects;
  const claims =
    problem === null ? [] : [`which Services Calico's own allocator claims was not checked: ${problem}`];
  return ok({ ...explained.value, unread: [...state.unread, ...claims, ...explained.value.unread] });
}

async function explainWith(
  topic: ExplainTopic,
  opened: OpenedSource,
  state: ClusterState,
  work: ExplainWork,
): Promise<Result<Explanation, readonly string[]>> {
  switch (topic.kind) {
    case 'address':
      return ok(await explainOneAddress(topic.address, opened, state, work));
    case 'services':
      return ok(explainServices(topic.namespace, state, work));
    case 'service': {
      const key = keyOf(topic, opened);
      const service = work.explainContext.services.get(key);
      if (service === undefined) return err([serviceNotFoundText(key, state)]);
      return ok(await explainOneService(service, opened, state, work));
    }
  }
}

const keyOf = ({ namespace, name }: ServiceTopic, { defaultNamespaces }: OpenedSource): ServiceKey =>
  serviceKey(namespace ?? defaultNamespaces.services, name);

/** The state has Services of type LoadBalancer only; others are explained too. The result is a sentence, or null. */
async function loadService(
  key: ServiceKey,
  { source }: OpenedSource,
  state: ClusterState,
): Promise<string | null> {
  if (state.services.has(key)) return null;
  const ref = { resource: SERVICES, ...splitServiceKey(key) };
  const found = await source.findObject(ref);
  if (!found.ok) return found.error;
  if (found.value === null) return serviceNotFoundText(key, state);
  state.put(ref, found.value);
  return null;
}

function buildContext(
  state: ClusterState,
  { reading }: OpenedSource,
  options: ExplainOptions,
  context: ExplainProcess,
): ExplainContext {
  const endWork = showLongWork(context, state.services.size);
  const snapshot = snapshotOf(state, options);
  const explainContext =
    reading === null
      ? convergedContext(snapshot, allocatorOptions(options), context.clock.wall())
      : currentContext(snapshot, allocatorOptions(options));
  endWork();
  return explainContext;
}
