/**
 * Warns of addresses that only L2Advertisements cover while no speaker of Berth answers by layer 2: nobody announces them. Each such
 * pool and each such advertisement gets an Event, once until it is covered otherwise. The Services have theirs from the allocator.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { listSome } from '../../base/text.ts';
import { coversPool, type LabeledPool, type PoolCoverage } from '../../config/pool/coverage.ts';
import type { ObjectReference } from '../../objects/object-reference.ts';
import type { ControllerEvent } from '../ports.ts';

/** Objects of one installation come one by one, and so do speakers that start: what is still so after this time was meant. */
export const PATIENCE: Millis = 10_000;

type Reference = Pick<ObjectReference, 'name' | 'uid'>;

export type UnansweredLayer2Options = {
  readonly clock: Clock;
  /** Of the pools and advertisements. */
  readonly namespace: string;
  readonly pools: () => Iterable<LabeledPool & Reference>;
  readonly advertisements: () => Iterable<PoolCoverage & Reference>;
  readonly isLeading: () => boolean;
  readonly events: (note: ControllerEvent) => void;
};

type Warning = Reference & { readonly kind: 'IPAddressPool' | 'L2Advertisement'; readonly says: string };

/** Since when something is so, and whether that was said. */
type Known = { readonly since: Millis; isReported: boolean };

export class UnansweredLayer2 {
  readonly #options: UnansweredLayer2Options;
  readonly #known = new Map<string, Known>();
  /** Null while that is not known. */
  #pools: ReadonlySet<string> | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: UnansweredLayer2Options) {
    this.#options = options;
  }

  /** `pools` are covered by L2Advertisements alone, and unanswered; null while that is not known. */
  changed(pools: ReadonlySet<string> | null): void {
    this.#pools = pools;
    this.review();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Pools, advertisements or the leader have changed. */
  review(): void {
    const { clock, events, namespace, isLeading } = this.#options;
    this.stop();
    if (this.#pools === null || !isLeading()) return;
    const now = clock.now();
    const warnings = new Map(this.#warnings().map((one) => [`${one.kind} ${one.uid}`, one]));
    for (const key of this.#known.keys()) if (!warnings.has(key)) this.#known.delete(key);
    for (const [key, { kind, name, uid, says }] of warnings) {
      const known = this.#known.get(key) ?? { since: now, isReported: false };
      this.#known.set(key, known);
      if (known.isReported || now - known.since < PATIENCE) continue;
      known.isReported = true;
      const regarding = { apiVersion: 'metallb.io/v1beta1', kind, namespace, name, uid, resourceVersion: '' };
      events({ regarding, event: { type: 'Warning', reason: 'NotAnnounced', message: `${says} ${FIX}` } });
    }
    const waiting = [...this.#known.values()].filter(({ isReported }) => !isReported);
    if (waiting.length === 0) return;
    const first = Math.min(...waiting.map(({ since }) => since));
    this.#cancel = clock.after(first + PATIENCE - now, () => this.review());
  }

  #warnings(): readonly Warning[] {
    const unanswered = this.#pools ?? new Set();
    const pools = [...this.#options.pools()].filter(({ name }) => unanswered.has(name));
    const ofPools = pools.map((pool): Warning => ({ ...pool, kind: 'IPAddressPool', says: POOL_TEXT }));
    const ofAdvertisements = [...this.#options.advertisements()].flatMap((one): readonly Warning[] => {
      const covered = pools.filter((pool) => coversPool(one, pool)).map(({ name }) => name);
      if (covered.length === 0) return [];
      const { name, uid } = one;
      return [{ kind: 'L2Advertisement', name, uid, says: advertisementText(covered) }];
    });
    // What comes from the ConfigMap is no object that an Event could be about.
    return [...ofPools, ...ofAdvertisements].filter(({ uid }) => uid !== '');
  }
}

const POOL_TEXT =
  'Only an L2Advertisement covers this pool, and no speaker of Berth answers ARP or NDP: nobody announces its addresses.';

const advertisementText = (pools: readonly string[]): string =>
  `No speaker of Berth answers ARP or NDP, and nothing else covers ${pools.length === 1 ? 'pool' : 'pools'} ${listSome(pools)}: nobody announces the addresses.`;

const FIX =
  'Apply deploy/layer2, which gives speakers the capability NET_RAW, or add a BGPAdvertisement that covers it.';
