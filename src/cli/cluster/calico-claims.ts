/** The objects that decide which Services Calico's own allocator claims, of a cluster state. */
import type { ExternalClaims } from '../../allocation/external-claims.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { IPAM_CLAIM_KINDS, ipamClaimsFrom } from '../../calico/objects/load-balancer-ipam.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { applyManifest } from './apply.ts';
import { isCalicoObject } from './calico-input.ts';

/** Without the API group: both groups of Calico's API hold the same objects. */
const keyOf = (kind: string, name: string): string => `${kind} ${name}`;

export class CalicoClaimObjects {
  /** Whether Calico announces by BGP; null where that is not known, and objects of Calico's API are taken for it. */
  isRunning: boolean | null = null;
  /** What could not be read, so that claims may be missing; null where everything was read. */
  problem: string | null = null;
  readonly #objects = new Map<string, Raw>();
  #hasCalico = false;

  copy(): CalicoClaimObjects {
    const copy = new CalicoClaimObjects();
    copy.isRunning = this.isRunning;
    copy.problem = this.problem;
    copy.#hasCalico = this.#hasCalico;
    for (const [key, raw] of this.#objects) copy.#objects.set(key, raw);
    return copy;
  }

  /** Adds or replaces an object; one that is not of Calico's API, or decides nothing, is ignored. */
  put(raw: Raw): void {
    if (!isCalicoObject(raw)) return;
    this.#hasCalico = true;
    const kind = textOf(raw['kind']);
    if (IPAM_CLAIM_KINDS.has(kind)) this.#objects.set(keyOf(kind, nameOf(raw)), raw);
  }

  /** Adds an object as `kubectl apply` would. */
  apply(manifest: Raw): void {
    const stored = this.#objects.get(keyOf(textOf(manifest['kind']), nameOf(manifest)));
    this.put(stored === undefined ? manifest : withRunningSpec(applyManifest(stored, manifest)));
  }

  all(): readonly Raw[] {
    return [...this.#objects.values()];
  }

  /** `id` is `Kind name`. */
  remove(id: string): void {
    this.#objects.delete(id);
  }

  /** The claims that the controller sees with this `--calico`. */
  claims(mode: CalicoMode): ExternalClaims | null {
    const isActive = mode === 'required' || (mode === 'auto' && (this.isRunning ?? this.#hasCalico));
    return isActive ? { ipam: ipamClaimsFrom([...this.#objects.values()]) } : null;
  }
}

/** kube-controllers reports the configuration that it runs with, and follows an edit of the spec. */
function withRunningSpec(configuration: Raw): Raw {
  const edited = fieldsOf(specOf(configuration)['controllers'])['loadBalancer'];
  const status = fieldsOf(configuration['status']);
  const runningConfig = fieldsOf(status['runningConfig']);
  const controllers = fieldsOf(runningConfig['controllers']);
  if (edited === undefined || controllers['loadBalancer'] === undefined) return configuration;
  const running = { ...runningConfig, controllers: { ...controllers, loadBalancer: edited } };
  return { ...configuration, status: { ...status, runningConfig: running } };
}
