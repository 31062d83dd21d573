/** What has changed of many objects since somebody was told last. */

import { type Raw, textOf } from '../../../base/json.ts';
import type { ModelRequest } from '../../../calico/report/calico-model.ts';
import type { Pool } from '../../../config/pool/pool.ts';
import { formatRange } from '../../../net/range.ts';
import { metadataOf } from '../../../objects/metadata.ts';
import type { Service } from '../../../objects/service.ts';

export class SnapshotDelta {
  #previous = new Map<string, Raw>();

  /** Objects that are the same object as before are no news. */
  since(all: readonly Raw[], isFull: boolean): Omit<ModelRequest, 'read'> {
    const before = isFull ? new Map<string, Raw>() : this.#previous;
    const now = new Map(all.map((raw) => [idOf(raw), raw]));
    this.#previous = now;
    return {
      isFull,
      upserted: [...now].filter(([id, raw]) => before.get(id) !== raw).map(([, raw]) => raw),
      deleted: [...before].filter(([id]) => !now.has(id)).map(([, raw]) => raw),
    };
  }
}

const idOf = (raw: Raw): string => {
  const { namespace, name } = metadataOf(raw);
  return `${textOf(raw['kind'])} ${textOf(namespace)}/${textOf(name)}`;
};

const rawServices = new WeakMap<Service, Raw>();

/** The same object for the same Service. */
export function serviceAsRaw(service: Service): Raw {
  const raw = rawServices.get(service) ?? toRawService(service);
  rawServices.set(service, raw);
  return raw;
}

/** As Calico reads it. */
function toRawService(service: Service): Raw {
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

const rawPools = new WeakMap<Pool, Raw>();

/** The same object for the same pool. */
export function poolAsRaw(pool: Pool, namespace: string): Raw {
  const raw = rawPools.get(pool) ?? {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: pool.name, namespace },
    spec: { addresses: pool.ranges.map(formatRange) },
  };
  rawPools.set(pool, raw);
  return raw;
}
