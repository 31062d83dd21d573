/** A cluster in files: manifests, or what `kubectl get -o yaml` printed. What is not said is what a server would say. */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import { SERVICES } from '../../kube/resource.ts';
import type { ParsedManifest } from '../files/parse-manifests.ts';
import { type CalicoInput, hasCalicoBgp } from './calico-input.ts';
import type { ClusterSource } from './cluster-source.ts';
import { ClusterState } from './cluster-state.ts';
import {
  type DefaultNamespaces,
  type ResourceRef,
  refKey,
  refOf,
  withDefaultNamespace,
} from './resource-ref.ts';
import { type ClusterFamilies, type IpFamily, withServerDefaults } from './server-defaults.ts';

export class FileCluster implements ClusterSource {
  readonly description: string;
  readonly #objects = new Map<string, { readonly ref: ResourceRef; readonly raw: Raw }>();
  /** Every object, those that no address depends on too, each where it lives. */
  readonly #allObjects: readonly Raw[];
  readonly #defaultNamespaces: DefaultNamespaces;
  readonly #readFamilies: ClusterFamilies;

  constructor(
    manifests: readonly ParsedManifest[],
    {
      describe: description,
      homes: defaultNamespaces,
      wall,
    }: { readonly describe: string; readonly homes: DefaultNamespaces; readonly wall: Millis },
  ) {
    this.description = description;
    this.#defaultNamespaces = defaultNamespaces;
    this.#readFamilies = familiesIn(manifests.map(({ raw }) => raw));
    this.#allObjects = manifests.map(({ raw }) => withDefaultNamespace(raw, defaultNamespaces));
    for (const { raw } of manifests) {
      const ref = refOf(raw, defaultNamespaces);
      if (ref === null) continue;
      this.#objects.set(refKey(ref), {
        ref,
        raw: withServerDefaults(ref, raw, { families: this.#readFamilies, wall }),
      });
    }
  }

  async readState(): Promise<Result<ClusterState, string>> {
    const state = new ClusterState(this.#defaultNamespaces.pools);
    for (const { ref, raw } of this.#objects.values()) state.put(ref, raw);
    return ok(state);
  }

  async findObject(ref: ResourceRef): Promise<Result<Raw | null, string>> {
    return ok(this.#objects.get(refKey(ref))?.raw ?? null);
  }

  async readFamilies(): Promise<ClusterFamilies> {
    return this.#readFamilies;
  }

  async readCalicoInput(): Promise<CalicoInput | null> {
    return hasCalicoBgp(this.#allObjects) ? { objects: this.#allObjects } : null;
  }
}

/** From a ServiceCIDR if there is one, else from what the Services show or ask for. IPv4 where nobody says. */
function familiesIn(objects: readonly Raw[]): ClusterFamilies {
  const cidrs = objects.find(({ kind }) => kind === 'ServiceCIDR');
  const found =
    cidrs === undefined
      ? objects.filter(({ kind }) => kind === SERVICES.kind).flatMap(familiesOfService)
      : familiesOfCidrs(cidrs);
  return toClusterFamilies(found);
}

/** In the order of their first mention. */
export function toClusterFamilies(found: readonly IpFamily[]): ClusterFamilies {
  const [first = 'IPv4', second] = new Set(found);
  return second === undefined ? [first] : [first, second];
}

export const familiesOfCidrs = (serviceCidr: Raw): readonly IpFamily[] =>
  listOf(fieldsOf(serviceCidr['spec'])['cidrs']).map((cidr) =>
    textOf(cidr).includes(':') ? 'IPv6' : 'IPv4',
  );

export function familiesOfService(service: Raw): readonly IpFamily[] {
  const families = listOf(fieldsOf(service['spec'])['ipFamilies']);
  return families.filter((one): one is IpFamily => one === 'IPv4' || one === 'IPv6');
}
