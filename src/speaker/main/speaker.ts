/** The speaker put together: pictures of the cluster, sessions, and what is said of both. */
import { setMaxListeners } from 'node:events';
import { NodePicture } from '../../announce/picture.ts';
import type { Told } from '../../announce/told.ts';
import type { SpeakerFlags } from '../../announce/verdict.ts';
import { aborted } from '../../base/aborted.ts';
import type { Millis } from '../../base/clock.ts';
import type { ServiceKey } from '../../cluster/service.ts';
import type { EventPoster } from '../../kube/events.ts';
import { ConfigState } from '../../program/configstate.ts';
import { EventQueue } from '../../program/eventqueue.ts';
import { configStateApi, eventApi, REQUEST_TIMEOUT } from '../../program/main/adapters.ts';
import type { PictureContext } from '../../program/main/picture.ts';
import { ConfigHealth } from '../confighealth.ts';
import { Departure } from '../departure.ts';
import { whyLeaving } from '../leaving.ts';
import type { Neighbour } from '../neighbour.ts';
import type { Home } from '../opening.ts';
import type { OpenLine } from '../ports.ts';
import { Report } from '../report.ts';
import { Speaker } from '../speaker.ts';
import { View } from '../view.ts';
import { History } from '../viewhistory.ts';
import type { WatchedRaw } from './objects.ts';
import { Scenery } from './scenery.ts';
import { StatusSide } from './status.ts';
import { interfacesOfNode } from './viewport.ts';

export type SpeakerContext = PictureContext & {
  readonly poster: EventPoster;
  readonly openLine: OpenLine;
};

export type SpeakerSettings = {
  /** Of the objects of metallb.io, and of our own. */
  readonly namespace: string;
  readonly node: string;
  readonly flags: SpeakerFlags;
  readonly drainWait: Millis;
  readonly drainOnCordon: boolean;
  /** '' where it is not known. */
  readonly podName: string;
  /** Of ServiceBGPStatus objects in the cluster; 0 keeps none. */
  readonly statusLimit: number;
};

export class SpeakerProgram {
  readonly #context: SpeakerContext;
  readonly #settings: SpeakerSettings;
  readonly #picture: NodePicture;
  readonly #scenery: Scenery;
  readonly #speaker: Speaker;
  readonly #history: History;
  readonly #departure: Departure;
  readonly #report: Report;
  readonly #state: ConfigState;
  readonly #status: StatusSide;
  readonly #events: EventQueue;
  #isWhole = false;
  #isConfigStale = true;

  constructor(context: SpeakerContext, settings: SpeakerSettings) {
    const { clock, log, metrics, random, client, poster } = context;
    const { node, namespace, flags } = settings;
    this.#context = context;
    this.#settings = settings;
    this.#picture = new NodePicture({ node, namespace, flags });
    this.#events = new EventQueue({
      clock,
      log,
      api: eventApi(poster),
      lastWrite: () => null,
      dropped: () => metrics.count('berth_events_dropped_total'),
    });
    const writer = { client, mayWrite: () => true, timeout: REQUEST_TIMEOUT };
    const labels = { 'metallb.io/component-type': 'speaker', 'metallb.io/node-name': node };
    this.#state = new ConfigState({
      clock,
      random,
      log,
      api: configStateApi(writer, { name: `speaker-${node}`, namespace, labels }),
    });
    const health = new ConfigHealth({ log, metrics, state: this.#state });
    this.#status = new StatusSide({
      ...{ context, namespace, node, podName: settings.podName, limit: settings.statusLimit },
      ignoreExcludeLabel: flags.ignoreExcludeLabel,
      speaker: () => this.#speaker,
      scenery: () => this.#scenery,
      events: (note) => this.#events.add(note),
    });
    this.#report = new Report({
      ...{ log, metrics, clock, node },
      also: {
        looked: (changes) => {
          health.looked(changes.complaints, changes.warnings);
          this.#status.looked(changes);
        },
        sessionChanged: () => this.#status.sessionChanged(),
      },
    });
    this.#history = new History(clock, this.#report);
    this.#speaker = new Speaker({
      clock,
      picture: this.#picture,
      refresh: () => this.#refresh(),
      home: () => this.#home(),
      openLine: context.openLine,
      report: this.#history,
    });
    this.#departure = new Departure({
      ...{ clock, log, speaker: this.#speaker, wait: settings.drainWait },
      left: () => {
        this.#nodeIs();
        this.#status.sessionChanged();
      },
    });
    this.#scenery = new Scenery({
      ...{ context, namespace, node },
      on: {
        service: ({ view }) => this.#changed(() => this.#picture.takeService(view)),
        serviceGone: ({ view }) => this.#changed(() => this.#picture.removeService(view.key)),
        slice: (one) => this.#changed(() => this.#picture.takeSlice(one, one.slice)),
        sliceGone: (one) => this.#changed(() => this.#picture.removeSlice(one.namespace, one.name)),
        node: () => this.#nodeChanged(),
        config: () => this.#changed(() => (this.#isConfigStale = true)),
        progress: () => this.#progress(),
      },
    });
    metrics.onScrape(() => this.#report.scrape(this.#speaker));
  }

  get neighbours(): readonly Neighbour[] {
    return [...this.#speaker.neighbours.values()];
  }

  /** As of the last look; null for a Service that it did not know then. */
  told(key: ServiceKey): Told | null {
    return this.#picture.told(key);
  }

  /** Null when everything has been listed; else what is missing. */
  notReady(): string | null {
    return this.#isWhole ? null : (this.#scenery.missing() ?? 'the first look has not been taken yet');
  }

  /** What it says of itself when it is asked. */
  view(): View {
    return new View({
      ...{ node: this.#settings.node, clock: this.#context.clock, speaker: this.#speaker },
      ...{ picture: this.#picture, history: this.#history, interfaces: interfacesOfNode },
      notReady: () => this.notReady(),
    });
  }

  /** Until `signal` is aborted; then it leaves its peers in good order. */
  async run(signal: AbortSignal): Promise<void> {
    const hangUp = new AbortController();
    setMaxListeners(0, hangUp.signal); // every picture hangs on this one
    void this.#state.start();
    const pictures = Promise.all([this.#scenery.run(hangUp.signal), this.#status.run(hangUp.signal)]);
    await aborted(signal);
    const { drainWait: wait } = this.#settings;
    const { isLeaving } = this.#departure;
    const last = this.#status.freeze(isLeaving);
    await this.#speaker.stop({ isLeaving, wait });
    this.#departure.stop();
    this.#state.stop();
    await this.#status.end(last);
    await this.#events.stop();
    hangUp.abort();
    await pictures;
  }

  // --- the picture

  #changed(change: () => void): void {
    change();
    this.#report.changed();
    this.#speaker.changed();
  }

  /** Objects come in bursts: they are put together when the next look is taken. */
  #refresh(): void {
    if (!this.#isConfigStale) return;
    this.#isConfigStale = false;
    this.#picture.putConfig(this.#scenery.config());
  }

  #node(): WatchedRaw | null {
    return this.#scenery.node.store.get(this.#settings.node) ?? null;
  }

  #home(): Home {
    const { node } = this.#settings;
    return this.#picture.node ?? { name: node, addresses: { 4: null, 6: null } };
  }

  #nodeChanged(): void {
    const node = this.#node();
    const { drainOnCordon: onCordon } = this.#settings;
    if (this.#isWhole) this.#departure.set(whyLeaving(node?.raw ?? null, { onCordon }));
    // Without its Node a speaker has no peers: it takes its leave of them first.
    if (node !== null || !this.#departure.isLeaving) this.#nodeIs();
  }

  #nodeIs(): void {
    const raw = this.#node()?.raw ?? null;
    this.#isConfigStale = true; // its labels say who of others speaks here
    this.#changed(() => this.#picture.putNode(raw));
  }

  /** Secrets are known to be needed only once the peers are. */
  #progress(): void {
    if (this.#isWhole) return;
    this.#scenery.config();
    if (this.#scenery.missing() !== null) return;
    this.#isWhole = true;
    const { log } = this.#context;
    this.#speaker.begin();
    const { node } = this.#settings;
    const { size: services } = this.#scenery.services.store;
    log.info('speaking', { node, services, peers: this.neighbours.map(({ peer }) => peer.name) });
    if (this.#node() === null) log.warn('there is no Node of this name: it has no peers', { node });
    else this.#nodeChanged(); // it may have been leaving all along
  }
}
