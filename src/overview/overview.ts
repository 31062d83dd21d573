/**
 * The overview of a cluster, kept up to date: objects come in as they change, and the document is made when it is asked for. The
 * same objects give the same document, in whatever order they came. Services are judged one by one; all else is small.
 */
import type { AllocationContext, AllocationOptions } from '../allocation/context.ts';
import type { ExternalClaims } from '../allocation/external-claims.ts';
import { orderPools } from '../allocation/pool-selection.ts';
import { formatRfc3339, type Millis } from '../base/clock.ts';
import type { Raw } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import { layer2OnlyPools, readPoolCoverage } from '../config/pool/coverage.ts';
import { buildPoolSet, EMPTY_POOL_SET, toPoolObject } from '../config/pool/pool-set.ts';
import type { FindingOf } from '../findings/finding.ts';
import { labelsOf, nameOf } from '../objects/metadata.ts';
import type { ServerVersion } from '../objects/server-version.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { describeAnnouncing } from './announcing.ts';
import type { CalicoFacts } from './calico-overview.ts';
import { describeConfiguration } from './configuration-overview.ts';
import { CHANGES_MAX, type OverviewDocument, type RecentChange, type ServicesOverview } from './document.ts';
import { layer2Owners, type OverviewKind } from './kinds.ts';
import {
  isRead,
  isUnread,
  type KindObjects,
  type KindReading,
  type Known,
  known,
  notShown,
} from './knowledge.ts';
import { OverviewServices } from './overview-services.ts';
import { describePools, type PoolUse } from './pools-overview.ts';
import { sortProblems, verdictOf } from './problem.ts';
import { findProblems } from './problems.ts';
import { describePrograms } from './programs.ts';
import { latestChanges } from './recent-changes.ts';
import type { SpeakerFindings } from './speaker-findings.ts';

export type OverviewOptions = AllocationOptions & {
  /** What is read, for headings. */
  readonly source: string;
  /** Of the pools, the controller and the speakers. */
  readonly namespace: string;
  /** Whether addresses and conditions are those of the cluster, or of a dry run over files. */
  readonly servicesFrom: ServicesOverview['from'];
  /** Sentences, without a full stop, about objects that were meant and cannot be read, such as a misspelled kind. */
  readonly notRead?: readonly string[];
};

const NO_CALICO: Known<CalicoFacts | null> = known(null);
const NO_SPEAKERS: Known<SpeakerFindings | null> = known(null);

export class Overview {
  readonly #options: OverviewOptions;
  readonly #services: OverviewServices;
  readonly #kinds = new Map<OverviewKind, KindObjects>();
  #servicesReading: KindReading = notShown('Service').reading;
  #missingServices: KindReading | null = null;
  #poolSet = EMPTY_POOL_SET;
  #layer2OnlyPools: ReadonlySet<string> = new Set();
  #calico = NO_CALICO;
  #claims: ExternalClaims | null = null;
  #speakers = NO_SPEAKERS;
  #server: ServerVersion | null = null;
  #objectFindings: readonly FindingOf<string>[] = [];

  constructor(options: OverviewOptions) {
    this.#options = options;
    this.#services = new OverviewServices(options.lbClass);
  }

  /** How often a Service was judged: the work that changes have cost so far. */
  get servicesJudged(): number {
    return this.#services.judged;
  }

  // --- changes

  putService(service: Service): void {
    this.#services.put(service);
  }

  /** What the controller would write to a Service of files that none has reconciled (`OverviewServices.foresee`). */
  foreseeService(service: Service): void {
    this.#services.foresee(service);
  }

  removeService(key: ServiceKey): void {
    this.#services.remove(key);
  }

  /** Which Services are known. `missing`: those that were asked for first, and could not be read. */
  setServicesReading(reading: KindReading, missing: KindReading | null = null): void {
    this.#servicesReading = reading;
    this.#missingServices = missing;
  }

  /** All objects of a kind, or why they are not known. Those of other namespaces than the controller's are left out by the caller. */
  setKind(kind: OverviewKind, objects: KindObjects): void {
    this.#kinds.set(kind, objects);
    if (kind === 'ServiceL2Status') this.#services.setOwners(layer2Owners(objects.objects));
    if (kind === 'IPAddressPool') {
      this.#poolSet = buildPoolSet(objects.objects.map(toPoolObject), this.#poolSet);
      this.#services.occupancy.setPools(this.#poolSet);
    }
    if (kind === 'IPAddressPool' || kind === 'L2Advertisement' || kind === 'BGPAdvertisement')
      this.#layer2OnlyPools = this.#findLayer2OnlyPools();
  }

  /** The version of the API server; null where it is not known. */
  setServer(version: ServerVersion | null): void {
    this.#server = version;
  }

  /** The result of Calico's model; null where Calico announces nothing. */
  setCalico(calico: Known<CalicoFacts | null>): void {
    this.#calico = calico;
  }

  /** Services that Calico's own allocator serves; null for none. */
  setExternalClaims(claims: ExternalClaims | null): void {
    this.#claims = claims;
  }

  /** What the model of the speakers says; null where none announces. */
  setSpeakers(speakers: Known<SpeakerFindings | null>): void {
    this.#speakers = speakers;
  }

  /** Mistakes in objects as they are written in files. */
  setObjectFindings(findings: readonly FindingOf<string>[]): void {
    this.#objectFindings = findings;
  }

  // --- what is held

  /** Services of type LoadBalancer; null where those of some namespace are not known. */
  allServices(): Iterable<Service> | null {
    const { state, namespace } = this.#servicesReading;
    return isRead({ state }) && namespace === null ? this.#services.all() : null;
  }

  /** Of type LoadBalancer. */
  serviceOf(key: ServiceKey): Service | undefined {
    return this.#services.serviceOf(key);
  }

  /** The objects of a kind, or why they are not known. */
  objectsOf(kind: OverviewKind): KindObjects {
    return this.#kinds.get(kind) ?? notShown(kind);
  }

  // --- results

  /** The inputs of an explanation; null where the pools are not known. */
  get allocation(): AllocationContext | null {
    if (!isRead(this.objectsOf('IPAddressPool').reading)) return null;
    const labels = new Map(this.objectsOf('Namespace').objects.map((raw) => [nameOf(raw), labelsOf(raw)]));
    return {
      options: this.#options,
      ledger: this.#services.occupancy.ledger,
      poolSet: this.#poolSet,
      poolOrder: orderPools(this.#poolSet),
      labelsOf: (namespace) => labels.get(namespace) ?? {},
      externalClaims: this.#claims,
      layer2OnlyPools: this.#layer2OnlyPools,
    };
  }

  /** As it is at the wall time `wall`. */
  document(wall: Millis): OverviewDocument {
    const { source, namespace, servicesFrom } = this.#options;
    const kindOf = (kind: OverviewKind): KindObjects => this.objectsOf(kind);
    const programs = describePrograms(kindOf, { namespace }, wall);
    const announcing = describeAnnouncing(kindOf, {
      ...{ calico: this.#calico, speakers: programs.speakers, findings: this.#speakers },
    });
    const areServicesRead = isRead(this.#servicesReading);
    const pools = isRead(kindOf('IPAddressPool').reading)
      ? describePools(this.#poolSet, this.#poolUse())
      : null;
    const kinds = this.#readings();
    const problems = sortProblems(
      findProblems(
        {
          ...{ kindOf, namespace, programs, announcing, pools, poolSet: this.#poolSet },
          services: areServicesRead ? this.#services : null,
          ...{ allocation: this.allocation, calico: this.#calico, speakers: this.#speakers },
          ...{ objectFindings: this.#objectFindings, server: this.#server },
        },
        wall,
      ),
    );
    const unknown = this.#unknown();
    const partial = kinds.some(isUnread) || unknown.length > 0;
    return {
      format: 1,
      ...{ source, time: formatRfc3339(wall), verdict: verdictOf(problems, partial), partial },
      notRead: [
        ...kinds.flatMap((one) => (isUnread(one) && one.says !== null ? [one.says] : [])),
        ...unknown,
      ],
      ...{ kinds, problems, controller: programs.controller, pools },
      services: areServicesRead
        ? this.#services.describe(this.#servicesReading.namespace, servicesFrom)
        : null,
      announcing,
      configuration: describeConfiguration(kindOf),
      changes: this.#changes(programs.changes),
    };
  }

  /** Conditions of a dry run tell of nothing that has happened. */
  #changes(others: readonly RecentChange[]): readonly RecentChange[] {
    const { servicesFrom } = this.#options;
    const services = servicesFrom === 'dryRun' ? [] : this.#services.recentChanges(CHANGES_MAX);
    return latestChanges([...services, ...others]);
  }

  /** Those that were asked for. */
  #readings(): readonly KindReading[] {
    const missing = this.#missingServices === null ? [] : [this.#missingServices];
    return [
      this.#servicesReading,
      ...missing,
      ...[...this.#kinds.values()].map(({ reading }) => reading),
    ].sort((a, b) => compareText(a.kind, b.kind));
  }

  #unknown(): readonly string[] {
    return [
      ...(this.#options.notRead ?? []),
      ...[this.#calico, this.#speakers].flatMap((facts) =>
        facts.known ? (facts.value?.notRead ?? []) : [facts.says],
      ),
    ];
  }

  /** Null where only a part of the Services was read: then the pools' own numbers are better. */
  #poolUse(): PoolUse | null {
    if (!isRead(this.#servicesReading) || this.#servicesReading.namespace !== null) return null;
    const { occupancy, groups } = this.#services;
    return {
      counts: (pool) => (occupancy.ledger.hasPool(pool) ? occupancy.ledger.counts(pool) : null),
      services: (pool) => this.#services.servicesOf(pool),
      waiting: (pool) => groups.waitingFor(pool),
    };
  }

  #findLayer2OnlyPools(): ReadonlySet<string> {
    const coverages = (kind: OverviewKind) =>
      this.objectsOf(kind).objects.flatMap((raw: Raw) => readPoolCoverage(raw) ?? []);
    const pools = this.objectsOf('IPAddressPool').objects.map((raw) => ({
      name: nameOf(raw),
      labels: labelsOf(raw),
    }));
    return layer2OnlyPools(pools, coverages('L2Advertisement'), coverages('BGPAdvertisement'));
  }
}
