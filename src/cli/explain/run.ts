/** `berth explain`: why a Service has what it has, and who has an address. */

import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import { explainAddress } from '../../allocation/explain/explain-address.ts';
import { explainService, type ServiceExplanation } from '../../allocation/explain/explain-service.ts';
import { readIngressStatus } from '../../allocation/ingress-status.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch } from '../../base/text.ts';
import {
  type AnnouncementExplanation,
  explainAnnouncement,
} from '../../calico/report/announcement-explanation.ts';
import { SERVICES } from '../../kube/resource.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { invalidAddressText } from '../../net/address-error.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import { type Service, serviceKey, splitServiceKey } from '../../objects/service.ts';
import { diagnoseCalico, withServiceAddresses } from '../cluster/calico-input.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type ClusterStateFlags, type OpenedSource, withSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { colorizerFor } from '../framework/color.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { addressJson, printAddressExplanation } from './address/text.ts';
import { printAnnouncement } from './announcement/text.ts';
import { EXPLAIN_COMMAND } from './command.ts';
import { convergedContext, currentContext, type ExplainContext } from './context.ts';
import { printServiceExplanation, serviceJson } from './service/text.ts';

type Explanation = {
  readonly json: unknown;
  readonly text: (paint: ReturnType<typeof colorizerFor>) => string;
};

type ExplainFlags = ClusterStateFlags & {
  readonly file: readonly string[];
  readonly 'lb-class': string;
  readonly 'foreign-addresses': string;
};

type Topic =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'address'; readonly address: Address };

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
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatOutput(explanation.value.json, output)
      : explanation.value.text(colorizerFor(context.stdout, context.environment)),
  );
  return EXIT_CODES.success;
}

const SERVICE_TOPICS = ['service', 'services', 'svc'];
const ADDRESS_TOPICS = ['address', 'ip'];

/** `service NAME`, `service/NAME` or `address IP`. */
function readTopic(words: readonly string[]): Result<Topic, string> {
  const [first = '', ...more] = words.length === 1 ? (words[0]?.split('/') ?? []) : words;
  const topicWord = first.toLowerCase();
  const [name, ...surplus] = more;
  if (SERVICE_TOPICS.includes(topicWord)) {
    if (name === undefined || name === '') return err('name the Service: explain service NAME -n NAMESPACE');
    if (surplus.length > 0)
      return err(`explains one Service at a time; ${JSON.stringify(surplus[0])} is too much`);
    return ok({ kind: 'service', name });
  }
  if (ADDRESS_TOPICS.includes(topicWord)) {
    if (name === undefined) return err('name the address: explain address IP');
    if (surplus.length > 0)
      return err(`explains one address at a time; ${JSON.stringify(surplus[0])} is too much`);
    const address = parseAddress(name);
    return address.ok
      ? ok({ kind: 'address', address: address.value })
      : err(invalidAddressText(JSON.stringify(name), address.error));
  }
  const closestTopic = closestMatch(topicWord, [...SERVICE_TOPICS, ...ADDRESS_TOPICS]);
  if (topicWord === '') return err('say what to explain: service NAME, or address IP');
  return err(
    `cannot explain ${JSON.stringify(first)}; ${closestTopic === null ? 'it explains a service or an address' : `did you mean ${closestTopic}?`}`,
  );
}

async function explainTopic(
  topic: Topic,
  { source, defaultNamespaces }: OpenedSource,
  flags: ExplainFlags,
  context: CliContext,
): Promise<Result<Explanation, readonly string[]>> {
  const state = await source.readState();
  if (!state.ok) return err([state.error]);
  const options = allocatorOptions(flags);
  const buildContext = (): ExplainContext => {
    const endWork = showLongWork(context, state.value.services.size);
    const snapshot = snapshotOf(state.value);
    const explainContext =
      flags.file.length > 0
        ? convergedContext(snapshot, options, context.clock.wall())
        : currentContext(snapshot, options);
    endWork();
    return explainContext;
  };
  if (topic.kind === 'address') {
    // Since when is what the cluster says, not what was worked out here.
    const serviceOf = (key: string) => state.value.services.get(key);
    const explainContext = buildContext();
    const explanation = explainAddress(explainContext.allocation, topic.address, serviceOf);
    const announcements = await explainAnnouncements(source, explainContext, [topic.address]);
    return ok({
      json: {
        ...addressJson(explanation),
        ...(announcements === null ? {} : { announced: announcements[0] }),
      },
      text: (paint) => withAnnouncements(printAddressExplanation(explanation, paint), announcements, paint),
    });
  }
  const key = serviceKey(defaultNamespaces.services, topic.name);
  if (!state.value.services.has(key)) {
    // The lists are of type LoadBalancer alone; another one still gets its answer.
    const ref = { resource: SERVICES, namespace: defaultNamespaces.services, name: topic.name };
    const found = await source.findObject(ref);
    if (!found.ok) return err([found.error]);
    if (found.value === null) return err([notFoundText(key, state.value)]);
    state.value.put(ref, found.value);
  }
  const { allocation, services } = buildContext();
  const service = services.get(key);
  if (service === undefined) return err([notFoundText(key, state.value)]);
  const explanation = withoutSimulatedTime(
    explainService(allocation, service),
    state.value.services.get(key),
  );
  const current = currentAddressesOf(service);
  const { addresses } = readIngressStatus(service);
  const announcements =
    addresses.length === 0 ? null : await explainAnnouncements(source, { services }, addresses);
  return ok({
    json: {
      ...serviceJson(explanation, current),
      ...(announcements === null ? {} : { announced: announcements }),
    },
    text: (paint) =>
      withAnnouncements(printServiceExplanation(explanation, current, paint), announcements, paint),
  });
}

/** From the nodes to the routers; null where the cluster has no Calico. */
async function explainAnnouncements(
  source: OpenedSource['source'],
  { services }: Pick<ExplainContext, 'services'>,
  addresses: readonly Address[],
): Promise<readonly AnnouncementExplanation[] | null> {
  const input = await source.readCalicoInput();
  if (input === null) return null;
  const assigned = new Map([...services].map(([key, one]) => [key, readIngressStatus(one).addresses]));
  const objects = withServiceAddresses(input.objects, assigned);
  const { world, findings } = diagnoseCalico({ ...input, objects });
  return addresses.map((address) => explainAnnouncement(world, findings, address));
}

const withAnnouncements = (
  text: string,
  announcements: readonly AnnouncementExplanation[] | null,
  paint: ReturnType<typeof colorizerFor>,
): string =>
  [text, ...(announcements ?? []).map((announcement) => `${printAnnouncement(announcement, paint)}\n`)].join(
    '\n',
  );

/** A condition that was worked out here has been true since never. */
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

const currentAddressesOf = ({ ingress, annotations }: Service) => ({
  addresses: ingress.map(({ ip, hostname }) => ip ?? hostname ?? ''),
  pool: annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
});

/** With the namespace where there is one of that name, or the name that was probably meant. */
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
