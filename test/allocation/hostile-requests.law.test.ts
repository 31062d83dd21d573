/**
 * Whatever a tenant writes into its Service, no condition and no event of ours has a character that steers a terminal or hides text:
 * others print them, such as kubectl. None is longer than the API permits.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPrintable } from '../../src/base/printable.ts';
import { SERVICE_ANNOTATIONS } from '../../src/objects/annotations.ts';
import { decodeService } from '../../src/objects/service.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { pool, service, TestCluster } from './support/test-cluster.ts';

const UNSAFE = [
  '\u001b[2J',
  '\u0085',
  '\u009b31m',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u2028',
  '\u200b',
  '\u{e0041}',
];
/** What texts begin with, so that they come far: an address, a name, a list, an old value. */
const BEGINNINGS = ['', '10.0.0.1', 'main', '10.0.0.1,10.0.0.2', 'fd00::1', 'other', 'keep'];
/** The limit of a condition's message. */
const MESSAGE_CHARS_MAX = 32_768;

function hostile(random: Random): string {
  const length = random.pick([0, 1, 80, 255, 1023, 5000]);
  return `${random.pick(BEGINNINGS)}${random.pick(UNSAFE)}${'x'.repeat(length)}${random.pick(UNSAFE)}`;
}

/** A Service as it comes from the API server, with hostile text in a few places. */
function hostileService(random: Random, name: string) {
  const chosen = SERVICE_ANNOTATIONS.filter(() => random.chance(0.4));
  const maybe = (): string => (random.chance(0.3) ? hostile(random) : '');
  const raw = {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: {
      ...{ name, namespace: 'tenant', uid: `u-${name}`, resourceVersion: '1' },
      annotations: Object.fromEntries(chosen.map((key) => [key, hostile(random)])),
      labels: { [`a${maybe()}`]: maybe() },
    },
    spec: {
      ...{ type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' },
      ipFamilies: [random.chance(0.8) ? 'IPv4' : hostile(random)],
      loadBalancerIP: maybe(),
      selector: { app: maybe() },
      ports: [{ protocol: random.chance(0.8) ? 'TCP' : hostile(random), port: 80, name: maybe() }],
    },
    status: random.chance(0.3)
      ? { loadBalancer: { ingress: [{ ip: `10.0.0.9${maybe()}` }, { hostname: maybe() }] } }
      : {},
  };
  const decoded = decodeService(raw);
  assert.ok(decoded);
  return decoded;
}

describe('a Service of hostile texts', () => {
  for (const seed of seeds(20, 300))
    it(`has a printable condition and printable events, SEED=${seed}`, () => {
      const random = seeded(seed);
      const cluster = new TestCluster({
        pools: [pool('main', ['10.0.0.0/29']), pool('other', ['10.1.0.0/30'], { autoAssign: false })],
        services: [service('owner/web', { requests: { 'allow-shared-ip': 'shared' } })],
      });
      let quoting = 0;
      for (let index = 0; index < 40; index++) {
        const results = cluster.apply(hostileService(random, `s${index % 5}`));
        for (const { decision, events } of results) {
          const texts = [decision?.condition.message ?? '', ...events.map(({ message }) => message)];
          for (const text of texts) {
            assert.ok(isPrintable(text), JSON.stringify(text));
            assert.ok(text.length <= MESSAGE_CHARS_MAX, `a message of ${text.length} characters`);
            if (/\\u/.test(text)) quoting += 1;
          }
        }
      }
      assert.ok(quoting > 0, 'no hostile text was quoted at all');
    });
});
