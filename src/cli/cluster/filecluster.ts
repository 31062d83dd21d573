/** A cluster in files: manifests, or what `kubectl get -o yaml` printed. What is not said is what a server would say. */

import type { Millis } from '../../base/clock.ts';
import { ok, type Result } from '../../base/result.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../cluster/fields.ts';
import { SERVICES } from '../../kube/resource.ts';
import { type Everything, speaksOfCalico } from '../announcing/everything.ts';
import type { Manifest } from '../files/manifest.ts';
import { type Homes, housed, keyOfRef, type Ref, refOf } from './kinds.ts';
import { Scene } from './scene.ts';
import type { ClusterSource } from './source.ts';
import { asStored, type Families, type IpFamily } from './stored.ts';

export class FileCluster implements ClusterSource {
  readonly describe: string;
  readonly #objects = new Map<string, { readonly ref: Ref; readonly raw: Raw }>();
  /** Every object, those that no address depends on too, each where it lives. */
  readonly #all: readonly Raw[];
  readonly #homes: Homes;
  readonly #families: Families;

  constructor(
    manifests: readonly Manifest[],
    { describe, homes, wall }: { readonly describe: string; readonly homes: Homes; readonly wall: Millis },
  ) {
    this.describe = describe;
    this.#homes = homes;
    this.#families = familiesIn(manifests.map(({ raw }) => raw));
    this.#all = manifests.map(({ raw }) => housed(raw, homes));
    for (const { raw } of manifests) {
      const ref = refOf(raw, homes);
      if (ref === null) continue;
      this.#objects.set(keyOfRef(ref), { ref, raw: asStored(ref, raw, { families: this.#families, wall }) });
    }
  }

  async scene(): Promise<Result<Scene, string>> {
    const scene = new Scene(this.#homes.pools);
    for (const { ref, raw } of this.#objects.values()) scene.put(ref, raw);
    return ok(scene);
  }

  async find(ref: Ref): Promise<Result<Raw | null, string>> {
    return ok(this.#objects.get(keyOfRef(ref))?.raw ?? null);
  }

  async families(): Promise<Families> {
    return this.#families;
  }

  async announcing(): Promise<Everything | null> {
    return speaksOfCalico(this.#all) ? { objects: this.#all } : null;
  }
}

/** From a ServiceCIDR if there is one, else from what the Services show or ask for. IPv4 where nobody says. */
function familiesIn(objects: readonly Raw[]): Families {
  const cidrs = objects.find(({ kind }) => kind === 'ServiceCIDR');
  const found =
    cidrs === undefined
      ? objects.filter(({ kind }) => kind === SERVICES.kind).flatMap(familiesOfService)
      : familiesOfCidrs(cidrs);
  return asFamilies(found);
}

/** In the order of their first mention. */
export function asFamilies(found: readonly IpFamily[]): Families {
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
