/**
 * A desk with Services of its own, on which every patch takes effect at once: what the controller would bring the
 * cluster to, without a cluster.
 */
import type { Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import { formatAddress } from '../net/address.ts';
import { Desk, type DeskOptions } from './desk.ts';
import type { Look } from './look.ts';
import type { StatusPatch } from './patch.ts';

/** More looks than any cluster needs to come to rest: beyond it the desk would wake itself for ever. */
const LOOKS_MAX = 10_000_000;

export class Rehearsal {
  readonly services: Map<ServiceKey, Service>;
  readonly desk: Desk;
  readonly #wall: Millis;
  /** By the clock that counts graces; it stands still unless told. */
  now: Millis = 0;

  constructor(options: DeskOptions, services: Iterable<Service>, wall: Millis) {
    this.services = new Map([...services].map((service) => [service.key, service]));
    this.desk = new Desk(options, this.services);
    this.#wall = wall;
  }

  /** Looks at the keys, each patch written before the next look, and at those that this wakes, until it is quiet. */
  run(keys: Iterable<ServiceKey>): readonly Look[] {
    const queue = new Set(keys);
    const looks: Look[] = [];
    for (const key of queue) {
      queue.delete(key);
      const look = this.desk.look(key, { now: this.now, wall: this.#wall + this.now });
      looks.push(look);
      invariant(looks.length < LOOKS_MAX, 'the Services never come to rest');
      if (look.service !== null && look.patch !== null) {
        this.services.set(key, applied(look.service, look.patch));
        for (const woken of this.desk.written(key, this.now)) queue.add(woken);
      }
      for (const woken of look.woken) queue.add(woken);
    }
    return looks;
  }
}

/** The Service as it is once the patch is written. */
export function applied(service: Service, patch: StatusPatch): Service {
  const { [ALLOCATED_FROM]: from, ...rest } = service.annotations;
  const pool = patch.pool === undefined ? from : (patch.pool ?? undefined);
  const set = new Set([...patch.conditions.map(({ type }) => type), ...patch.dropped]);
  return {
    ...service,
    annotations: pool === undefined ? rest : { ...rest, [ALLOCATED_FROM]: pool },
    ingress:
      patch.ingress?.map((address) => ({ ip: formatAddress(address), hostname: null, ipMode: 'VIP' })) ??
      service.ingress,
    conditions: [...service.conditions.filter(({ type }) => !set.has(type)), ...patch.conditions],
  };
}
