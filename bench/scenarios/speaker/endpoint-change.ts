/** Measures one changed Service of ten thousand with sixteen peers, in this process, with fake sessions. */
import { sliceOnNode } from '../../../src/announce/decision/endpoints.ts';
import { NodeModel } from '../../../src/announce/model/node-model.ts';
import type { Raw } from '../../../src/base/json.ts';
import { NO_TRAFFIC, type SessionDriver, type SessionHandler } from '../../../src/bgp/session/driver.ts';
import type { StateName } from '../../../src/bgp/session/session.ts';
import type { NegotiatedTerms } from '../../../src/bgp/wire/negotiated.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { decodeEndpointSlice } from '../../../src/objects/endpoint-slice.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { decodeService } from '../../../src/objects/service.ts';
import { BATCH_WINDOW, Speaker } from '../../../src/speaker/speaker.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { cpuMillis } from '../../support/process-usage.ts';
import { NODE_ADDRESS } from '../../support/speaker/network-namespace.ts';
import { advertisement, NODE, node, peer, pool } from '../../support/speaker/objects.ts';
import { endpointsOf, objectsOf } from '../../support/speaker/seed.ts';
import { NAMESPACE } from '../../support/test-bed.ts';

const SERVICES = 10_000;
const PEERS = 16;
const RUNS = 15;
const WARM_UP_RUNS = 5;
const CHANGES = 200; // a run
const GOAL_MS = 1;

const NEGOTIATED: NegotiatedTerms = {
  ...{ internal: false, fourOctetAs: true, families: [4, 6], extendedNextHop: false },
  ...{ receiveMax: 4096, sendMax: 4096, holdTime: 90, routeRefresh: true, enhancedRouteRefresh: false },
  ...{ gracefulRestart: null, gracefulNotification: false },
};

let written = 0;

class FakeSessionDriver implements SessionDriver {
  readonly peerOpen = null;
  readonly routerId = 1;
  readonly establishedAt = 0;
  readonly counters: SessionDriver['counters'] = {
    ...{ sent: NO_TRAFFIC, received: NO_TRAFFIC, connects: 0, drops: 0, lastError: null },
  };
  readonly #handler: SessionHandler;
  state: StateName = 'Idle';

  constructor(handler: SessionHandler) {
    this.#handler = handler;
  }

  get negotiated(): NegotiatedTerms | null {
    return this.state === 'Established' ? NEGOTIATED : null;
  }

  get localAddress(): SessionDriver['localAddress'] {
    const address = parseAddress(NODE_ADDRESS);
    return address.ok ? { address: address.value, port: 179 } : null;
  }

  start(): void {
    this.state = 'Established';
    this.#handler.stateChanged('OpenConfirm', 'Established', {
      cause: 'started',
      text: '',
      sent: null,
      received: null,
    });
    this.#handler.writable();
  }

  stop(): void {}
  bfdDown(): void {}
  abandon(): void {}

  write(bytes: Uint8Array): boolean {
    written += bytes.length > 0 ? 1 : 0;
    return true;
  }

  closed(): Promise<void> {
    return Promise.resolve();
  }
}

const nothing = (): void => {};

/** Decodes as the informers of a speaker do. */
function decoded<T>(decode: (raw: Raw) => T | null, raw: object): T {
  const value = decode(raw as Raw);
  if (value === null) throw new Error('an object of the benchmark has no name');
  return value;
}

const localSlice = (raw: object) => sliceOnNode(decoded(decodeEndpointSlice, raw), NODE);

/** Starts a speaker that has advertised everything; the returned function changes one Service. */
function startSpeaker(): (service: number, isReady: boolean) => void {
  const clock = new FakeClock();
  const model = new NodeModel({
    ...{ node: NODE, namespace: NAMESPACE },
    flags: { lbClass: null, ignoreExcludeLabel: false },
  });
  const nodeAddress = parseAddress(NODE_ADDRESS);
  const addresses = { 4: nodeAddress.ok ? nodeAddress.value : null, 6: null };
  const speaker = new Speaker({
    interfaceAddresses: () => ({ 4: null, 6: null }),
    ...{ bfdSessions: null, interfaces: () => [] },
    ...{ clock, model, syncModel: nothing, localNode: () => ({ name: NODE, addresses }) },
    openSession: (_settings, _remote, handler) => new FakeSessionDriver(handler),
    observer: {
      ...{ stateChanged: nothing, connectFailed: nothing, routesDropped: nothing },
      ...{ advertised: nothing, reconciled: nothing, neighbourRemoved: nothing, bfdChanged: nothing },
    },
  });
  const peers = Array.from({ length: PEERS }, (_, i) => peer(`peer-${i}`, 1790 + i));
  const none = { layer2: [], communities: [], bfdProfiles: [], secrets: [] };
  model.putConfig({ pools: [pool], advertisements: [advertisement], peers, ...none });
  model.putNode(decodeNode(node));
  const slices = Array.from({ length: SERVICES }, (_, i) => {
    const { service, slice } = objectsOf(i);
    model.putService(decoded(decodeService, service));
    model.putSlice(localSlice(slice));
    return slice;
  });
  speaker.start();
  return (service, isReady) => {
    model.putSlice(localSlice({ ...slices[service], endpoints: endpointsOf(service, isReady) }));
    speaker.scheduleReconcile();
    clock.advance(BATCH_WINDOW);
  };
}

export function speakerEndpointChange(): readonly Row[] {
  const change = startSpeaker();
  const times: number[] = [];
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
    written = 0;
    const startedAt = cpuMillis();
    for (let i = 0; i < CHANGES / 2; i++) {
      change((run * CHANGES + i) % SERVICES, false);
      change((run * CHANGES + i) % SERVICES, true);
    }
    if (run >= WARM_UP_RUNS) times.push((cpuMillis() - startedAt) / CHANGES);
    if (written !== CHANGES * PEERS) throw new Error(`${written} writes`);
  }
  note(`one change at ${PEERS} peers: ${spread(times)} ms of CPU`);
  return [
    {
      figure: `one of ${SERVICES} Services changes, ${PEERS} peers: CPU time from the EndpointSlice to the UPDATE messages`,
      goal: `≤ ${GOAL_MS} ms`,
      seen: `${spread(times)} ms; ${RUNS} runs of ${CHANGES}`,
      met: median(times) <= GOAL_MS,
    },
  ];
}
