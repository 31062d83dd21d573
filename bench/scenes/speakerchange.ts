/** In this process: one of ten thousand Services changes, and sixteen peers are told. Lines are fakes that take everything. */
import { NodePicture } from '../../src/announce/picture.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import type { Agreement } from '../../src/bgp/wire/agreement.ts';
import { parseAddress } from '../../src/net/address.ts';
import type { Line, LineOwner } from '../../src/speaker/ports.ts';
import { GATHER, Speaker } from '../../src/speaker/speaker.ts';
import { FakeClock } from '../../test/support/clock.ts';
import { NAMESPACE } from '../support/bed.ts';
import { median, note, type Row, spread } from '../support/figures.ts';
import { NODE_ADDRESS } from '../support/ownnetwork.ts';
import { cpuMillis } from '../support/process.ts';
import { advertisement, NODE, node, peer, pool } from '../support/speakerobjects.ts';
import { endpointsOf, objectsOf } from '../support/speakerseed.ts';

const SERVICES = 10_000;
const PEERS = 16;
const RUNS = 15;
const WARMING = 5;
const CHANGES = 200; // a run
const GOAL_MS = 1;

const AGREEMENT: Agreement = {
  ...{ internal: false, fourOctetAs: true, families: [4, 6], extendedNextHop: false },
  ...{ receiveMax: 4096, sendMax: 4096, holdTime: 90, routeRefresh: true, enhancedRouteRefresh: false },
  ...{ gracefulRestart: null, gracefulNotification: false },
};

let written = 0;

class FakeLine implements Line {
  readonly peer = null;
  readonly since = 0;
  readonly counters: Line['counters'] = {
    ...{ sent: { messages: { update: 0 }, octets: 0 }, received: { messages: { update: 0 }, octets: 0 } },
    ...{ drops: 0, lastError: null },
  };
  readonly #owner: LineOwner;
  state: StateName = 'Idle';

  constructor(owner: LineOwner) {
    this.#owner = owner;
  }

  get agreement(): Agreement | null {
    return this.state === 'Established' ? AGREEMENT : null;
  }

  get local(): Line['local'] {
    const address = parseAddress(NODE_ADDRESS);
    return address.ok ? { address: address.value, port: 179 } : null;
  }

  start(): void {
    this.state = 'Established';
    this.#owner.moved('OpenConfirm', 'Established', {
      cause: 'started',
      says: '',
      sent: null,
      received: null,
    });
    this.#owner.writable();
  }

  stop(): void {}
  abandon(): void {}

  write(bytes: Uint8Array): boolean {
    written += bytes.length > 0 ? 1 : 0;
    return true;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }
}

const nothing = (): void => {};

/** A speaker that has told its peers everything, and the function that lets one Service change and be told. */
function speaking(): (service: number, isReady: boolean) => void {
  const clock = new FakeClock();
  const picture = new NodePicture({
    ...{ node: NODE, namespace: NAMESPACE },
    flags: { lbClass: null, ignoreExcludeLabel: false },
  });
  const home = parseAddress(NODE_ADDRESS);
  const addresses = { 4: home.ok ? home.value : null, 6: null };
  const speaker = new Speaker({
    ...{ clock, picture, refresh: nothing, home: () => ({ name: NODE, addresses }) },
    openLine: (_settings, _far, owner) => new FakeLine(owner),
    report: {
      ...{ moved: nothing, missed: nothing, dropped: nothing },
      ...{ told: nothing, looked: nothing, ended: nothing },
    },
  });
  const peers = Array.from({ length: PEERS }, (_, i) => peer(`peer-${i}`, 1790 + i));
  const none = { layer2: [], communities: [], bfdProfiles: [], secrets: [] };
  picture.putConfig({ pools: [pool], advertisements: [advertisement], peers, ...none });
  picture.putNode(node);
  const slices = Array.from({ length: SERVICES }, (_, i) => {
    const { service, slice } = objectsOf(i);
    picture.putService(service);
    picture.putSlice(slice);
    return slice;
  });
  speaker.begin();
  return (service, isReady) => {
    picture.putSlice({ ...slices[service], endpoints: endpointsOf(service, isReady) });
    speaker.changed();
    clock.advance(GATHER);
  };
}

export function speakerChange(): readonly Row[] {
  const change = speaking();
  const times: number[] = [];
  for (let run = 0; run < WARMING + RUNS; run++) {
    written = 0;
    const startedAt = cpuMillis();
    for (let i = 0; i < CHANGES / 2; i++) {
      change((run * CHANGES + i) % SERVICES, false);
      change((run * CHANGES + i) % SERVICES, true);
    }
    if (run >= WARMING) times.push((cpuMillis() - startedAt) / CHANGES);
    if (written !== CHANGES * PEERS) throw new Error(`${written} writes`);
  }
  note(`one change at ${PEERS} peers: ${spread(times)} ms of CPU`);
  return [
    {
      figure: `one of ${SERVICES} Services changes, ${PEERS} peers are told: CPU time, from the EndpointSlice to the octets`,
      goal: `≤ ${GOAL_MS} ms`,
      seen: `${spread(times)} ms; ${RUNS} runs of ${CHANGES}`,
      met: median(times) <= GOAL_MS,
    },
  ];
}
