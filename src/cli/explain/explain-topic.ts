/** Explains what a command line, or a page, names: reads the cluster once, and asks the code of the controller. */
import { err, ok, type Result } from '../../base/result.ts';
import { IP_ADDRESS_POOLS, NAMESPACES, SERVICES } from '../../kube/resource.ts';
import { type ServiceKey, serviceKey, splitServiceKey } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { noNamespaceText } from '../cluster/named-namespace.ts';
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
  const state = await opened.source.readPartialState();
  const problems = await loadTopic(topic, opened, state);
  // What could not be read may be what was meant.
  if (problems.length > 0) return err([...new Set([...problems, ...state.unread])]);
  const explainContext = buildContext(state, opened, options, context);
  const work = { explainContext, context, lbClass: options['lb-class'] };
  const explained = await explainWith(topic, opened, state, work);
  if (!explained.ok) return explained;
  const { problem } = state.claimObjects;
  const claims =
    problem === null ? [] : [`which Services Calico's own allocator claims was not checked: ${problem}`];
  const unread = [...state.missing.values(), ...state.unread, ...claims, ...explained.value.unread];
  return ok({ ...explained.value, unread });
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

/** Reads what the topic is about, where the state lacks it. The result are sentences: nothing of it can be explained. */
async function loadTopic(
  topic: ExplainTopic,
  opened: OpenedSource,
  state: ClusterState,
): Promise<readonly string[]> {
  const { missing } = state;
  switch (topic.kind) {
    case 'service':
      return loadService(keyOf(topic, opened), opened, state);
    case 'services':
      return loadServicesOf(topic.namespace, opened, state);
    case 'address':
      return missing.has(SERVICES.kind) && missing.has(IP_ADDRESS_POOLS.kind) ? firstOf(missing) : [];
  }
}

const firstOf = (missing: ClusterState['missing']): readonly string[] => [...missing.values()].slice(0, 1);

/** The state has Services of type LoadBalancer only; others are explained too. */
async function loadService(
  key: ServiceKey,
  { source }: OpenedSource,
  state: ClusterState,
): Promise<readonly string[]> {
  if (state.services.has(key)) return [];
  const ref = { resource: SERVICES, ...splitServiceKey(key) };
  const found = await source.findObject(ref);
  if (!found.ok) return [...firstOf(state.missing), found.error];
  if (found.value === null) return [...firstOf(state.missing), serviceNotFoundText(key, state)];
  state.put(ref, found.value);
  return [];
}

const mayExist = (namespace: string, { namespaces, missing }: ClusterState): boolean =>
  namespaces.has(namespace) || missing.has(NAMESPACES.kind);

/** Who may not list all Services may list those of one namespace. */
async function loadServicesOf(
  namespace: string | null,
  { reading }: OpenedSource,
  state: ClusterState,
): Promise<readonly string[]> {
  const problem = state.missing.get(SERVICES.kind);
  if (namespace !== null && reading !== null && !mayExist(namespace, state))
    return [noNamespaceText(namespace, state.namespaces.keys())];
  if (problem === undefined) return [];
  if (namespace === null || reading === null) return [problem];
  const listed = await reading.loadBalancers(namespace);
  if (listed.kind !== 'ok') return [problem];
  for (const one of listed.services) state.services.set(one.key, one);
  return [];
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
