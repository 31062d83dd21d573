/** Services as large as a tenant can make them: 840 kB, in one field or another. */
import type { JsonObject } from '../../src/apiserver/object/value.ts';
import { OURS } from './services.ts';

/** The namespace of the tenant who writes them. */
export const TENANT = 'tenant';

const BYTES = 840_000;

/** The API server permits 256 KiB of annotations. */
const ANNOTATION_BYTES = 250_000;

// Ropes would be flattened once for each Service; these are shared.
const long = (bytes: number): string => Buffer.alloc(bytes, 'x').toString('latin1');
const FILLER = { annotation: long(ANNOTATION_BYTES), rest: long(BYTES - ANNOTATION_BYTES) };

const pairs = (name: string): JsonObject => {
  const value = 'a-value-of-sixty-three-characters-which-is-the-longest-that-fits';
  const count = Math.floor(BYTES / (value.length + 40));
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${name}-${i}.example.com/a-name`, value.slice(0, 63)]),
  );
};
const LABELS = pairs('label');
const SELECTOR = pairs('selector');

type Kind = { readonly metadata?: JsonObject; readonly spec?: JsonObject };

/** Fields that are read, or look as if they were. */
const TEXT_KINDS: readonly Kind[] = [
  {
    metadata: { annotations: { 'berth.dev/note': FILLER.annotation } },
    spec: { loadBalancerIP: FILLER.rest },
  },
  {
    metadata: { annotations: { 'metallb.io/allow-shared-ip': FILLER.annotation } },
    spec: { loadBalancerIP: FILLER.rest },
  },
];

/** Thousands of keys, which take the API server in memory long to validate: each is of every 20th Service. */
const KEY_KINDS: readonly Kind[] = [{ metadata: { labels: LABELS } }, { spec: { selector: SELECTOR } }];
const KEYS_EVERY = 10;

const kindOf = (index: number): Kind => {
  const kinds = index % KEYS_EVERY === 0 ? KEY_KINDS : TEXT_KINDS;
  return kinds[Math.floor(index / (kinds === KEY_KINDS ? KEYS_EVERY : 1)) % kinds.length] ?? {};
};

export function hostileService(index: number): JsonObject {
  const { metadata = {}, spec = {} } = kindOf(index);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `hostile-${index}`, namespace: TENANT, ...metadata },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: OURS,
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 80 }],
      ...spec,
    },
  };
}

/** A merge patch with an annotation of 250 kB that differs from every other one. */
export const hostilePatch = (index: number): string =>
  JSON.stringify({ metadata: { annotations: { 'metallb.io/note': `${index} ${FILLER.annotation}` } } });
