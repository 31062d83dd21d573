/** A speaker that is cut off: `--l2-isolated` says whether it goes on answering for what it has. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolvePools } from '../../../src/announce/config/pools.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { ok } from '../../../src/base/result.ts';
import { toLayer2Service } from '../../../src/layer2/election/layer2-service.ts';
import { RecordIndex } from '../../../src/layer2/election/record-index.ts';
import {
  type PublishedSpeaker,
  type SpeakerPresence,
  speakerPresence,
} from '../../../src/layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../src/layer2/membership/watch-graph.ts';
import { Layer2Model } from '../../../src/layer2/model/layer2-model.ts';
import { toLayer2Slice } from '../../../src/layer2/objects/watched-objects.ts';
import type { OwnedAddress, WireEvent } from '../../../src/layer2/packets/layer2-wire.ts';
import { formatAddress } from '../../../src/net/address.ts';
import type { IsolationState } from '../../../src/speaker/layer2/isolation.ts';
import { Layer2Speaker } from '../../../src/speaker/layer2/layer2-speaker.ts';
import { node, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement, NAMESPACE } from '../../layer2/support/layer2-cluster.ts';
import { FakeClock, flushPromises } from '../../support/fake-clock.ts';
import { wireInterface } from './support/layer2-rig.ts';

const ADDRESS = '10.20.1.1';

/** The speaker of n1, and others that have published themselves. */
class CutOffSpeaker {
  readonly clock = new FakeClock();
  isolation: IsolationState = 'connected';
  /** Of those that have published themselves. */
  running: readonly string[] = ['n1'];
  readonly #published: readonly string[];
  #owned: readonly OwnedAddress[] = [];
  readonly #speaker: Layer2Speaker;

  constructor(published: readonly string[], keepsWhenIsolated: boolean) {
    this.#published = published;
    const store = new SimulatedObjectStore(NAMESPACE);
    const objects = [
      ...published.map((name) => node(name)),
      ...[pool('main', ['10.20.1.0/24']), layer2Advertisement('all')],
      ...serviceWithEndpoint('web', ADDRESS),
    ];
    for (const raw of objects) store.create(raw);
    const { config, nodes } = store.objects();
    const flags = { lbClass: null, ignoreExcludeLabel: false };
    const model = new Layer2Model({ namespace: NAMESPACE, flags, keepsOwner: true });
    for (const raw of store.stored()) {
      const found = raw['kind'] === 'EndpointSlice' ? toLayer2Slice(raw) : null;
      if (found !== null) model.putSlice(found);
    }
    this.#speaker = new Layer2Speaker({
      ...{ clock: this.clock, node: 'n1', model, keepsWhenIsolated },
      openWire: async ({ onEvent }) => {
        this.#send = onEvent;
        return ok({
          setOwned: (table) => {
            this.#owned = table;
          },
          ...{ setSpeakers: () => {}, setExcluded: () => {}, defend: () => {}, announce: () => {} },
          ...{ resume: () => {}, close: async () => {} },
        });
      },
      situation: () => ({
        ...{ services: store.services().map(toLayer2Service), advertisements: config.layer2, nodes },
        ...{ pools: resolvePools(config.pools, null), recorded: new Map(), handOver: new Map() },
        ...{ presence: this.#presence(), records: new RecordIndex() },
      }),
      isolation: () => this.isolation,
      confirm: async () => true,
      observer: {
        notOpened: assert.fail,
        ...{ elected: () => {}, interfacesChanged: () => {}, wireEvent: () => {} },
      },
    });
  }

  #send: (event: WireEvent) => void = () => {};

  #presence(): SpeakerPresence {
    const speakers = this.#published.map(
      (name): PublishedSpeaker => ({
        ...{
          node: name,
          pod: '',
          hasStopped: !this.running.includes(name),
          address: null,
          boot: '',
          sequence: 0,
        },
        interfaces: [
          {
            name: 'eth0',
            mac: '02:00:00:00:00:01',
            families: { 4: true, 6: true },
            subnets: null,
            addresses: null,
          },
        ],
        ...{ linked: [], lost: [], returned: [], conflicts: [] },
      }),
    );
    const own = { node: 'n1', interfaces: speakers[0]?.interfaces ?? [] };
    return speakerPresence({ own, speakers, pods: [], losses: [], graphs: new WatchGraphs(), now: 0 });
  }

  async start(): Promise<void> {
    await this.#speaker.start([]);
    this.#send({ kind: 'interfaces', interfaces: [wireInterface('eth0', 1)] });
    await this.settle();
  }

  async become(isolation: IsolationState): Promise<void> {
    this.isolation = isolation;
    this.#speaker.changed();
    await this.settle();
  }

  /** As long as an owner answers for a successor that does not announce itself. */
  async settle(): Promise<void> {
    await flushPromises();
    await this.clock.advanceAsync(5000);
  }

  get answers(): readonly string[] {
    return this.#owned.map(({ address }) => formatAddress(address));
  }
}

describe('a speaker that is cut off', () => {
  const rows: readonly (readonly [
    says: string,
    nodes: readonly string[],
    keeps: boolean,
    answers: readonly string[],
  ])[] = [
    ['stops answering', ['n1', 'n2', 'n3'], false, []],
    ['goes on answering with --l2-isolated=keep', ['n1', 'n2', 'n3'], true, [ADDRESS]],
    ['of two goes on answering: nobody can tell which one is cut off', ['n1', 'n2'], false, [ADDRESS]],
  ];
  for (const [says, nodes, keeps, answers] of rows)
    it(says, async () => {
      const speaker = new CutOffSpeaker(nodes, keeps);
      await speaker.start();
      assert.deepEqual(speaker.answers, [ADDRESS]);
      await speaker.become('asking');
      assert.deepEqual(speaker.answers, [ADDRESS], 'while nothing is known, nothing changes');
      await speaker.become('cut-off');
      assert.deepEqual(speaker.answers, answers);
      await speaker.become('connected');
      assert.deepEqual(speaker.answers, [ADDRESS]);
    });

  it('takes nothing, with --l2-isolated=keep either', async () => {
    const speaker = new CutOffSpeaker(['n1', 'n2', 'n3'], true);
    speaker.running = ['n2'];
    await speaker.start();
    assert.deepEqual(speaker.answers, []);
    speaker.running = ['n1'];
    await speaker.become('cut-off');
    assert.deepEqual(speaker.answers, []);
    await speaker.become('connected');
    assert.deepEqual(speaker.answers, [ADDRESS]);
  });
});
