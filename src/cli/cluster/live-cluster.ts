/** The live cluster, listed once. Only reads. */

import { fieldsOf, type Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { plural } from '../../base/text.ts';
import { COMMAND_PAIRS_MAX, modelSizeError } from '../../delivery/model-size.ts';
import { type ApiSender, describeOutcome } from '../../kube/http/api-request.ts';
import {
  type ListFailure,
  type ListReceiver,
  listPaged,
  type ResourceSelection,
} from '../../kube/informer/list.ts';
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
import { CALICO_API_VERSIONS } from './calico-kinds.ts';
import { CALICO_KINDS_UNREAD, readCalicoObjects } from './calico-objects.ts';
import type { ClusterSource } from './cluster-source.ts';
import { ClusterState } from './cluster-state.ts';
import { familiesOfCidrs, familiesOfService, toClusterFamilies } from './file-cluster.ts';
import { completeListItem } from './list-item.ts';
import { readLiveClaims } from './live-claims.ts';
import { listLoadBalancers } from './load-balancers.ts';
import { type DefaultNamespaces, type ResourceRef, refOf } from './resource-ref.ts';
import type { ClusterFamilies } from './server-defaults.ts';
import { ANNOUNCING_KINDS, hasSpeakers, type SpeakerInput } from './speaker-input.ts';
import { NEEDED_KINDS, readSpeakerObjects } from './speaker-objects.ts';

const REQUEST_TIMEOUT = 15_000;

export type LiveClusterOptions = {
  readonly sender: ApiSender;
  readonly description: string;
  readonly defaultNamespaces: DefaultNamespaces;
  /** A cluster whose API server does not know IPAddressPools has none: that of MetalLB 0.12. Else it is an error. */
  readonly mayLackPools?: boolean;
  /** Called with the progress of the lists, in a few words. */
  readonly progress: (text: string) => void;
};

export class LiveCluster implements ClusterSource {
  readonly description: string;
  readonly #options: LiveClusterOptions;

  constructor(options: LiveClusterOptions) {
    this.description = options.description;
    this.#options = options;
  }

  async readState(): Promise<Result<ClusterState, string>> {
    const namespace = this.#options.defaultNamespaces.pools;
    const state = new ClusterState(namespace);
    let count = 0;
    const into = (resource: Resource, replaces = true): ListReceiver => ({
      begin: () => {
        if (replaces) state.clear(resource);
      },
      item: (raw) => {
        const ref = refOf(completeListItem(resource, raw), this.#options.defaultNamespaces);
        if (ref !== null) state.put(ref, raw);
        count++;
        this.#options.progress(`reading ${this.description}: ${plural(count, 'object')} so far`);
      },
    });
    const listed = await Promise.all([
      listLoadBalancers(this.#options.sender, into(SERVICES)).then((listed) =>
        listErrorText(SERVICES, listed.kind === 'ok' ? null : listed),
      ),
      this.#listPools({ resource: IP_ADDRESS_POOLS, namespace }, into(IP_ADDRESS_POOLS)),
      this.#listResource({ resource: NAMESPACES }, into(NAMESPACES)),
      this.#listAdvertisements({ resource: L2_ADVERTISEMENTS, namespace }, into(L2_ADVERTISEMENTS)),
      this.#listAdvertisements({ resource: BGP_ADVERTISEMENTS, namespace }, into(BGP_ADVERTISEMENTS)),
      readLiveClaims(this.#options.sender, state.claimObjects).then(() => null),
    ]);
    const problem = listed.find((one) => one !== null) ?? null;
    if (problem !== null) return err(problem);
    // A remark for those who look in the wrong namespace: without the right to list all, there is none.
    if (state.pools.size === 0)
      await this.#listInto({ resource: IP_ADDRESS_POOLS }, into(IP_ADDRESS_POOLS, false));
    return ok(state);
  }

  async findObject({ resource, namespace, name }: ResourceRef): Promise<Result<Raw | null, string>> {
    const path = objectPath(resource, { namespace: namespace === '' ? null : namespace, name });
    const outcome = await this.#get(path);
    if (outcome.kind === 'ok') return ok(fieldsOf(outcome.body));
    if (outcome.kind === 'refused' && outcome.status === 404) return ok(null);
    return err(`${resource.kind} ${name} cannot be read: ${describeOutcome(outcome)}`);
  }

  async readCalicoInput(): Promise<Result<CalicoInput | null, string>> {
    const { sender, progress } = this.#options;
    const groups = await Promise.all(CALICO_API_VERSIONS.map((group) => this.#get(`/apis/${group}`)));
    if (groups.every((one) => one.kind === 'refused' && one.status === 404)) return ok(null);
    const readResult = await readCalicoObjects({ sender, readSecrets: false, namespace: '', progress });
    if (typeof readResult === 'string') return err(readResult);
    const { objects, read, unread } = readResult;
    if (hasCalicoBgp(objects)) return ok({ objects, read, forbidden: new Set(unread.keys()) });
    const missing = ['BGPConfiguration', 'BGPPeer', CALICO_KINDS_UNREAD].flatMap(
      (kind) => unread.get(kind) ?? [],
    );
    return missing.length === 0 ? ok(null) : err(missing.join('; '));
  }

  async readSpeakerInput(mayAnnounce: boolean): Promise<Result<SpeakerInput | null, string>> {
    const { sender, progress, defaultNamespaces } = this.#options;
    const namespace = defaultNamespaces.pools;
    const readResult = await readSpeakerObjects({
      sender,
      progress,
      namespace,
      onlyWhereAnnounced: !mayAnnounce,
    });
    const { objects, read, unread } = readResult;
    if (hasSpeakers(objects, namespace) || mayAnnounce) {
      const missing = [...unread].filter(([kind]) => NEEDED_KINDS.has(kind)).map(([, sentence]) => sentence);
      const tooLarge = modelSizeError(objects, COMMAND_PAIRS_MAX);
      const problems = tooLarge === null ? missing : [...missing, tooLarge];
      return problems.length > 0 ? err(problems.join('; ')) : ok({ objects, read });
    }
    const unknown = [...ANNOUNCING_KINDS].flatMap((kind) => unread.get(kind) ?? []);
    return unknown.length === 0 ? ok(null) : err(unknown.join('; '));
  }

  /** From the ServiceCIDR `kubernetes`; before Kubernetes 1.33, from the Service `default/kubernetes`. */
  async readFamilies(): Promise<ClusterFamilies> {
    const cidrs = await this.#get(objectPath(SERVICE_CIDRS, { namespace: null, name: 'kubernetes' }));
    if (cidrs.kind === 'ok') return toClusterFamilies(familiesOfCidrs(fieldsOf(cidrs.body)));
    const service = await this.#get(objectPath(SERVICES, { namespace: 'default', name: 'kubernetes' }));
    return toClusterFamilies(service.kind === 'ok' ? familiesOfService(fieldsOf(service.body)) : []);
  }

  async #listResource(selection: ResourceSelection, into: ListReceiver): Promise<string | null> {
    return listErrorText(selection.resource, await this.#listInto(selection, into));
  }

  async #listPools(selection: ResourceSelection, into: ListReceiver): Promise<string | null> {
    const failure = await this.#listInto(selection, into);
    const isUnknown = failure?.kind === 'refused' && failure.status === 404;
    const isAllowed = isUnknown && this.#options.mayLackPools === true;
    return isAllowed ? null : listErrorText(selection.resource, failure);
  }

  /** Advertisements only add remarks: without the kind, or without the right to list it, the command goes on. */
  async #listAdvertisements(selection: ResourceSelection, into: ListReceiver): Promise<string | null> {
    const failure = await this.#listInto(selection, into);
    const isUnavailable = failure?.kind === 'refused' && (failure.status === 404 || failure.status === 403);
    return isUnavailable ? null : listErrorText(selection.resource, failure);
  }

  async #listInto(selection: ResourceSelection, into: ListReceiver): Promise<ListFailure | null> {
    const { sender } = this.#options;
    const listed = await listPaged(sender, { ...selection, from: 'consistent' }, into);
    return listed.kind === 'ok' ? null : listed;
  }

  #get(path: string) {
    return this.#options.sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  }
}

function listErrorText(resource: Resource, failure: ListFailure | null): string | null {
  if (failure === null) return null;
  if (failure.kind === 'refused' && failure.status === 404) {
    return `the cluster does not serve ${resource.plural}: install the CRDs with "berth crds | kubectl apply -f -"`;
  }
  if (failure.kind === 'refused' && (failure.status === 401 || failure.status === 403)) {
    return `you may not list ${resource.plural} in this cluster: ${failure.message}`;
  }
  const problem = `${resource.plural} cannot be listed: ${describeOutcome(failure)}`;
  return failure.kind === 'refused' ? problem : `${problem}; check --kubeconfig and --context`;
}
