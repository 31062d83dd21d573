/** The live cluster, listed once. Only reads. */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { modelSizeError } from '../../delivery/model-size.ts';
import { describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import {
  BGP_ADVERTISEMENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  objectPath,
  type Resource,
  SERVICE_CIDRS,
  SERVICES,
} from '../../kube/resource.ts';
import { type CalicoInput, hasCalicoBgp } from './calico-input.ts';
import { CALICO_KINDS_UNREAD, readCalicoObjects } from './calico-objects.ts';
import type { ClusterReading } from './cluster-reading.ts';
import type { ClusterSource } from './cluster-source.ts';
import { ClusterState, wholeState } from './cluster-state.ts';
import { isNotServed, type ListedObjects, type ReadFailure, unreadText } from './collection-reader.ts';
import { familiesOfCidrs, familiesOfService, toClusterFamilies } from './file-cluster.ts';
import { readLiveClaims } from './live-claims.ts';
import { type DefaultNamespaces, type ResourceRef, refOf } from './resource-ref.ts';
import type { ClusterFamilies } from './server-defaults.ts';
import { ANNOUNCING_KINDS, hasSpeakers, type SpeakerInput } from './speaker-input.ts';
import { NEEDED_KINDS, readSpeakerObjects } from './speaker-objects.ts';

export type LiveClusterOptions = {
  readonly reading: ClusterReading;
  readonly defaultNamespaces: DefaultNamespaces;
  /** A cluster whose API server does not know IPAddressPools has none: that of MetalLB 0.12. Else it is an error. */
  readonly mayLackPools?: boolean;
};

export class LiveCluster implements ClusterSource {
  readonly description: string;
  readonly #options: LiveClusterOptions;

  constructor(options: LiveClusterOptions) {
    this.description = options.reading.description;
    this.#options = options;
  }

  async readState(): Promise<Result<ClusterState, string>> {
    return wholeState(await this.readPartialState());
  }

  async readPartialState(): Promise<ClusterState> {
    const { reading } = this.#options;
    const { namespace } = reading;
    const state = new ClusterState(namespace);
    const [services, pools, namespaces, layer2, bgp] = await Promise.all([
      reading.loadBalancers(null),
      reading.list({ resource: IP_ADDRESS_POOLS, namespace }),
      reading.list({ resource: NAMESPACES }),
      reading.list({ resource: L2_ADVERTISEMENTS, namespace }),
      reading.list({ resource: BGP_ADVERTISEMENTS, namespace }),
      readLiveClaims(reading, state.claimObjects),
    ]);
    for (const [{ kind }, problem] of [
      [SERVICES, listErrorText(SERVICES, services)],
      [IP_ADDRESS_POOLS, this.#poolErrorText(pools)],
      [NAMESPACES, listErrorText(NAMESPACES, namespaces)],
    ] as const) {
      if (problem !== null) state.missing.set(kind, problem);
    }
    noteAdvertisements(state, L2_ADVERTISEMENTS, layer2);
    noteAdvertisements(state, BGP_ADVERTISEMENTS, bgp);
    if (services.kind === 'ok') for (const one of services.services) state.services.set(one.key, one);
    for (const listed of [pools, namespaces, layer2, bgp]) this.#addTo(state, listed);
    // A remark for those who look in the wrong namespace: without the right to list all, there is none.
    if (pools.kind === 'ok' && state.pools.size === 0)
      this.#addTo(state, await reading.list({ resource: IP_ADDRESS_POOLS }));
    return state;
  }

  async findObject({ resource, namespace, name }: ResourceRef): Promise<Result<Raw | null, string>> {
    const path = objectPath(resource, { namespace: namespace === '' ? null : namespace, name });
    const outcome = await this.#options.reading.get(path);
    if (outcome.kind === 'ok') return ok(fieldsOf(outcome.body));
    if (isNotFound(outcome)) return ok(null);
    return err(`${resource.kind} ${name} cannot be read: ${describeOutcome(outcome)}`);
  }

  async readCalicoInput(): Promise<Result<CalicoInput | null, string>> {
    const { reading } = this.#options;
    const { resources, error } = await reading.calicoKinds();
    if (resources.length === 0 && error === null) return ok(null);
    const readResult = await readCalicoObjects({ reading, readSecrets: false, namespace: '' });
    if (typeof readResult === 'string') return err(readResult);
    const { objects, read, unread } = readResult;
    if (hasCalicoBgp(objects)) return ok({ objects, read, forbidden: new Set(unread.keys()) });
    const missing = ['BGPConfiguration', 'BGPPeer', CALICO_KINDS_UNREAD].flatMap(
      (kind) => unread.get(kind) ?? [],
    );
    return missing.length === 0 ? ok(null) : err(joinCauses(missing).join('; '));
  }

  async readSpeakerInput(mayAnnounce: boolean): Promise<Result<SpeakerInput | null, string>> {
    const { reading } = this.#options;
    const { namespace } = reading;
    const readResult = await readSpeakerObjects({ reading, onlyWhereAnnounced: !mayAnnounce });
    const { objects, read, unread } = readResult;
    if (hasSpeakers(objects, namespace) || mayAnnounce) {
      const missing = [...unread].filter(([kind]) => NEEDED_KINDS.has(kind)).map(([, sentence]) => sentence);
      const tooLarge = modelSizeError(objects);
      const problems = tooLarge === null ? missing : [...missing, tooLarge];
      return problems.length > 0 ? err(joinCauses(problems).join('; ')) : ok({ objects, read });
    }
    const unknown = [...ANNOUNCING_KINDS].flatMap((kind) => unread.get(kind) ?? []);
    return unknown.length === 0 ? ok(null) : err(joinCauses(unknown).join('; '));
  }

  /** From the ServiceCIDR `kubernetes`; before Kubernetes 1.33, from the Service `default/kubernetes`. */
  async readFamilies(): Promise<ClusterFamilies> {
    const cidrs = await this.#options.reading.get(
      objectPath(SERVICE_CIDRS, { namespace: null, name: 'kubernetes' }),
    );
    if (cidrs.kind === 'ok') return toClusterFamilies(familiesOfCidrs(fieldsOf(cidrs.body)));
    const service = await this.#options.reading.get(
      objectPath(SERVICES, { namespace: 'default', name: 'kubernetes' }),
    );
    return toClusterFamilies(service.kind === 'ok' ? familiesOfService(fieldsOf(service.body)) : []);
  }

  #addTo(state: ClusterState, listed: ListedObjects): void {
    for (const raw of listed.kind === 'ok' ? listed.items : []) {
      const ref = refOf(raw, this.#options.defaultNamespaces);
      if (ref !== null) state.put(ref, raw);
    }
  }

  #poolErrorText(listed: ListedObjects): string | null {
    const isAllowed = isNotServed(IP_ADDRESS_POOLS, listed) && this.#options.mayLackPools === true;
    return isAllowed ? null : listErrorText(IP_ADDRESS_POOLS, listed);
  }
}

/** Advertisements only add remarks, which need the kind and the right to list it. Any other failure is told. */
function noteAdvertisements(state: ClusterState, resource: Resource, listed: ListedObjects): void {
  if (listed.kind === 'ok' || isNotServed(resource, listed)) return;
  state.areAdvertisementsRead = false;
  const problem = listErrorText(resource, listed);
  if (
    problem !== null &&
    !state.unread.includes(problem) &&
    !(listed.kind === 'refused' && listed.status === 403)
  )
    state.unread.push(problem);
}

function listErrorText(resource: Resource, listed: ReadFailure | { readonly kind: 'ok' }): string | null {
  if (listed.kind === 'ok') return null;
  if (isNotServed(resource, listed)) {
    return `the cluster does not serve ${resource.plural}: install the CRDs with "berth crds | kubectl apply -f -"`;
  }
  if (listed.kind === 'refused' && listed.status === 403)
    return `you may not list ${resource.plural} in this cluster: ${listed.message}`;
  const problem = unreadText(resource, listed, 'listed');
  if (listed.kind === 'unconfigured') return problem;
  if (listed.kind !== 'refused') return `${problem}; check --kubeconfig and --context`;
  if (listed.status === 401) return `${problem}; your credentials are not valid, or have expired`;
  return listed.status === 404
    ? `${problem}; check that the server of the kubeconfig is an API server`
    : problem;
}
