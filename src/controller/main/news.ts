/** What has changed of many objects since somebody was told last. */

import type { Question } from '../../calico/answer.ts';
import { metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { Service } from '../../cluster/service.ts';
import type { Pool } from '../../config/pool.ts';
import { formatRange } from '../../net/range.ts';

export class News {
  #told = new Map<string, Raw>();

  /** Objects that are the same object as before are no news. */
  since(all: readonly Raw[], afresh: boolean): Omit<Question, 'read'> {
    const before = afresh ? new Map<string, Raw>() : this.#told;
    const now = new Map(all.map((raw) => [idOf(raw), raw]));
    this.#told = now;
    return {
      afresh,
      put: [...now].filter(([id, raw]) => before.get(id) !== raw).map(([, raw]) => raw),
      gone: [...before].filter(([id]) => !now.has(id)).map(([, raw]) => raw),
    };
  }
}

const idOf = (raw: Raw): string => {
  const { namespace, name } = metadataOf(raw);
  return `${textOf(raw['kind'])} ${textOf(namespace)}/${textOf(name)}`;
};

const raws = new WeakMap<Service, Raw>();

/** The same object for the same Service. */
export function asRaw(service: Service): Raw {
  const raw = raws.get(service) ?? rawOf(service);
  raws.set(service, raw);
  return raw;
}

/** As Calico reads it. */
function rawOf(service: Service): Raw {
  const slash = service.key.indexOf('/');
  return {
    kind: 'Service',
    metadata: {
      name: service.key.slice(slash + 1),
      namespace: service.key.slice(0, slash),
      annotations: service.annotations,
    },
    spec: {
      type: service.type,
      clusterIP: service.clusterIPs[0] ?? '',
      clusterIPs: service.clusterIPs,
      ipFamilies: service.ipFamilies,
      externalTrafficPolicy: service.externalTrafficPolicy,
      ...(service.loadBalancerIP === '' ? {} : { loadBalancerIP: service.loadBalancerIP }),
      ...(service.loadBalancerClass === null ? {} : { loadBalancerClass: service.loadBalancerClass }),
    },
    status: { loadBalancer: { ingress: service.ingress.map(({ ip }) => ({ ip })) } },
  };
}

const pools = new WeakMap<Pool, Raw>();

/** The same object for the same pool. */
export function poolAsRaw(pool: Pool, namespace: string): Raw {
  const raw = pools.get(pool) ?? {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: pool.name, namespace },
    spec: { addresses: pool.ranges.map(formatRange) },
  };
  pools.set(pool, raw);
  return raw;
}
