/** Cluster addresses and node ports: what the server itself gives to Services, and takes back from those that go. */

import { err, ok, type Result } from '../../base/result.ts';
import { type FieldError, prohibited, wrong } from '../fielderror.ts';
import type { Change } from '../storage.ts';
import { isObject, type Json, type JsonObject, listAt, sameValue, textAt, withKey } from '../value.ts';
import { familyOf } from './addresses.ts';
import type { Draft } from './resource.ts';
import { wantsHealthPort, wantsNodePort } from './servicechange.ts';
import { specOf } from './serviceshape.ts';

/** The families of the cluster, first one first; each with the text before its host part. */
export type Families = readonly ('IPv4' | 'IPv6')[];

const NODE_PORT_FIRST = 30_000;
const NODE_PORT_LAST = 32_767;
/** 10.96.0.0/12 and fd00:10:96::/108, as in the real server of the tests; host 1 is the server's own. */
const IPV4_BASE = 10 * 2 ** 24 + 96 * 2 ** 16;
const HOSTS_FIRST = 10;
const HOSTS_MAX = 2 ** 20 - 2;

export class ServiceNetwork {
  readonly #families: Families;
  readonly #addresses = new Set<string>();
  readonly #ports = new Set<string>();
  #nextHost = HOSTS_FIRST;
  #nextPort = NODE_PORT_FIRST;

  constructor(families: Families) {
    this.#families = families;
  }

  /** Keeps the books: called with every change to Services, so that a dry run costs nothing. */
  follow(change: Change): void {
    // A status write shares the spec with the state before it.
    if (change.type === 'MODIFIED' && change.before?.['spec'] === change.object['spec']) return;
    if (change.before !== null) this.#book(specOf(change.before), 'give back');
    if (change.type !== 'DELETED') this.#book(specOf(change.object), 'take');
  }

  /** Gives `draft.object` what it needs and lacks. */
  allocate({ object, before, subresource }: Draft): Result<JsonObject, readonly FieldError[]> {
    if (subresource === 'status') return ok(object);
    const spec = specOf(object);
    if (textAt(spec, 'type') === 'ExternalName') return ok(object);
    const families = this.#withFamilies(spec, before === null ? null : specOf(before));
    if (!families.ok) return families;
    const addressed = this.#withAddresses(families.value, before === null ? null : specOf(before));
    if (!addressed.ok) return addressed;
    const ported = this.#withPorts(addressed.value, before === null ? null : specOf(before));
    return ported.ok ? ok({ ...object, spec: ported.value }) : ported;
  }

  #withFamilies(spec: JsonObject, before: JsonObject | null): Result<JsonObject, readonly FieldError[]> {
    const selectorless = Object.keys(isObject(spec['selector']) ? spec['selector'] : {}).length === 0;
    const headlessAlone = textAt(spec, 'clusterIP') === 'None' && selectorless;
    const unset = headlessAlone ? 'RequireDualStack' : 'SingleStack';
    const policy = textAt(spec, 'ipFamilyPolicy') || textAt(before ?? {}, 'ipFamilyPolicy') || unset;
    let addresses = listAt(spec, 'clusterIPs');
    let families = listAt(spec, 'ipFamilies').map(String);
    if (before !== null && policy === 'SingleStack') {
      if (sameValue(spec['clusterIPs'], before['clusterIPs'])) addresses = addresses.slice(0, 1);
      if (sameValue(spec['ipFamilies'], before['ipFamilies'])) families = families.slice(0, 1);
    }
    const errors: FieldError[] = [];
    if (policy === 'SingleStack' && families.length === 2) {
      errors.push(
        wrong(
          'spec.ipFamilyPolicy',
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        ),
      );
    }
    if (policy === 'SingleStack' && addresses.length === 2) {
      errors.push(
        wrong(
          'spec.ipFamilyPolicy',
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
        ),
      );
    }
    for (const address of addresses.slice(families.length)) {
      if (address !== 'None') families.push(familyOf(String(address)) === 6 ? 'IPv6' : 'IPv4');
    }
    if (policy === 'RequireDualStack' && this.#families.length < 2 && !headlessAlone) {
      errors.push(
        wrong('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'),
      );
    }
    for (const [i, family] of families.entries()) {
      if (headlessAlone || this.#families.some((known) => known === family)) continue;
      errors.push(wrong(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
    }
    if (errors.length > 0) return err(errors);
    if (families.length === 0) families = [this.#families[0] ?? 'IPv4'];
    if (policy !== 'SingleStack' && families.length === 1 && (this.#families.length === 2 || headlessAlone)) {
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
    const held = listAt(spec, 'clusterIPs').map(String);
    if (held[0] === 'None') return ok(spec);
    const own = new Set(listAt(before ?? {}, 'clusterIPs').map(String));
    for (const address of held) {
      if (own.has(address) || !this.#addresses.has(address)) continue;
      return err([
        wrong('spec.clusterIPs', held, `failed to allocate IP ${address}: provided IP is already allocated`),
      ]);
    }
    const addresses = listAt(spec, 'ipFamilies').map(
      (family, i) => held[i] ?? this.#freeAddress(family === 'IPv6'),
    );
    return ok({ ...spec, clusterIP: addresses[0] ?? '', clusterIPs: addresses });
  }

  #freeAddress(six: boolean): string {
    for (let tries = 0; tries < HOSTS_MAX; tries++) {
      const host = this.#nextHost;
      this.#nextHost = host >= HOSTS_MAX ? HOSTS_FIRST : host + 1;
      const address = six ? hostIPv6(host) : hostIPv4(host);
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
        const held = port['nodePort'];
        if (typeof held === 'number') {
          const key = `${protocol} ${held}`;
          if (held < NODE_PORT_FIRST || held > NODE_PORT_LAST) {
            errors.push(
              wrong(
                `spec.ports[${i}].nodePort`,
                held,
                `provided port is not in the valid range. The range of valid ports is ${NODE_PORT_FIRST}-${NODE_PORT_LAST}`,
              ),
            );
          } else if (!own.has(key) && this.#ports.has(key)) {
            errors.push(wrong(`spec.ports[${i}].nodePort`, held, 'provided port is already allocated'));
          }
          taken.add(key);
          return port;
        }
        if (!wantsNodePort(spec)) return port;
        const free = this.#freePort(protocol, taken);
        if (free === 0) errors.push(prohibited(`spec.ports[${i}].nodePort`, 'range is full'));
        taken.add(`${protocol} ${free}`);
        return withKey(port, 'nodePort', free);
      });
    if (errors.length > 0) return err(errors);
    let next = ports.length === 0 ? spec : withKey(spec, 'ports', ports as readonly Json[]);
    if (wantsHealthPort(next) && next['healthCheckNodePort'] === undefined) {
      next = withKey(next, 'healthCheckNodePort', this.#freePort('TCP', taken));
    }
    return ok(next);
  }

  /** 0 when there is none left; ports stay apart over all protocols as long as they last. */
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

  #book(spec: JsonObject, how: 'take' | 'give back'): void {
    for (const address of listAt(spec, 'clusterIPs')) {
      if (how === 'take') this.#addresses.add(String(address));
      else this.#addresses.delete(String(address));
    }
    for (const key of portKeys(spec)) {
      if (how === 'take') this.#ports.add(key);
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
