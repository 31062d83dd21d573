/** Scenarios with a proxy that lies for moments. The controller has to list again in them, so that it is lied to. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../../src/apiserver/object/value.ts';
import type { FaultKind } from './fault-injection.ts';
import { LIES, LyingProxy } from './lying-proxy.ts';

/** Of a step of the workload: that the proxy begins to lie, or ends. */
const CHANGES = 0.3;

/** Slow: each request goes through two proxies, and may be retried only because an answer was a lie. */
const SPEED = 3;

/** On a busy machine the workload ends before a lie was told: then it goes on. */
const LIES_MIN = 3;
const ROUNDS_MAX = 100;
const ROUND_MS = 100;

const serviceNamed = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
});

export const LYING_PROXIES: readonly FaultKind[] = LIES.map((makeLie) => ({
  name: makeLie().name,
  replicas: 1,
  elects: false,
  speed: SPEED,
  async start(cluster, random) {
    const proxy = await LyingProxy.start(cluster.frontUrl, makeLie(), random);
    const truth = cluster.frontUrl;
    cluster.frontUrl = proxy.url;
    const listAgain = (): void => {
      cluster.server.faults.compact();
      cluster.server.faults.closeWatches();
    };
    return {
      step() {
        // A process that is lied to before it has listed once cannot know better.
        if (!random.chance(CHANGES) || cluster.history.granted === 0) return;
        proxy.isLying = !proxy.isLying;
        listAgain();
      },
      async end() {
        proxy.isLying = true;
        for (let round = 0; proxy.lies < LIES_MIN && round < ROUNDS_MAX; round++) {
          cluster.server.objects.put(serviceNamed(`late-${round}`));
          listAgain();
          await sleep(ROUND_MS);
        }
        proxy.isLying = false;
        cluster.frontUrl = truth;
        // No client can tell that such a list leaves something out, so each has to list again. A watch goes on from what it has seen,
        // and so may one after a list that is on its way. Neither has seen what is made after the last watch is closed.
        cluster.server.faults.closeWatches();
        cluster.server.objects.put(serviceNamed('truth'));
        cluster.server.faults.compact();
      },
      count: () => proxy.lies,
      close: () => proxy.close(),
    };
  },
}));
