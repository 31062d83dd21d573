/**
 * Whoever announces, one condition says so: Berth's speakers, Calico, or both. Where both have a word, the better one
 * counts, and of two that are as good that of the speakers.
 */
import type { Service, ServiceKey } from '../../cluster/service.ts';
import { isMine } from '../../plan/mine.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import { ANNOUNCED, Announcer, type Answers, type Word } from '../announcer.ts';
import type { ServiceApi } from '../ports.ts';
import { type CalicoContext, type CalicoSide, type CalicoSideOptions, calicoSide } from './calicoside.ts';
import { NativeSide } from './nativeside.ts';
import type { ControllerSettings } from './settings.ts';

export type AnnouncingOptions = Pick<CalicoSideOptions, 'view' | 'book' | 'events' | 'look'> & {
  readonly api: ServiceApi;
  readonly isLeading: () => boolean;
};

const RANK = { False: 0, Unknown: 1, True: 2 } as const;

export class Announcing {
  readonly announcer: Announcer;
  /** Null with `--calico=off`. */
  readonly #calico: CalicoSide | null;
  /** Null with `--native=off`. */
  readonly #native: NativeSide | null;

  constructor(
    context: PictureContext & CalicoContext,
    settings: ControllerSettings,
    { api, isLeading, ...rest }: AnnouncingOptions,
  ) {
    const { view } = rest;
    const { namespace, desk, native } = settings;
    const mine = (service: Service): boolean => isMine(service, desk);
    const changed = (): void => this.changed();
    this.#calico = calicoSide(context, settings, { ...rest, isMine: mine, changed });
    this.#native =
      native === 'off'
        ? null
        : new NativeSide({ context, namespace, lbClass: desk.lbClass, view, isMine: mine, changed });
    this.announcer = new Announcer({
      ...{ clock: context.clock, log: context.log, view, api, isLeading, isMine: mine },
      nodes: () => Math.max(this.#calico?.nodes ?? 0, this.#native?.nodes ?? 0),
      answer: () => this.#answer(),
    });
  }

  /** Services, pools, or what announces them have changed. */
  changed(): void {
    if (this.#calico !== null || this.#native !== null) this.announcer.changed();
  }

  serviceChanged(before: Service | undefined, after: Service): void {
    if (isNews(before, after)) this.changed();
  }

  /** Why somebody else answers for a Service; null where nobody does. */
  claimedBy(service: Service): string | null {
    return this.#calico?.claimedBy(service) ?? null;
  }

  stop(): void {
    this.announcer.stop();
    this.#calico?.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#calico?.run(signal), this.#native?.run(signal)]);
  }

  async #answer(): Promise<Answers | null> {
    const own = this.#native === null ? new Map<ServiceKey, Word>() : await this.#native.answer();
    if (own === null) return null;
    if (this.#calico === null) return { words: own, ahead: () => null };
    const calico = await this.#calico.answer();
    if (calico === null || this.#native?.isOn !== true) return calico;
    return { words: better(own, calico.words), ahead: () => null };
  }
}

function better(
  own: ReadonlyMap<ServiceKey, Word>,
  theirs: ReadonlyMap<ServiceKey, Word>,
): ReadonlyMap<ServiceKey, Word> {
  const words = new Map(theirs);
  for (const [key, word] of own) {
    const other = words.get(key);
    const isBetter =
      other === undefined || other.reason === 'NoAnnouncer' || RANK[word.status] >= RANK[other.status];
    if (isBetter) words.set(key, word);
  }
  return words;
}

/** Whether a change of a Service can change what is announced of it, or what has to be said. */
function isNews(before: Service | undefined, after: Service): boolean {
  if (before === undefined) return true;
  const seen = ({ ingress, clusterIPs, externalTrafficPolicy, ...rest }: Service): string =>
    JSON.stringify([
      ingress.map(({ ip }) => ip),
      clusterIPs,
      externalTrafficPolicy,
      rest.loadBalancerIP,
      rest.labels,
      rest.conditions.find(({ type }) => type === ANNOUNCED)?.reason,
    ]);
  return seen(before) !== seen(after);
}
