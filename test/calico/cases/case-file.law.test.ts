/** Laws of the model that hold for any objects. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOf, listOf, type Raw, textOf } from '../../../src/base/json.ts';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import { decodeClusterObject } from '../../../src/calico/objects/cluster-object.ts';
import { toCalicoService } from '../../../src/calico/objects/services.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { nameOf, namespaceOf } from '../../../src/objects/metadata.ts';
import { mutate } from '../../support/mutation.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const folder = new URL('../support/cases/', import.meta.url);
const cases: readonly Raw[] = readdirSync(folder)
  .sort()
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

const predicted = (one: Raw): string => JSON.stringify(predictCalicoCase(one, hashedRouterId));

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

test('predictions do not depend on the order of the objects', () => {
  underSeeds(60, 2000, (random) => {
    const one = random.pick(cases);
    assert.equal(predicted({ ...one, objects: shuffled(random, listOf(one['objects'])) }), predicted(one));
  });
});

test('no input makes it throw', () => {
  underSeeds(400, 20_000, (random) => {
    const { observed: _, ...one } = random.pick(cases);
    predicted({ ...one, objects: mutate(random, one['objects']) });
  });
});

function withoutSteps({ then: _, ...one }: Raw): Raw {
  return one;
}

test('the prediction for one Service alone is its part of the prediction for all', () => {
  for (const one of cases) {
    const objects = listOf(one['objects']).map(fieldsOf);
    const services = objects.flatMap((raw) => {
      const decoded = decodeClusterObject(raw);
      return decoded?.type === 'service' ? [toCalicoService(decoded.service)] : [];
    });
    const whole = predictCalicoCase(withoutSteps(one), hashedRouterId).observed;
    for (const { key, statusIPs } of services) {
      const mine = new Set(
        statusIPs.map((address) => `${formatAddress(address)}/${address.family === 4 ? 32 : 128}`),
      );
      const isShared = services.some(
        (other) =>
          other.key !== key &&
          other.statusIPs.some((ip) => mine.has(`${formatAddress(ip)}/${ip.family === 4 ? 32 : 128}`)),
      );
      if (isShared) continue;
      const alone = objects.filter((raw) => !isOfOther(raw, key));
      const part = predictCalicoCase({ ...withoutSteps(one), objects: alone }, hashedRouterId).observed;
      for (const [name, router] of Object.entries(whole.routers)) {
        const own = (routes: typeof router.routes) => routes.filter(({ prefix }) => mine.has(prefix));
        assert.deepEqual(
          own(part.routers[name]?.routes ?? []),
          own(router.routes),
          `${textOf(one['name'])} ${key}`,
        );
      }
    }
  }
});

function isOfOther(raw: Raw, key: string): boolean {
  if (raw['kind'] === 'Service') return `${namespaceOf(raw)}/${nameOf(raw)}` !== key;
  if (raw['kind'] !== 'EndpointSlice') return false;
  const service = textOf(fieldsOf(fieldsOf(raw['metadata'])['labels'])['kubernetes.io/service-name']);
  return `${namespaceOf(raw)}/${service}` !== key;
}
