/** Allocates cluster IPs and node ports to Services, and releases those of deleted ones. */

import { err, ok, type Result } from '../../../base/result.ts';
import { type FieldError, forbiddenField, invalidValue } from '../../object/field-error.ts';
import type { StorageChange } from '../../object/storage.ts';
import {
  deepEqual,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  textAt,
  withKey,
} from '../../object/value.ts';
import type { ProposedWrite } from '../served-resource.ts';
import { sloppyIpFamily } from '../sloppy-ip.ts';
import { serviceSpec } from './defaults.ts';
import { wantsHealthCheckPort, wantsNodePort } from './prepare.ts';

/** The IP families of the cluster, the primary one first. */
export type ClusterIpFamilies = readonly ('IPv4' | 'IPv6')[];

const NODE_PORT_FIRST = 30_000;
const NODE_PORT_LAST = 32_767;
/** 10.96.0.0/12 and fd00:10:96::/108, as in the kube-apiserver of the tests; host 1 is the API server's own. */
const IPV4_BASE = 10 * 2 ** 24 + 96 * 2 ** 16;
const FIRST_HOST = 10;
const LAST_HOST = 2 ** 20 - 2;

export class ClusterIpAllocator {
  readonly #families: ClusterIpFamilies;
  readonly #addresses = new Set<string>();
  readonly #ports = new Set<string>();
  #nextHost = FIRST_HOST;
  #nextPort = NODE_PORT_FIRST;

  constructor(families: ClusterIpFamilies) {
    this.#families = families;
  }

  /** Records allocations and releases; called with each change to Services, so that a dry run allocates nothing. */
  onServiceChange(change: StorageChange): void {
    // A write to the status shares the spec with the previous state.
    if (change.type === 'MODIFIED' && change.before?.['spec'] === change.object['spec']) return;
    if (change.before !== null) this.#track(serviceSpec(change.before), 'give back');
    if (change.type !== 'DELETED') this.#track(serviceSpec(change.object), 'take');
  }

  /** The proposed object with the cluster IPs and node ports that it lacks. */
  allocate({ object, before, subresource }: ProposedWrite): Result<JsonObject, readonly FieldError[]> {
    if (subresource === 'status') return ok(object);
    const spec = serviceSpec(object);
    if (textAt(spec, 'type') === 'ExternalName') return ok(object);
    const families = this.#withFamilies(spec, before === null ? null : serviceSpec(before));
    if (!families.ok) return families;
    const withAddresses = this.#withAddresses(families.value, before === null ? null : serviceSpec(before));
    if (!withAddresses.ok) return withAddresses;
    const withPorts = this.#withPorts(withAddresses.value, before === null ? null : serviceSpec(before));
    return withPorts.ok ? ok({ ...object, spec: withPorts.value }) : withPorts;
  }

  #withFamilies(spec: JsonObject, before: JsonObject | null): Result<JsonObject, readonly FieldError[]> {
    const hasNoSelector = Object.keys(isObject(spec['selector']) ? spec['selector'] : {}).length === 0;
    const isHeadlessWithoutSelector = textAt(spec, 'clusterIP') === 'None' && hasNoSelector;
    const defaultPolicy = isHeadlessWithoutSelector ? 'RequireDualStack' : 'SingleStack';
    const policy = textAt(spec, 'ipFamilyPolicy') || textAt(before ?? {}, 'ipFamilyPolicy') || defaultPolicy;
    let addresses = listAt(spec, 'clusterIPs');
    let families = listAt(spec, 'ipFamilies').map(String);
    if (before !== null && policy === 'SingleStack') {
      if (deepEqual(spec['clusterIPs'], before['clusterIPs'])) addresses = addresses.slice(0, 1);
      if (deepEqual(spec['ipFamilies'], before['ipFamilies'])) families = families.slice(0, 1);
    }
    const errors: FieldError[] = [];
    if (policy === 'SingleStack' && families.length === 2) {
      errors.push(
        invalidValue(
          'spec.ipFamilyPolicy',
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        ),
      );
    }
    if (policy === 'SingleStack' && addresses.length === 2) {
      errors.push(
        invalidValue(
          'spec.ipFamilyPolicy',
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
        ),
      );
    }
    for (const address of addresses.slice(families.length)) {
      if (address !== 'None') families.push(sloppyIpFamily(String(address)) === 6 ? 'IPv6' : 'IPv4');
    }
    if (policy === 'RequireDualStack' && this.#families.length < 2 && !isHeadlessWithoutSelector) {
      errors.push(
        invalidValue('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'),
      );
    }
    for (const [i, family] of families.entries()) {
      if (isHeadlessWithoutSelector || this.#families.some((known) => known === family)) continue;
      errors.push(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
    }
    if (errors.length > 0) return err(errors);
    if (families.length === 0) families = [this.#families[0] ?? 'IPv4'];
    if (
      policy !== 'SingleStack' &&
      families.length === 1 &&
      (this.#families.length === 2 || isHeadlessWithoutSelector)
    ) {
      families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    }
    return ok({
      ...spec,
      ipFamilyPolicy: policy,
      ipFamilies: families,
      ...(addresses.length === 0 ? {} : { clusterIPs: addresses }),
    });
  }

  #withAddresses(spec: JsonObject, before: JsonObject | null): Result<JsonObject, readonly FieldError[]> {
    const requested = listAt(spec, 'clusterIPs').map(String);
    if (requested[0] === 'None') return ok(spec);
    const own = new Set(listAt(before ?? {}, 'clusterIPs').map(String));
    for (const address of requested) {
      if (own.has(address) || !this.#addresses.has(address)) continue;
      return err([
        invalidValue(
          'spec.clusterIPs',
          requested,
          `failed to allocate IP ${address}: provided IP is already allocated`,
        ),
      ]);
    }
    const addresses = listAt(spec, 'ipFamilies').map(
      (family, i) => requested[i] ?? this.#freeAddress(family === 'IPv6'),
    );
    return ok({ ...spec, clusterIP: addresses[0] ?? '', clusterIPs: addresses });
  }

  #freeAddress(isIPv6: boolean): string {
    for (let tries = 0; tries < LAST_HOST; tries++) {
      const host = this.#nextHost;
      this.#nextHost = host >= LAST_HOST ? FIRST_HOST : host + 1;
      const address = isIPv6 ? hostIPv6(host) : hostIPv4(host);
      if (!this.#addresses.has(address)) return address;
    }
    return '';
  }

  #withPorts(spec: JsonObject, before: JsonObject | null): Result<JsonObject, readonly FieldError[]> {
    const own = new Set(portKeys(before ?? {}));
    const taken = new Set<string>();
    const errors: FieldError[] = [];
    const ports = listAt(spec, 'ports')
      .filter(isObject)
      .map((port, i) => {
        const protocol = textAt(port, 'protocol');
        const requested = port['nodePort'];
        if (typeof requested === 'number') {
          const key = `${protocol} ${requested}`;
          if (requested < NODE_PORT_FIRST || requested > NODE_PORT_LAST) {
            errors.push(
              invalidValue(
                `spec.ports[${i}].nodePort`,
                requested,
                `provided port is not in the valid range. The range of valid ports is ${NODE_PORT_FIRST}-${NODE_PORT_LAST}`,
              ),
            );
          } else if (!own.has(key) && this.#ports.has(key)) {
            errors.push(
              invalidValue(`spec.ports[${i}].nodePort`, requested, 'provided port is already allocated'),
            );
          }
          taken.add(key);
          return port;
        }
        if (!wantsNodePort(spec)) return port;
        const free = this.#freePort(protocol, taken);
        if (free === 0) errors.push(forbiddenField(`spec.ports[${i}].nodePort`, 'range is full'));
        taken.add(`${protocol} ${free}`);
        return withKey(port, 'nodePort', free);
      });
    if (errors.length > 0) return err(errors);
    let next = ports.length === 0 ? spec : withKey(spec, 'ports', ports as readonly Json[]);
    if (wantsHealthCheckPort(next) && next['healthCheckNodePort'] === undefined) {
      next = withKey(next, 'healthCheckNodePort', this.#freePort('TCP', taken));
    }
    return ok(next);
  }

  /** 0 where none is free. Ports are distinct over all protocols while there are enough. */
  #freePort(protocol: string, taken: ReadonlySet<string>): number {
    const count = NODE_PORT_LAST - NODE_PORT_FIRST + 1;
    for (let tries = 0; tries < count; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === NODE_PORT_LAST ? NODE_PORT_FIRST : port + 1;
      const key = `${protocol} ${port}`;
      if (!this.#ports.has(key) && !taken.has(key)) return port;
    }
    return 0;
  }

  #track(spec: JsonObject, action: 'take' | 'give back'): void {
    for (const address of listAt(spec, 'clusterIPs')) {
      if (action === 'take') this.#addresses.add(String(address));
      else this.#addresses.delete(String(address));
    }
    for (const key of portKeys(spec)) {
      if (action === 'take') this.#ports.add(key);
      else this.#ports.delete(key);
    }
  }
}

function portKeys(spec: JsonObject): readonly string[] {
  const keys = listAt(spec, 'ports').flatMap((port) =>
    isObject(port) && port['nodePort'] !== undefined
      ? [`${textAt(port, 'protocol')} ${port['nodePort']}`]
      : [],
  );
  const health = spec['healthCheckNodePort'];
  return health === undefined ? keys : [...keys, `TCP ${health}`];
}

function hostIPv4(host: number): string {
  const bits = IPV4_BASE + host;
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.');
}

function hostIPv6(host: number): string {
  const high = host >>> 16;
  const low = (host & 0xffff).toString(16);
  return high === 0 ? `fd00:10:96::${low}` : `fd00:10:96::${high.toString(16)}:${low}`;
}
