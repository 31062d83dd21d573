/** A cluster in files: manifests, or the output of `kubectl get -o yaml`. Missing fields get the API server's defaults. */

import { isOldPool } from '../../allocation/findings/old-pools.ts';
import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { detectBackend, isBgpRunning } from '../../calico/findings/calico-installation.ts';
import { modelSizeError } from '../../delivery/model-size.ts';
import { SERVICES } from '../../kube/resource.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { objectsOfKind } from '../../objects/resource-kind.ts';
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
import { hasSpeakers, type SpeakerInput } from './speaker-input.ts';
import { misspelledObjects, READ_KINDS } from './suggestions.ts';

export class FileCluster implements ClusterSource {
  readonly description: string;
  readonly #objects = new Map<string, { readonly ref: ResourceRef; readonly raw: Raw }>();
  /** Every object, of whatever kind, with its namespace. */
  readonly #allObjects: readonly Raw[];
  readonly #defaultNamespaces: DefaultNamespaces;
  readonly #families: ClusterFamilies;

  constructor(
    manifests: readonly Manifest[],
    {
      description,
      defaultNamespaces,
      wall,
    }: {
      /** For headings. */
      readonly description: string;
      readonly defaultNamespaces: DefaultNamespaces;
      /** Creation time of objects that have none. */
      readonly wall: Millis;
    },
  ) {
    this.description = description;
    this.#defaultNamespaces = defaultNamespaces;
    this.#families = familiesIn(manifests.map(({ object }) => object));
    this.#allObjects = manifests.map(({ object }) => withDefaultNamespace(object, defaultNamespaces));
    for (const { object } of manifests) {
      const ref = refOf(object, defaultNamespaces);
      if (ref === null) continue;
      this.#objects.set(refKey(ref), {
        ref,
        raw: withServerDefaults(ref, object, { families: this.#families, wall }),
      });
    }
  }

  async readState(): Promise<Result<ClusterState, string>> {
    return ok(await this.readPartialState());
  }

  async readPartialState(): Promise<ClusterState> {
    const state = new ClusterState(this.#defaultNamespaces.pools);
    for (const { ref, raw } of this.#objects.values()) state.put(ref, raw);
    const { claimObjects } = state;
    claimObjects.isRunning = isBgpRunning(
      detectBackend((kind) => objectsOfKind(this.#allObjects, kind), false),
    );
    for (const raw of this.#allObjects) {
      claimObjects.put(raw);
      if (isOldPool(raw)) state.oldPools.add(nameOf(raw));
    }
    state.unread.push(...misspelledObjects(this.#allObjects, READ_KINDS));
    return state;
  }

  async findObject(ref: ResourceRef): Promise<Result<Raw | null, string>> {
    return ok(this.#objects.get(refKey(ref))?.raw ?? null);
  }

  async readFamilies(): Promise<ClusterFamilies> {
    return this.#families;
  }

  async readCalicoInput(): Promise<Result<CalicoInput | null, string>> {
    return ok(hasCalicoBgp(this.#allObjects) ? { objects: this.#allObjects } : null);
  }

  async readSpeakerInput(mayAnnounce: boolean): Promise<Result<SpeakerInput | null, string>> {
    const isNeeded = mayAnnounce || hasSpeakers(this.#allObjects, this.#defaultNamespaces.pools);
    if (!isNeeded) return ok(null);
    const tooLarge = modelSizeError(this.#allObjects);
    return tooLarge === null ? ok({ objects: this.#allObjects }) : err(tooLarge);
  }
}

/**
 * From the ServiceCIDR `kubernetes`, which alone decides it, if it is there; else from other ServiceCIDRs and Services that have a cluster IP. A manifest that was not applied shows what the cluster
 * has beside IPv4, and not what it lacks.
 */
function familiesIn(objects: readonly Raw[]): ClusterFamilies {
  const cidrs = objects.filter((raw) => isOfKind(raw, 'ServiceCIDR', 'networking.k8s.io'));
  const primary = cidrs.find((raw) => nameOf(raw) === 'kubernetes');
  if (primary !== undefined) return toClusterFamilies(familiesOfCidrs(primary));
  const services = objects.filter((raw) => isOfKind(raw, SERVICES.kind, ''));
  const applied = services.filter((raw) => textOf(specOf(raw)['clusterIP']) !== '');
  const shown = [...applied.flatMap(familiesOfService), ...cidrs.flatMap(familiesOfCidrs)];
  return toClusterFamilies(shown.length > 0 ? shown : ['IPv4', ...services.flatMap(familiesOfService)]);
}

/** In the order of the first occurrence. */
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
