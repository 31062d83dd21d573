/** `berth explain`: why a Service has its address or none, and which Services hold an address. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SERVICES } from '../../kube/resource.ts';
import { type ServiceKey, serviceKey, splitServiceKey } from '../../objects/service.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type OpenedSource, withSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { serviceNotFoundText } from '../cluster/suggestions.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { EXPLAIN_COMMAND } from './command.ts';
import { convergedContext, currentContext, type ExplainContext } from './context.ts';
import {
  type ExplainWork,
  type Explanation,
  explainOneAddress,
  explainOneService,
  explainServices,
} from './explanations.ts';
import { type ExplainTopic, readTopic } from './topic.ts';

type ServiceTopic = Extract<ExplainTopic, { readonly kind: 'service' }>;

type ExplainFlags = Flags<typeof EXPLAIN_COMMAND.flags>;

export async function runExplain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(EXPLAIN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const topic = readTopic(line.positionals, flags);
  if (!topic.ok) return failUsage(EXPLAIN_COMMAND, context, [topic.error]);
  const explanation = await withSource(context, flags, flags.file, (opened) =>
    explainTopic(topic.value, opened, flags, context),
  );
  if (!explanation.ok) return failCommand(EXPLAIN_COMMAND, context, explanation.error);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput(explanation.value.json, output)
      : explanation.value.lines(context.stdout),
  );
  const { unread } = explanation.value;
  if (unread.length === 0) return EXIT_CODES.success;
  context.stderr.print(unread.map((sentence) => `${context.program} explain: ${sentence}`));
  return EXIT_CODES.partial;
}

async function explainTopic(
  topic: ExplainTopic,
  opened: OpenedSource,
  flags: ExplainFlags,
  context: CliContext,
): Promise<Result<Explanation, readonly string[]>> {
  const read = await opened.source.readState();
  if (!read.ok) return err([read.error]);
  const state = read.value;
  if (topic.kind === 'service') {
    const problem = await loadService(keyOf(topic, opened), opened, state);
    if (problem !== null) return err([problem]);
  }
  const work = { explainContext: buildContext(state, flags, context), context, lbClass: flags['lb-class'] };
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

function buildContext(state: ClusterState, flags: ExplainFlags, context: CliContext): ExplainContext {
  const endWork = showLongWork(context, state.services.size);
  const snapshot = snapshotOf(state, flags);
  const explainContext =
    flags.file.length > 0
      ? convergedContext(snapshot, allocatorOptions(flags), context.clock.wall())
      : currentContext(snapshot, allocatorOptions(flags));
  endWork();
  return explainContext;
}
