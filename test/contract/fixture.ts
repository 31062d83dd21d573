/** The fixture of a row of the contract: an API server, a namespace of its own, and short functions for both. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { MERGE_PATCH } from '../../src/objects/patch-type.ts';
import type { CallOptions, Client, Loose, Reply, Watch } from './client.ts';

export type ContractRow = readonly [title: string, run: (api: ApiFixture) => Promise<void>];

export const WIDGETS = '/apis/contract.berth.dev/v1';

export type Query = Readonly<Record<string, string>>;

export class ApiFixture {
  readonly client: Client;
  readonly namespace: string;
  readonly #watches: Watch[] = [];

  constructor(client: Client, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  /** `services`, `services/a`, `leases`, `widgets/a/status`: within the namespace of the row. */
  path(resourcePath: string, query: Query = {}): string {
    const [plural = ''] = resourcePath.split('/');
    const root = API_ROOTS[plural] ?? '/api/v1';
    const search = new URLSearchParams(query).toString();
    return `${root}/namespaces/${this.namespace}/${resourcePath}${search === '' ? '' : `?${search}`}`;
  }

  call(
    method: string,
    resourcePath: string,
    body?: unknown,
    options?: CallOptions,
    query?: Query,
  ): Promise<Reply> {
    const path = resourcePath.startsWith('/') ? resourcePath : this.path(resourcePath, query);
    return this.client.call(method, path, body, options);
  }

  /** As `call`; the status must be 2xx; returns the body. */
  async must(
    method: string,
    resourcePath: string,
    body?: unknown,
    options?: CallOptions,
    query?: Query,
  ): Promise<Loose> {
    const reply = await this.call(method, resourcePath, body, options, query);
    assert.ok(reply.status < 300, `${method} ${resourcePath}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** The response must have `code` and `reason`, and a message with all of `parts`. */
  async mustRefuse(
    reply: Promise<Reply>,
    code: number,
    reason: string,
    ...messageParts: readonly string[]
  ): Promise<Loose> {
    const { status, body } = await reply;
    assert.deepEqual([status, body.reason], [code, reason], JSON.stringify(body));
    assert.equal(body.kind, 'Status');
    for (const part of messageParts)
      assert.ok(body.message.includes(part), `${JSON.stringify(part)} is not in: ${body.message}`);
    return body;
  }

  service(name: string, spec: Loose = {}, metadata: Loose = {}): Promise<Loose> {
    return this.must('POST', 'services', service(name, spec, metadata));
  }

  get(resourcePath: string): Promise<Loose> {
    return this.must('GET', resourcePath);
  }

  patch(resourcePath: string, body: unknown, type: string = MERGE_PATCH, query?: Query): Promise<Loose> {
    return this.must('PATCH', resourcePath, body, { type }, query);
  }

  /** Sets the addresses of a Service's status. */
  ingress(name: string, ...ips: readonly string[]): Promise<Loose> {
    const ingress = ips.map((ip) => ({ ip }));
    return this.patch(`services/${name}/status`, { status: { loadBalancer: { ingress } } });
  }

  async watch(plural: string, query: Query = {}, accept?: string): Promise<Watch> {
    const watch = await this.client.watch(this.path(plural, { watch: '1', ...query }), accept);
    this.#watches.push(watch);
    return watch;
  }

  /** The resourceVersion of a list of `plural`. */
  async listVersion(plural: string): Promise<string> {
    return (await this.get(plural)).metadata.resourceVersion;
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }
}

const API_ROOTS: Readonly<Record<string, string>> = {
  leases: '/apis/coordination.k8s.io/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
  deployments: '/apis/apps/v1',
  widgets: WIDGETS,
};

export const service = (name: string, spec: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...(name === '' ? {} : { name }), ...metadata },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
});

export const configMap = (name: string, data: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

export const widget = (name: string, spec: Loose = {}, more: Loose = {}): Loose => ({
  apiVersion: 'contract.berth.dev/v1',
  kind: 'Widget',
  metadata: { name },
  spec: { size: 3, ...spec },
  ...more,
});

export async function makeNamespace(client: Client): Promise<string> {
  const name = `contract-${randomBytes(5).toString('hex')}`;
  const reply = await client.call('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return name;
}

/** The fields of `object` that `wanted` has. */
export function assertIncludes(object: Loose, expected: Loose): void {
  assert.deepEqual(pickFields(object, expected), expected);
}

function pickFields(object: Loose, expected: Loose): Loose {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return object;
  if (typeof object !== 'object' || object === null) return object;
  return Object.fromEntries(
    Object.keys(expected).map((key) => [key, pickFields(object[key], expected[key])]),
  );
}
