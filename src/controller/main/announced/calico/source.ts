/** The controller beside Calico: what it sees made into conditions, events of pools and a metric. */

import type { ExternalClaims } from '../../../../allocation/external-claims.ts';
import type { ClusterObject } from '../../../../calico/objects/cluster-object.ts';
import { IPAM_CLAIM_KINDS, ipamClaimsFrom } from '../../../../calico/objects/load-balancer-ipam.ts';
import {
  ANY_ADDRESS,
  type AnnouncedVerdict,
  type RangeVerdict,
} from '../../../../calico/report/announced-verdicts.ts';
import type { FindingSummary } from '../../../../calico/report/calico-model.ts';
import type { PoolSet } from '../../../../config/pool/pool-set.ts';
import { type Address, formatAddress } from '../../../../net/address.ts';
import { rangeContains } from '../../../../net/range.ts';
import type { Service } from '../../../../objects/service.ts';
import type { InformerContext } from '../../../../runtime/main/informer.ts';
import {
  decodedObject,
  poolObject,
  SnapshotDelta,
  serviceObject,
} from '../../../announced/calico/snapshot-delta.ts';
import type { AnnouncedConditions } from '../../../announced/condition-writer.ts';
import type { ControllerEvent, ServiceCacheView } from '../../../ports.ts';
import type { ControllerSettings } from '../../settings.ts';
import { CalicoDetector, type CalicoMode } from './detector.ts';
import { type CalicoModelClient, InProcessModel } from './model-thread.ts';

export type CalicoSourceOptions = {
  readonly context: InformerContext;
  readonly mode: Exclude<CalicoMode, 'off'>;
  readonly namespace: string;
  readonly view: ServiceCacheView;
  readonly poolSet: () => PoolSet;
  readonly isManaged: (service: Service) => boolean;
  readonly events: (note: ControllerEvent) => void;
  readonly model: CalicoModelClient;
  /** Which Services Calico's own allocator claims may have changed. */
  readonly claimsChanged: (claims: ExternalClaims | null) => void;
  /** What Calico shows is different. */
  readonly changed: () => void;
};

export class CalicoAnnouncementSource {
  readonly #options: CalicoSourceOptions;
  readonly #detector: CalicoDetector;
  /** Findings that pools were told of, as `pool code`. */
  readonly #reportedFindings = new Set<string>();
  readonly #delta = new SnapshotDelta();
  #exportedFindings: readonly (readonly [code: string, severity: string])[] = [];

  constructor(options: CalicoSourceOptions) {
    this.#options = options;
    const { context, mode } = options;
    this.#detector = new CalicoDetector({ context, mode, changed: (kind) => this.#detectorChanged(kind) });
  }

  #detectorChanged(kind: string): void {
    if (kind === '' || IPAM_CLAIM_KINDS.has(kind)) this.#reportClaims();
    this.#options.changed();
  }

  get nodeCount(): number {
    return this.#detector.nodeCount;
  }

  /** Not before all kinds that decide the claims are listed, or will not be: a part of them claims other Services. */
  #reportClaims(): void {
    const { objects, read } = this.#detector.snapshot();
    if (!this.#detector.hasSynced && ![...IPAM_CLAIM_KINDS].every((kind) => read.has(kind))) return;
    this.#options.claimsChanged(this.#detector.isActive ? { ipam: ipamClaimsFrom(objects) } : null);
  }

  stop(): void {
    this.#options.model.close();
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#detector.run(signal);
  }

  /** For all Services; null while there is none to be had. */
  async evaluate(): Promise<AnnouncedConditions | null> {
    if (!this.#detector.hasSynced) return null;
    const { view, isManaged, model, context } = this.#options;
    if (!this.#detector.isActive) {
      this.#exportFindings([]);
      const managed = [...view.values()].filter(
        (one) => isManaged(one) && one.ingress.some(({ ip }) => ip !== null),
      );
      return {
        byService: new Map(managed.map(({ key }) => [key, NO_ANNOUNCER])),
        predict: () => NO_ANNOUNCER,
      };
    }
    const { objects, read } = this.#detector.snapshot();
    const all = [
      ...objects.flatMap((raw) => decodedObject(raw) ?? []),
      ...[...view.values()].map(serviceObject),
      ...this.#poolObjects(),
    ];
    const changes = this.#delta.since(all, model.isEmpty);
    try {
      const { verdicts, findings, rangeVerdicts } = await model.evaluate({
        ...changes,
        read: [...read, 'Service', 'IPAddressPool'],
      });
      this.#exportFindings(findings);
      this.#reportPoolFindings(findings);
      return { byService: new Map(verdicts), predict: (address) => predictCondition(rangeVerdicts, address) };
    } catch (error) {
      model.close();
      context.log.warn('what Calico announces could not be worked out', { error });
      return null;
    }
  }

  #poolObjects(): readonly ClusterObject[] {
    const { poolSet, namespace } = this.#options;
    return [...poolSet().byName.values()].flatMap(({ active }) =>
      active === null ? [] : [poolObject(active, namespace)],
    );
  }

  #exportFindings(findings: readonly FindingSummary[]): void {
    const { metrics } = this.#options.context;
    const counts = new Map<string, { code: string; severity: string; count: number }>();
    for (const { code, severity } of findings) {
      const key = `${code} ${severity}`;
      const counted = counts.get(key) ?? { code, severity, count: 0 };
      counts.set(key, { ...counted, count: counted.count + 1 });
    }
    for (const [code, severity] of this.#exportedFindings) {
      if (!counts.has(`${code} ${severity}`)) metrics.remove('berth_calico_findings', { code, severity });
    }
    for (const { code, severity, count } of counts.values()) {
      metrics.set('berth_calico_findings', count, { code, severity });
    }
    this.#exportedFindings = [...counts.values()].map(({ code, severity }) => [code, severity]);
  }

  /** Each once, until it is gone. */
  #reportPoolFindings(findings: readonly FindingSummary[]): void {
    const { poolSet, namespace, events } = this.#options;
    const current = new Set<string>();
    for (const { code, severity, problem, remedy: fix, concerns, object } of findings) {
      if (severity === 'hint') continue;
      for (const { kind, name } of [object, ...concerns]) {
        const pool = kind === 'IPAddressPool' ? poolSet().byName.get(name) : undefined;
        if (pool === undefined) continue;
        const key = `${name} ${code}`;
        current.add(key);
        if (this.#reportedFindings.has(key)) continue;
        this.#reportedFindings.add(key);
        events({
          regarding: {
            apiVersion: 'metallb.io/v1beta1',
            kind: 'IPAddressPool',
            namespace,
            name,
            uid: pool.uid,
            resourceVersion: '',
          },
          event: { type: 'Warning', reason: 'NotAnnounced', message: `${problem} ${fix}` },
        });
      }
    }
    for (const key of this.#reportedFindings) if (!current.has(key)) this.#reportedFindings.delete(key);
  }
}

function predictCondition(ranges: readonly RangeVerdict[], address: Address): AnnouncedVerdict | null {
  const found = ranges.find(({ range }) => rangeContains(range, address));
  if (found === undefined) return null;
  const { verdict } = found;
  return { ...verdict, message: verdict.message.replaceAll(ANY_ADDRESS, formatAddress(address)) };
}

const NO_ANNOUNCER: AnnouncedVerdict = {
  status: 'Unknown',
  reason: 'NoAnnouncer',
  message: 'Nothing is seen that would announce the address: no Calico with BGP is found.',
};

/** Works out what Calico announces; in this very thread where it is absent. */
export type CalicoModelContext = { readonly model?: CalicoModelClient };

/** Null with `--calico=off`. */
export const createCalicoSource = (
  context: InformerContext & CalicoModelContext,
  { calico, namespace }: ControllerSettings,
  rest: Omit<CalicoSourceOptions, 'context' | 'mode' | 'namespace' | 'model'>,
): CalicoAnnouncementSource | null =>
  calico === 'off'
    ? null
    : new CalicoAnnouncementSource({
        ...rest,
        context,
        mode: calico,
        namespace,
        model: context.model ?? new InProcessModel(),
      });
