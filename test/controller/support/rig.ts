/**
 * A real API server with the CRDs, and short methods for what tests do there. `clean` ends the controllers of a test and
 * removes its objects, so that one API server serves many tests.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../../dev/place.mjs';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import type { ApiClient } from '../../support/real-api/client.ts';
import { borrowApi } from '../../support/real-api/lent.ts';
import type { ApiOptions } from '../../support/real-api/options.ts';
import type { RealApi } from '../../support/real-api/start.ts';
import { dedicatedApi } from '../../support/real-api.ts';
import { installProgram, Program } from './program.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of the API, read by tests that know their shape
export type AnyObject = any;

export const NAMESPACE = 'metallb-system';
export const ASSIGNED = 'berth.dev/Assigned';

const services = (namespace = 'default'): string => `/api/v1/namespaces/${namespace}/services`;
const POOLS = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`;

/** Collections that tests leave objects in. */
const LEFTOVERS = [
  '/apis/coordination.k8s.io/v1/namespaces/metallb-system/leases',
  '/apis/apps/v1/namespaces/metallb-system/deployments',
  '/api/v1/namespaces/metallb-system/configmaps',
  '/api/v1/namespaces/metallb-system/events',
  '/api/v1/namespaces/default/events',
  '/apis/metallb.io/v1beta1/namespaces/metallb-system/configurationstates',
  '/apis/berth.dev/v1alpha1/namespaces/metallb-system/speakerstatuses',
  '/apis/metallb.io/v1beta1/namespaces/metallb-system/l2advertisements',
  '/apis/metallb.io/v1beta1/namespaces/metallb-system/bgpadvertisements',
  POOLS,
];

export type RigOptions = ApiOptions & { readonly crds?: boolean };

/** With a server of its own it is a `Rig<RealApi>`, which can kill and freeze it. */
export class Rig<Api extends ApiClient = ApiClient> {
  readonly api: Api;
  /** Path of the built program. */
  readonly script: string;
  readonly #endApi: () => Promise<void> | void;
  readonly #programs: Program[] = [];

  private constructor(api: Api, script: string, endApi: () => Promise<void> | void) {
    this.api = api;
    this.script = script;
    this.#endApi = endApi;
  }

  static async start({ crds = true, ...options }: RigOptions = {}): Promise<Rig<RealApi>> {
    const api = await dedicatedApi(options);
    const rig = new Rig(api, await installProgram(api.folder), () => api.stop());
    await rig.#createNamespace();
    if (crds) await rig.installCrds();
    return rig;
  }

  /**
   * The same with a server that other files have before and after, if one is free. For files that call `clean` after each test,
   * and leave nothing that it does not remove.
   */
  static async borrow(): Promise<Rig> {
    const lent = borrowApi();
    if (lent === null) return Rig.start();
    const { api, giveBack } = lent;
    const rig = new Rig(api, await installProgram(api.folder), giveBack);
    if ((await api.request('GET', POOLS)).status === 200) return rig;
    await rig.#createNamespace();
    await rig.installCrds();
    return rig;
  }

  async #createNamespace(): Promise<void> {
    await this.api.requestOk('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
  }

  async installCrds(): Promise<void> {
    await this.kubectl(['apply', '-k', join(root, 'deploy/crds')]);
    await eventually(() => this.api.requestOk('GET', POOLS));
  }

  /** Ends the controllers and removes what stood in the cluster. */
  async clean(): Promise<void> {
    await Promise.all(this.#programs.splice(0).map((program) => program.stop()));
    for (const { metadata } of await this.services()) {
      if (metadata.name === 'kubernetes') continue;
      const path = `${services(metadata.namespace)}/${metadata.name}`;
      if (metadata.finalizers !== undefined)
        await this.api.request('PATCH', path, { metadata: { finalizers: null } });
      await this.api.request('DELETE', path);
    }
    for (const path of LEFTOVERS) await this.api.request('DELETE', path);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#programs.splice(0).map((program) => program.kill9()));
    await this.#endApi();
  }

  // --- programs

  /** A controller without ports; `--leader-elect=false` unless the test gives that flag. */
  controller(...flags: readonly string[]): Program {
    const election = flags.some((flag) => flag.startsWith('--leader-elect')) ? [] : ['--leader-elect=false'];
    return this.program(
      'controller',
      '--kubeconfig',
      this.api.kubeconfig,
      ...NO_PORTS,
      ...election,
      ...flags,
    );
  }

  program(...args: readonly string[]): Program {
    const program = new Program(this.script, args);
    this.#programs.push(program);
    return program;
  }

  /** A controller that has begun to serve. */
  async startServing(...flags: readonly string[]): Promise<Program> {
    const program = this.controller(...flags);
    await program.waitUntilServing();
    return program;
  }

  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const ran = await this.api.kubectl(args, input === undefined ? {} : { input });
    assert.equal(ran.code, 0, `kubectl ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  }

  // --- pools

  pool(
    name: string,
    addresses: readonly string[],
    spec: AnyObject = {},
    metadata: AnyObject = {},
  ): Promise<AnyObject> {
    return this.api.requestOk('POST', POOLS, {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec: { addresses, ...spec },
    });
  }

  getPool(name: string): Promise<AnyObject> {
    return this.api.requestOk('GET', `${POOLS}/${name}`);
  }

  editPool(name: string, spec: AnyObject): Promise<AnyObject> {
    return this.api.requestOk('PATCH', `${POOLS}/${name}`, { spec });
  }

  async deletePool(name: string): Promise<void> {
    await this.api.requestOk('DELETE', `${POOLS}/${name}`);
  }

  // --- Services

  service(name: string, spec: AnyObject = {}, metadata: AnyObject = {}): Promise<AnyObject> {
    return this.api.requestOk('POST', services(metadata.namespace), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, ...metadata },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
    });
  }

  get(name: string): Promise<AnyObject> {
    return this.api.requestOk('GET', `${services()}/${name}`);
  }

  edit(name: string, patch: AnyObject): Promise<AnyObject> {
    return this.api.requestOk('PATCH', `${services()}/${name}`, patch);
  }

  editStatus(name: string, status: AnyObject, contentType?: string): Promise<AnyObject> {
    return this.api.requestOk('PATCH', `${services()}/${name}/status`, { status }, contentType);
  }

  async delete(name: string): Promise<void> {
    await this.api.requestOk('DELETE', `${services()}/${name}`);
  }

  async services(): Promise<readonly AnyObject[]> {
    const list = await this.api.requestOk<AnyObject>('GET', '/api/v1/services');
    return list.items;
  }

  async pools(): Promise<readonly AnyObject[]> {
    const list = await this.api.requestOk<AnyObject>('GET', POOLS);
    return list.items;
  }

  /** In the order of names. */
  async poolStatuses(): Promise<readonly AnyObject['status'][]> {
    return (await this.pools()).map(({ status }) => status);
  }

  addresses = async (name: string): Promise<readonly string[]> => addressesOf(await this.get(name));

  reason = async (name: string): Promise<string | null> => conditionOf(await this.get(name))?.reason ?? null;

  /** Waits for these addresses on a Service. */
  waitForAddresses(name: string, ...addresses: readonly string[]): Promise<void> {
    return eventuallyEqual(() => this.addresses(name), addresses);
  }

  /** Waits for this reason, and gives the whole condition. */
  waitForReason(name: string, reason: string): Promise<AnyObject> {
    return eventually(async () => {
      const condition = conditionOf(await this.get(name));
      assert.equal(condition?.reason, reason, JSON.stringify(condition));
      return condition;
    });
  }

  /** Reasons and messages of the events about an object. */
  async events(name: string, namespace = 'default'): Promise<readonly { reason: string; message: string }[]> {
    const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${name}`;
    const list = await this.api.requestOk<AnyObject>('GET', path);
    return list.items.map(({ reason, message }: AnyObject) => ({ reason, message }));
  }

  /** Waits for an event about an object, and gives its message. */
  waitForEvent(name: string, reason: string, namespace?: string): Promise<string> {
    return eventually(async () => {
      const events = await this.events(name, namespace);
      const found = events.find((event) => event.reason === reason);
      assert.ok(found, `no event ${reason} about ${name}: ${JSON.stringify(events)}`);
      return found.message;
    });
  }

  /** The versions of all Services and pools: whoever writes to one of them changes this. */
  async versions(): Promise<Readonly<Record<string, string>>> {
    const all = [...(await this.services()), ...(await this.pools())];
    return Object.fromEntries(
      all.map(({ kind, metadata }) => [`${kind ?? ''} ${metadata.name}`, metadata.resourceVersion]),
    );
  }
}

/** No ports, so that several programs run on one machine. */
export const NO_PORTS = ['--port', '0', '--health-probe-port', '0', '--log-level', 'debug'];

export const addressesOf = (service: AnyObject): readonly string[] =>
  (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }: AnyObject) => ip ?? hostname);

export const conditionOf = (service: AnyObject): AnyObject =>
  service.status?.conditions?.find(({ type }: AnyObject) => type === ASSIGNED);

export const poolOf = (service: AnyObject): string | undefined =>
  service.metadata.annotations?.['metallb.io/ip-allocated-from-pool'];
