/**
 * A Service cut down to what assigning an address needs. Everything the cluster says is in here as it was
 * said: whether a wish can be read, or an ingress makes sense, is for `plan/` to judge.
 */
import type { Millis } from '../base/clock.ts';
import type { Condition } from './condition.ts';
import type { Labels } from './selector.ts';

/** `namespace/name`. */
export type ServiceKey = string;

export const serviceKey = (namespace: string, name: string): ServiceKey => `${namespace}/${name}`;

/** Parts of a key: Kubernetes names hold no slash. */
export function splitServiceKey(key: ServiceKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export type ServicePort = { readonly protocol: string; readonly port: number };

export type Ingress = {
  readonly ip: string | null;
  readonly hostname: string | null;
  /** The API server fills in `VIP` (Kubernetes 1.30 and later); null where it is absent. */
  readonly ipMode: string | null;
};

export type Service = {
  readonly key: ServiceKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Since the epoch. */
  readonly createdAt: Millis;
  /** `metadata.deletionTimestamp` is set. */
  readonly deleting: boolean;
  /** Labels, for `serviceSelectors`. */
  readonly labels: Labels;
  /** Only those of `isRelevantAnnotation`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly type: string;
  readonly loadBalancerClass: string | null;
  /** `spec.clusterIPs`, or `spec.clusterIP` alone where the list is missing; 'None' stays. */
  readonly clusterIPs: readonly string[];
  readonly ipFamilies: readonly string[];
  readonly ipFamilyPolicy: string | null;
  /** `spec.loadBalancerIP`; '' where it is absent. */
  readonly loadBalancerIP: string;
  readonly externalTrafficPolicy: string;
  /** `spec.selector` as canonical text: keys sorted, `k=v,k=v`. */
  readonly selector: string;
  readonly ports: readonly ServicePort[];
  readonly ingress: readonly Ingress[];
  /** Only those under `berth.dev/`. */
  readonly conditions: readonly Condition[];
  /** The field manager that last wrote `status.loadBalancer`, from `managedFields`; null where nobody says. */
  readonly statusWriter: string | null;
};
