/** The live cluster, read once, list by list; nothing is written. */

import { err, ok, type Result } from '../../base/result.ts';
import { plural } from '../../base/text.ts';
import { fieldsOf, type Raw, textOf } from '../../cluster/fields.ts';
import { type Failure, type ListReceiver, listEach, type Selection } from '../../kube/list.ts';
import { type ApiSender, describeOutcome } from '../../kube/outcome.ts';
import {
  apiVersion,
  BGP_ADVERTISEMENTS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  objectPath,
  POOLS,
  type Resource,
  SERVICE_CIDRS,
  SERVICES,
} from '../../kube/resource.ts';
import { type Everything, speaksOfCalico } from '../announcing/everything.ts';
import { CALICO_GROUPS, gather } from '../doctor/gather.ts';
import { asFamilies, familiesOfCidrs, familiesOfService } from './filecluster.ts';
import { type Homes, type Ref, refOf } from './kinds.ts';
import { Scene } from './scene.ts';
import type { ClusterSource } from './source.ts';
import type { Families } from './stored.ts';

const REQUEST_TIMEOUT = 15_000;

export type LiveOptions = {
  readonly sender: ApiSender;
  readonly describe: string;
  readonly homes: Homes;
  /** How far the lists are, in a few words, whenever that changes. */
  readonly progress: (text: string) => void;
};

export class LiveCluster implements ClusterSource {
  readonly describe: string;
  readonly #options: LiveOptions;

  constructor(options: LiveOptions) {
    this.describe = options.describe;
    this.#options = options;
  }

  async scene(): Promise<Result<Scene, string>> {
    const namespace = this.#options.homes.pools;
    const scene = new Scene(namespace);
    let count = 0;
    const into = (resource: Resource): ListReceiver => ({
      begin: () => scene.clear(resource),
      item: (raw) => {
        // The items of a list carry neither kind nor version.
        const typed = { ...raw, apiVersion: apiVersion(resource), kind: resource.kind };
        const ref = refOf(typed, this.#options.homes);
        if (ref !== null) scene.put(ref, raw);
        count++;
        this.#options.progress(`reading ${this.describe}: ${plural(count, 'object')} so far`);
      },
    });
    const listed = await Promise.all([
      this.#services(into(SERVICES)),
      this.#list({ resource: POOLS, namespace }, into(POOLS)),
      this.#list({ resource: NAMESPACES }, into(NAMESPACES)),
      this.#advertisements({ resource: L2_ADVERTISEMENTS, namespace }, into(L2_ADVERTISEMENTS)),
      this.#advertisements({ resource: BGP_ADVERTISEMENTS, namespace }, into(BGP_ADVERTISEMENTS)),
    ]);
    const problem = listed.find((one) => one !== null) ?? null;
    return problem === null ? ok(scene) : err(problem);
  }

  async find({ resource, namespace, name }: Ref): Promise<Result<Raw | null, string>> {
    const path = objectPath(resource, { namespace: namespace === '' ? null : namespace, name });
    const outcome = await this.#get(path);
    if (outcome.kind === 'ok') return ok(fieldsOf(outcome.body));
    if (outcome.kind === 'refused' && outcome.status === 404) return ok(null);
    return err(`${resource.kind} ${name} cannot be read: ${describeOutcome(outcome)}`);
  }

  async announcing(): Promise<Everything | null> {
    const { sender, progress } = this.#options;
    const groups = await Promise.all(CALICO_GROUPS.map((group) => this.#get(`/apis/${group}`)));
    if (!groups.some(({ kind }) => kind === 'ok')) return null;
    const gathered = await gather({ sender, readSecrets: false, namespace: '', progress });
    if (typeof gathered === 'string' || !speaksOfCalico(gathered.objects)) return null;
    const { objects, read, unread } = gathered;
    return { objects, read, forbidden: new Set(unread.keys()) };
  }

  /** From the cluster's ServiceCIDR; before Kubernetes 1.33, from the Service that every cluster has. */
  async families(): Promise<Families> {
    const cidrs = await this.#get(objectPath(SERVICE_CIDRS, { namespace: null, name: 'kubernetes' }));
    if (cidrs.kind === 'ok') return asFamilies(familiesOfCidrs(fieldsOf(cidrs.body)));
    const service = await this.#get(objectPath(SERVICES, { namespace: 'default', name: 'kubernetes' }));
    return asFamilies(service.kind === 'ok' ? familiesOfService(fieldsOf(service.body)) : []);
  }

  /** Only those of type LoadBalancer, where the server knows that selector (Kubernetes 1.31 and later). */
  async #services(into: ListReceiver): Promise<string | null> {
    const resource = SERVICES;
    const filtered = await this.#each({ resource, fieldSelector: 'spec.type=LoadBalancer' }, into);
    if (filtered === null || !(filtered.kind === 'refused' && filtered.status === 400)) {
      return sentence(resource, filtered);
    }
    const item = (raw: Raw): void => {
      if (textOf(fieldsOf(raw['spec'])['type']) === 'LoadBalancer') into.item(raw);
    };
    return this.#list({ resource }, { begin: into.begin, item });
  }

  async #list(selection: Selection, into: ListReceiver): Promise<string | null> {
    return sentence(selection.resource, await this.#each(selection, into));
  }

  /** Without the kind, or without the right to see it, all that is lost is a remark. */
  async #advertisements(selection: Selection, into: ListReceiver): Promise<string | null> {
    const failure = await this.#each(selection, into);
    const isUnseen = failure?.kind === 'refused' && (failure.status === 404 || failure.status === 403);
    return isUnseen ? null : sentence(selection.resource, failure);
  }

  async #each(selection: Selection, into: ListReceiver): Promise<Failure | null> {
    const { sender } = this.#options;
    const listed = await listEach(sender, { ...selection, from: 'consistent' }, into);
    return listed.kind === 'ok' ? null : listed;
  }

  #get(path: string) {
    return this.#options.sender.send({ method: 'GET', path, timeout: REQUEST_TIMEOUT });
  }
}

function sentence(resource: Resource, failure: Failure | null): string | null {
  if (failure === null) return null;
  if (failure.kind === 'refused' && failure.status === 404) {
    return `the cluster knows no ${resource.kind}: install the kinds with \`berth crds | kubectl apply -f -\``;
  }
  if (failure.kind === 'refused' && (failure.status === 401 || failure.status === 403)) {
    return `the cluster does not let you list ${resource.plural}: ${failure.message}`;
  }
  const says = `${resource.plural} cannot be listed: ${describeOutcome(failure)}`;
  return failure.kind === 'refused' ? says : `${says}; check --kubeconfig and --context`;
}
