/** `berth explain`: why a Service has its address or none, and which Services hold an address. */
import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import { explainAddress } from '../../allocation/explain/explain-address.ts';
import { explainService, type ServiceExplanation } from '../../allocation/explain/explain-service.ts';
import { readIngressStatus } from '../../allocation/ingress-status.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch } from '../../base/text.ts';
import {
  type AnnouncementExplanation,
  explainAnnouncement,
} from '../../calico/report/announcement-explanation.ts';
import { SERVICES } from '../../kube/resource.ts';
import type { Address } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import { type Service, serviceKey, splitServiceKey } from '../../objects/service.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { diagnoseCalico, withServiceAddresses } from '../cluster/calico-input.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type OpenedSource, withSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { joinSections } from '../framework/lines.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { addressLines } from './address-text.ts';
import { announcementLines } from './announcement-text.ts';
import { EXPLAIN_COMMAND } from './command.ts';
import { convergedContext, currentContext, type ExplainContext } from './context.ts';
import { addressJson, type CurrentAddresses, serviceJson } from './json.ts';
import { serviceLines } from './service-text.ts';
import { type ExplainTopic, readTopic } from './topic.ts';

type Explanation = {
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
  readonly json: unknown;
  readonly lines: (format: TextFormat) => readonly string[];
};

type ServiceTopic = Extract<ExplainTopic, { readonly kind: 'service' }>;

type ExplainFlags = Flags<typeof EXPLAIN_COMMAND.flags>;

export async function runExplain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(EXPLAIN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const topic = readTopic(line.positionals);
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
  const state = await opened.source.readState();
  if (!state.ok) return err([state.error]);
  const buildContext = (): ExplainContext => {
    const endWork = showLongWork(context, state.value.services.size);
    const snapshot = snapshotOf(state.value, flags);
    const explainContext =
      flags.file.length > 0
        ? convergedContext(snapshot, allocatorOptions(flags), context.clock.wall())
        : currentContext(snapshot, allocatorOptions(flags));
    endWork();
    return explainContext;
  };
  const explained = await (topic.kind === 'address'
    ? explainOneAddress(topic.address, opened, state.value, buildContext())
    : explainOneService(topic, opened, state.value, buildContext));
  const { problem } = state.value.claimObjects;
  return explained.ok && problem !== null
    ? ok({
        ...explained.value,
        unread: [
          `which Services Calico's own allocator claims was not checked: ${problem}`,
          ...explained.value.unread,
        ],
      })
    : explained;
}

async function explainOneAddress(
  address: Address,
  { source }: OpenedSource,
  state: ClusterState,
  explainContext: ExplainContext,
): Promise<Result<Explanation, readonly string[]>> {
  // Conditions are the stored ones: those of a dry run have no time of their own.
  const serviceOf = (key: string) => state.services.get(key);
  const explanation = explainAddress(explainContext.allocation, address, serviceOf);
  const { announcements, unread } = await explainAnnouncements(source, explainContext, [address]);
  return ok({
    unread,
    json: {
      ...addressJson(explanation),
      ...(announcements === null ? {} : { announced: announcements[0] }),
    },
    lines: (format) => withAnnouncements(addressLines(explanation, format), announcements, format),
  });
}

async function explainOneService(
  topic: ServiceTopic,
  { source, defaultNamespaces }: OpenedSource,
  state: ClusterState,
  buildContext: () => ExplainContext,
): Promise<Result<Explanation, readonly string[]>> {
  const { name } = topic;
  const namespace = topic.namespace ?? defaultNamespaces.services;
  const key = serviceKey(namespace, name);
  if (!state.services.has(key)) {
    // The state has Services of type LoadBalancer only; others are explained too.
    const ref = { resource: SERVICES, namespace, name };
    const found = await source.findObject(ref);
    if (!found.ok) return err([found.error]);
    if (found.value === null) return err([notFoundText(key, state)]);
    state.put(ref, found.value);
  }
  const { allocation, services } = buildContext();
  const service = services.get(key);
  if (service === undefined) return err([notFoundText(key, state)]);
  const explanation = withoutSimulatedTime(explainService(allocation, service), state.services.get(key));
  const current = currentAddressesOf(service);
  const { addresses } = readIngressStatus(service);
  const { announcements, unread } = await explainAnnouncements(source, { services }, addresses);
  return ok({
    unread,
    json: {
      ...serviceJson(explanation, current),
      ...(announcements === null ? {} : { announced: announcements }),
    },
    lines: (format) => withAnnouncements(serviceLines(explanation, current, format), announcements, format),
  });
}

type Announcements = Pick<Explanation, 'unread'> & {
  /** Null without addresses, or in a cluster without Calico. */
  readonly announcements: readonly AnnouncementExplanation[] | null;
};

/** How the addresses reach the routers. */
async function explainAnnouncements(
  source: OpenedSource['source'],
  { services }: Pick<ExplainContext, 'services'>,
  addresses: readonly Address[],
): Promise<Announcements> {
  if (addresses.length === 0) return { announcements: null, unread: [] };
  const read = await source.readCalicoInput();
  if (!read.ok)
    return { announcements: null, unread: [`how routers learn it was not checked: ${read.error}`] };
  const input = read.value;
  if (input === null) return { announcements: null, unread: [] };
  const assigned = new Map([...services].map(([key, one]) => [key, readIngressStatus(one).addresses]));
  const objects = withServiceAddresses(input.objects, assigned);
  const { world: snapshot, findings } = diagnoseCalico({ ...input, objects });
  return {
    announcements: addresses.map((address) => explainAnnouncement(snapshot, findings, address)),
    unread: [],
  };
}

const withAnnouncements = (
  lines: readonly string[],
  announcements: readonly AnnouncementExplanation[] | null,
  format: TextFormat,
): readonly string[] =>
  joinSections([lines, ...(announcements ?? []).map((one) => announcementLines(one, format))]);

/** A condition of a dry run has no time since when it is true. */
function withoutSimulatedTime(
  explanation: ServiceExplanation,
  stored: Service | undefined,
): ServiceExplanation {
  const { condition } = explanation;
  const isStored = stored?.conditions.some(({ type }) => type === ASSIGNED_CONDITION) === true;
  return condition === null || isStored
    ? explanation
    : { ...explanation, condition: { ...condition, since: '' } };
}

const currentAddressesOf = ({ ingress, annotations }: Service): CurrentAddresses => ({
  addresses: ingress.map(({ ip, hostname }) => ip ?? hostname ?? ''),
  pool: annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
});

/** Names the namespace of a Service of that name, or a similar name. */
function notFoundText(key: string, { services }: ClusterState): string {
  const { name, namespace } = splitServiceKey(key);
  const all = [...services.keys()].map(splitServiceKey);
  const inOtherNamespace = all.find((one) => one.name === name);
  if (inOtherNamespace !== undefined)
    return `there is no Service ${key}; there is one in the namespace ${inOtherNamespace.namespace}: add -n ${inOtherNamespace.namespace}`;
  const closestName = closestMatch(
    name,
    all.filter((one) => one.namespace === namespace).map((one) => one.name),
  );
  return `there is no Service ${key}${closestName === null ? '' : `; did you mean ${closestName}?`}`;
}
