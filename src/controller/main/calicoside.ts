/** The controller beside Calico: what it sees made into conditions, events of pools and a metric. */

import type { Told } from '../../calico/answer.ts';
import { type Claims, calicoClaimsOf } from '../../calico/ipam.ts';
import { ANY_ADDRESS, type AnnouncedVerdict, type RangeWord } from '../../calico/verdicts.ts';
import { CALICO_WISHES } from '../../cluster/annotations.ts';
import type { Raw } from '../../cluster/fields.ts';
import type { Service, ServiceKey } from '../../cluster/service.ts';
import type { PoolBook } from '../../config/pools.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { rangeContains } from '../../net/range.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import type { Answers } from '../announcer.ts';
import type { EventNote, ServiceView } from '../ports.ts';
import { type CalicoMode, CalicoSight } from './calicosight.ts';
import { type Model, ModelInProcess } from './modelthread.ts';
import { asRaw, News, poolAsRaw } from './news.ts';
import type { ControllerSettings } from './settings.ts';

export type CalicoSideOptions = {
  readonly context: PictureContext;
  readonly mode: Exclude<CalicoMode, 'off'>;
  readonly namespace: string;
  readonly view: ServiceView;
  readonly book: () => PoolBook;
  readonly isMine: (service: Service) => boolean;
  readonly events: (note: EventNote) => void;
  readonly model: Model;
  /** Services that may have to be looked at anew. */
  readonly look: (keys: readonly ServiceKey[]) => void;
  /** What Calico shows is different. */
  readonly changed: () => void;
};

/** Kinds that decide whether Calico's own allocator is at work. */
const CLAIMING: ReadonlySet<string> = new Set([
  '',
  'IPPool',
  'KubeControllersConfiguration',
  'ClusterInformation',
]);

export class CalicoSide {
  readonly #options: CalicoSideOptions;
  readonly #sight: CalicoSight;
  /** Findings that pools were told of, as `pool code`. */
  readonly #told = new Set<string>();
  readonly #news = new News();
  #claims: Claims | null = null;
  #exported: readonly (readonly [code: string, severity: string])[] = [];

  constructor(options: CalicoSideOptions) {
    this.#options = options;
    const { context, mode } = options;
    this.#sight = new CalicoSight({ context, mode, changed: (kind) => this.#sightChanged(kind) });
  }

  #sightChanged(kind: string): void {
    if (CLAIMING.has(kind)) this.#claimsChanged();
    this.#options.changed();
  }

  get nodes(): number {
    return this.#sight.nodes;
  }

  /** Why Calico's own allocator answers for a Service; null where it does not. */
  claimedBy(service: Service): string | null {
    if (!this.#sight.isOn) return null;
    if (CALICO_WISHES.some((name) => service.annotations[name] !== undefined)) {
      return "The Service asks Calico for an address by annotation; take the projectcalico.org/ annotations off to get one of Berth's pools.";
    }
    if (this.#claims?.takes(asRaw(service)) !== true) return null;
    return `Calico's LoadBalancer controller (${this.#claims.mode}) assigns addresses to this Service; set assignIPs: RequestedServicesOnly in KubeControllersConfiguration default, or give the Service a loadBalancerClass that Berth answers for.`;
  }

  /** Whether that is another answer than before, for anybody. */
  #claimsChanged(): void {
    const { objects } = this.#sight.seen();
    const before = JSON.stringify([this.#claims?.mode, this.#claims?.pools]);
    this.#claims = this.#sight.isOn ? calicoClaimsOf(objects) : null;
    if (JSON.stringify([this.#claims?.mode, this.#claims?.pools]) !== before) {
      this.#options.look([...this.#options.view.values()].map(({ key }) => key));
    }
  }

  stop(): void {
    this.#options.model.close();
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#sight.run(signal);
  }

  /** For all Services; null while there is none to be had. */
  async answer(): Promise<Answers | null> {
    if (!this.#sight.isSettled) return null;
    const { view, isMine, model, context } = this.#options;
    if (!this.#sight.isOn) {
      this.#export([]);
      const mine = [...view.values()].filter(
        (one) => isMine(one) && one.ingress.some(({ ip }) => ip !== null),
      );
      return { words: new Map(mine.map(({ key }) => [key, NO_ANNOUNCER])), ahead: () => NO_ANNOUNCER };
    }
    const { objects, read } = this.#sight.seen();
    const all = [...objects, ...[...view.values()].map(asRaw), ...this.#pools()];
    const asked = this.#news.since(all, model.isFresh);
    try {
      const { verdicts, findings, ranges } = await model.answer({
        ...asked,
        read: [...read, 'Service', 'IPAddressPool'],
      });
      this.#export(findings);
      this.#tellPools(findings);
      return { words: new Map(verdicts), ahead: (address) => wordAhead(ranges, address) };
    } catch (error) {
      model.close();
      context.log.warn('what Calico announces could not be worked out', { error });
      return null;
    }
  }

  #pools(): readonly Raw[] {
    const { book, namespace } = this.#options;
    return [...book().byName.values()].flatMap(({ active }) =>
      active === null ? [] : [poolAsRaw(active, namespace)],
    );
  }

  #export(findings: readonly Told[]): void {
    const { metrics } = this.#options.context;
    const counts = new Map<string, { code: string; severity: string; count: number }>();
    for (const { code, severity } of findings) {
      const key = `${code} ${severity}`;
      const there = counts.get(key) ?? { code, severity, count: 0 };
      counts.set(key, { ...there, count: there.count + 1 });
    }
    for (const [code, severity] of this.#exported) {
      if (!counts.has(`${code} ${severity}`)) metrics.remove('berth_calico_findings', { code, severity });
    }
    for (const { code, severity, count } of counts.values()) {
      metrics.set('berth_calico_findings', count, { code, severity });
    }
    this.#exported = [...counts.values()].map(({ code, severity }) => [code, severity]);
  }

  /** Each once, until it is gone. */
  #tellPools(findings: readonly Told[]): void {
    const { book, namespace, events } = this.#options;
    const standing = new Set<string>();
    for (const { code, severity, says, todo, concerns, object } of findings) {
      if (severity === 'hint') continue;
      for (const { kind, name } of [object, ...concerns]) {
        const pool = kind === 'IPAddressPool' ? book().byName.get(name) : undefined;
        if (pool === undefined) continue;
        const key = `${name} ${code}`;
        standing.add(key);
        if (this.#told.has(key)) continue;
        this.#told.add(key);
        events({
          about: {
            apiVersion: 'metallb.io/v1beta1',
            kind: 'IPAddressPool',
            namespace,
            name,
            uid: pool.uid,
            resourceVersion: '',
          },
          event: { type: 'Warning', reason: 'NotAnnounced', message: `${says} ${todo}` },
        });
      }
    }
    for (const key of this.#told) if (!standing.has(key)) this.#told.delete(key);
  }
}

function wordAhead(ranges: readonly RangeWord[], address: Address): AnnouncedVerdict | null {
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
export type CalicoContext = { readonly model?: Model };

/** Null with `--calico=off`. */
export const calicoSide = (
  context: PictureContext & CalicoContext,
  { calico, namespace }: ControllerSettings,
  rest: Omit<CalicoSideOptions, 'context' | 'mode' | 'namespace' | 'model'>,
): CalicoSide | null =>
  calico === 'off'
    ? null
    : new CalicoSide({
        ...rest,
        context,
        mode: calico,
        namespace,
        model: context.model ?? new ModelInProcess(),
      });
