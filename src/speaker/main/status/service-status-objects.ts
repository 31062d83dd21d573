/**
 * Creates, patches and deletes MetalLB's status objects of one Service and one node: ServiceBGPStatus and ServiceL2Status.
 * Both have the same labels and the same fields that name the Service and the node.
 */
import type { Raw } from '../../../base/json.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { collectionPath, objectPath, type Resource } from '../../../kube/resource.ts';
import { apiVersionOf } from '../../../objects/api-group.ts';
import { MERGE_PATCH } from '../../../objects/patch-type.ts';
import { type ServiceKey, splitServiceKey } from '../../../objects/service.ts';
import { SERVICE_STATUS_LABELS } from '../../../objects/service-status-labels.ts';
import { API_REQUEST_TIMEOUT } from '../../../runtime/main/adapters.ts';
import { toRequestOutcome, toWriteOutcome } from '../../../runtime/main/request-outcome.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import { nodeLabelValue } from '../../status/node-label.ts';

/** An object that is deleted together with the status objects that it owns. */
export type StatusOwner = { readonly name: string; readonly uid: string };

export type ServiceStatusContext<Stored, Seen extends Stored> = {
  readonly client: ApiSender;
  readonly namespace: string;
  readonly node: string;
  /** Null where there is none, or where it cannot be read. */
  readonly owner: () => StatusOwner | null;
  /** An object in a response, ahead of the watch. */
  readonly observed: (object: Seen) => void;
  readonly deleted: (object: Stored) => void;
};

export type ServiceStatusKind<Seen> = {
  readonly resource: Resource;
  /** The resource of the owners. */
  readonly ownerResource: Resource;
  /** Null for an object that is none of this kind. */
  readonly decode: (raw: Raw) => Seen | null;
};

/** What the API server gives a new object its name by. */
export type StatusName = { readonly name: string } | { readonly generateName: string };

export type DeletePreconditions = { readonly uid: string; readonly resourceVersion: string };

/** The effect of each call is reported to `observed` or `deleted` before its promise settles. */
export class ServiceStatusObjects<Stored extends { readonly name: string }, Seen extends Stored> {
  readonly #kind: ServiceStatusKind<Seen>;
  readonly #context: ServiceStatusContext<Stored, Seen>;

  constructor(kind: ServiceStatusKind<Seen>, context: ServiceStatusContext<Stored, Seen>) {
    this.#kind = kind;
    this.#context = context;
  }

  /** The object is created without a status, which is a subresource. */
  async create(key: ServiceKey, nameBy: StatusName): Promise<RequestOutcome<Seen>> {
    const { resource, ownerResource } = this.#kind;
    const { namespace, node } = this.#context;
    const service = splitServiceKey(key);
    const owner = this.#context.owner();
    const ownerReference = { apiVersion: apiVersionOf(ownerResource), kind: ownerResource.kind, ...owner };
    const metadata = {
      ...nameBy,
      namespace,
      labels: {
        [SERVICE_STATUS_LABELS.node]: nodeLabelValue(node),
        [SERVICE_STATUS_LABELS.name]: service.name,
        [SERVICE_STATUS_LABELS.namespace]: service.namespace,
      },
      ...(owner === null ? {} : { ownerReferences: [ownerReference] }),
    };
    const outcome = await this.#context.client.send({
      method: 'POST',
      path: collectionPath(resource, namespace),
      body: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, spec: {} },
      timeout: API_REQUEST_TIMEOUT,
    });
    const answer = toRequestOutcome(outcome, this.#kind.decode);
    if (answer.kind === 'done') this.#context.observed(answer.value);
    return answer;
  }

  /** Writes the fields of `status`, and those that name the Service and the node. Null removes a field. */
  async patchStatus(
    object: Stored,
    key: ServiceKey,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<RequestOutcome<Seen>> {
    const { name: serviceName, namespace: serviceNamespace } = splitServiceKey(key);
    const { client, node } = this.#context;
    const outcome = await client.send({
      method: 'PATCH',
      path: this.#pathOf(object, 'status'),
      body: { status: { node, serviceName, serviceNamespace, ...fields } },
      contentType: MERGE_PATCH,
      timeout: API_REQUEST_TIMEOUT,
    });
    const answer = toRequestOutcome(outcome, this.#kind.decode);
    if (answer.kind === 'done') this.#context.observed(answer.value);
    else if (answer.kind === 'gone') this.#context.deleted(object);
    return answer;
  }

  /** With `preconditions` only that very object in that version. */
  async delete(object: Stored, preconditions: DeletePreconditions | null): Promise<RequestOutcome<void>> {
    const outcome = await this.#context.client.send({
      method: 'DELETE',
      path: this.#pathOf(object),
      ...(preconditions === null ? {} : { body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions } }),
      timeout: API_REQUEST_TIMEOUT,
    });
    const answer = toWriteOutcome(outcome);
    if (answer.kind === 'done' || answer.kind === 'gone') this.#context.deleted(object);
    return answer;
  }

  #pathOf({ name }: Stored, subresource = ''): string {
    const { namespace } = this.#context;
    return objectPath(this.#kind.resource, { namespace, name }, subresource);
  }
}
