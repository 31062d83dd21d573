/** The explanations of `berth explain`, as a document and as text: of an address, of a Service, and of every Service. */
import { readIngressStatus } from '../../allocation/ingress-status.ts';
import { compareText, didYouMean } from '../../base/text.ts';
import type { Address } from '../../net/address.ts';
import { type Service, splitServiceKey } from '../../objects/service.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import type { ServiceWay } from '../../overview/answers.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import type { CliContext } from '../framework/context.ts';
import { joinSections, proseLines } from '../framework/lines.ts';
import { type AddressReport, reportAddress } from './address-report.ts';
import { addressLines } from './address-text.ts';
import { announcerSections, decidingAnnouncer, findAnnouncers, nobodyLines } from './announcers.ts';
import type { ExplainContext } from './context.ts';
import { addressJson, announcersJson, serviceJson } from './json.ts';
import { serviceListJson, serviceListLines } from './service-list.ts';
import { reportService } from './service-report.ts';
import { serviceLines } from './service-text.ts';

export type Explanation = {
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
  /** How traffic gets to the addresses of one Service; empty for other topics. */
  readonly ways: readonly ServiceWay[];
  readonly json: unknown;
  readonly lines: (format: TextFormat) => readonly string[];
};

/** What the explanations read: the allocation state, and the process for what is asked of speakers. */
export type ExplainWork = {
  readonly explainContext: ExplainContext;
  readonly context: Pick<CliContext, 'clock' | 'stderr'>;
  /** The controller's `--lb-class`, which the speakers have, too. */
  readonly lbClass: string;
};

export async function explainOneAddress(
  address: Address,
  opened: OpenedSource,
  state: ClusterState,
  { explainContext, context, lbClass }: ExplainWork,
): Promise<Explanation> {
  const explanation = reportAddress(explainContext, address, state);
  const service = explanation.holders[0]?.key ?? null;
  const query = {
    service,
    addresses: [address],
    services: explainContext.services,
    opened,
    context,
    lbClass,
  };
  const found = await findAnnouncers(query);
  return {
    unread: found.unread,
    ways: [],
    json: {
      ...addressJson(explanation),
      ...(found.calico === null ? {} : { announced: found.calico[0] }),
      announcers: announcersJson(found.announcers),
    },
    lines: (format) =>
      joinSections([
        [...addressLines(explanation, format), ...poolsElsewhereLines(explanation, state, format)],
        ...announcerSections(found, null, format),
      ]),
  };
}

/** Where no pool contains the address, it may be in one of another namespace. */
function poolsElsewhereLines(
  { pools }: AddressReport,
  { poolNamespace, ignoredPools }: ClusterState,
  format: TextFormat,
): readonly string[] {
  const [ignored] = ignoredPools;
  if (pools.length > 0 || ignored === undefined) return [];
  const [name, { namespace }] = ignored;
  return proseLines(
    `Pools of the namespace ${poolNamespace} were read. IPAddressPool ${name} is in the namespace ${namespace}: add --pool-namespace ${namespace} if the controller runs there.`,
    format,
    { first: 2 },
  );
}

export async function explainOneService(
  service: Service,
  opened: OpenedSource,
  state: ClusterState,
  { explainContext, context, lbClass }: ExplainWork,
): Promise<Explanation> {
  const report = reportService(explainContext, service, state);
  const { addresses } = readIngressStatus(service);
  const query = {
    service: service.key,
    addresses,
    services: explainContext.services,
    opened,
    context,
    lbClass,
  };
  const found = await findAnnouncers(query);
  return {
    unread: found.unread,
    ways: found.announcers.flatMap(({ ways }) => ways),
    json: {
      ...serviceJson(report),
      ...(found.calico === null ? {} : { announced: found.calico }),
      announcers: announcersJson(found.announcers),
    },
    lines: (format) =>
      joinSections([
        serviceLines(report, decidingAnnouncer(found), format),
        ...announcerSections(found, decidingAnnouncer(found), format),
        nobodyLines(query, found, format),
      ]),
  };
}

const namespaceOfKey = (key: string): string => splitServiceKey(key).namespace;

/** Services of type LoadBalancer; `namespace` is null for all. */
export function explainServices(
  namespace: string | null,
  state: ClusterState,
  { explainContext }: ExplainWork,
): Explanation {
  const selected = [...state.services.keys()]
    .filter((key) => namespace === null || splitServiceKey(key).namespace === namespace)
    .flatMap((key) => explainContext.services.get(key) ?? [])
    .filter(({ type }) => type === 'LoadBalancer')
    .sort((a, b) => compareText(a.key, b.key));
  const reports = selected.map((service) => reportService(explainContext, service, state));
  const known = new Set([...state.namespaces.keys(), ...[...state.services.keys()].map(namespaceOfKey)]);
  const hint = namespace === null || known.has(namespace) ? null : didYouMean(namespace, known);
  const scope = namespace === null ? 'in the cluster' : `in the namespace ${namespace}`;
  return {
    unread: [],
    ways: [],
    json: serviceListJson(reports),
    lines: (format) => serviceListLines(reports, { scope, hint }, format),
  };
}
