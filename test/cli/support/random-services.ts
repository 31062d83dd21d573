/** Random pools and Services, as people write them: without identity, creation time or status. */
import type { Raw } from '../../../src/base/json.ts';
import type { Random } from '../../support/random.ts';

const NAMESPACE = 'metallb-system';
const POOLS = ['alpha', 'beta', 'gamma'];

const randomPool = (random: Random, name: string, index: number): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name, namespace: NAMESPACE } },
  spec: {
    addresses: [`10.${index}.0.${random.pick(['0/31', '4/30', '9-10.1.0.1'])}`],
    autoAssign: random.chance(0.7),
  },
});

const randomService = (random: Random, index: number): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: {
    ...{ name: `s${index}`, namespace: random.pick(['shop', 'web']) },
    annotations: {
      ...(random.chance(0.3) ? { 'metallb.io/address-pool': random.pick([...POOLS, 'missing']) } : {}),
      ...(random.chance(0.3)
        ? { 'metallb.io/loadBalancerIPs': random.pick(['10.0.0.1', '10.1.0.5', '10.9.9.9', 'nonsense']) }
        : {}),
      ...(random.chance(0.3) ? { 'metallb.io/allow-shared-ip': 'key' } : {}),
    },
  },
  spec: { type: 'LoadBalancer', ports: [{ port: random.pick([80, 443]), protocol: 'TCP' }] },
});

/** Of each random file. */
export const SERVICES = 6;

export const randomServiceFiles = (random: Random): readonly Raw[] => [
  ...POOLS.flatMap((name, index) => (random.chance(0.8) ? [randomPool(random, name, index)] : [])),
  ...Array.from({ length: SERVICES }, (_, index) => randomService(random, index)),
];

/** As an export of a cluster where some Services have an address: of no pool, so that all pools are free for the others. */
export const withSomeAddresses = (random: Random, objects: readonly Raw[]): readonly Raw[] =>
  objects.map((raw, index) =>
    raw['kind'] === 'Service' && random.chance(0.4)
      ? { ...raw, status: { loadBalancer: { ingress: [{ ip: `172.16.0.${index}` }] } } }
      : raw,
  );
