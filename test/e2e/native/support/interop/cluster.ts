/** A cluster with an API server in memory, and helpers for the objects that its speakers announce. */

import assert from 'node:assert/strict';
import { type ApiServer, startApiServer } from '../../../../../src/apiserver/server.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { installProgram } from '../../../../controller/support/program.ts';
import { type AnyObject, NAMESPACE } from '../../../../controller/support/rig.ts';
import { CRDS } from '../../../../support/crds.ts';
import type { TestNetwork } from '../../../../support/netns/network.ts';
import { BFD_PROFILE, type SessionSpec } from './session-spec.ts';

/** Nothing listens by default; peers that dial need it. */
const CLOSED_PORT = 1;

/** One after the other: the first builds the program if needed, and the others use it. */
let building: Promise<unknown> = Promise.resolve();

export class InteropCluster {
  readonly net: TestNetwork;
  readonly api: ApiServer;
  readonly script: string;

  private constructor(net: TestNetwork, api: ApiServer, script: string) {
    this.net = net;
    this.api = api;
    this.script = script;
  }

  static async start(net: TestNetwork): Promise<InteropCluster> {
    const place = building.then(() => installProgram(net.path));
    building = place;
    const script = await place;
    const api = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    for (const crd of CRDS) api.objects.put(crd);
    return new InteropCluster(net, api, script);
  }

  async stop(): Promise<void> {
    this.net.destroy();
    await this.api.stop();
  }

  /** Objects of `metallb.io`. */
  object(
    kind: string,
    name: string,
    spec: AnyObject,
    annotations: Readonly<Record<string, string>> = {},
  ): void {
    const apiVersion = `metallb.io/${kind === 'BGPPeer' ? 'v1beta2' : 'v1beta1'}`;
    this.api.objects.put({ apiVersion, kind, metadata: { name, namespace: NAMESPACE, annotations }, spec });
  }

  /** A pool with its advertisement. */
  pool(
    name: string,
    addresses: readonly string[],
    says: AnyObject,
    annotations: Readonly<Record<string, string>>,
  ): void {
    this.object('IPAddressPool', name, { addresses });
    this.object('BGPAdvertisement', name, { ipAddressPools: [name], ...says }, annotations);
  }

  peer(session: SessionSpec, more: AnyObject = {}): void {
    const { ours, theirs, dials, holdSeconds } = session;
    const spec = {
      myASN: ours.as,
      peerASN: theirs.as,
      peerAddress: theirs.address,
      sourceAddress: ours.address,
      holdTime: `${holdSeconds}s`,
      enableGracefulRestart: session.gracefulRestart,
      dualStackAddressFamily: session.carries.length > 1,
      ...(session.password === null ? {} : { password: session.password }),
      ...(dials === 'they' ? { peerPort: CLOSED_PORT } : {}),
      ...(session.bfd ? { bfdProfile: BFD_PROFILE } : {}),
      ...(session.multihop ? { ebgpMultiHop: true } : {}),
      ...more,
    };
    this.object('BGPPeer', session.name, spec, {
      ...(dials === 'they' ? { 'berth.dev/passive': 'true' } : {}),
      ...(session.ttlSecurity ? { 'berth.dev/ttl-security': '1' } : {}),
    });
  }

  removePeer({ name }: SessionSpec): void {
    this.#remove('bgppeers.metallb.io', NAMESPACE, name);
  }

  /** A Service with addresses. */
  service(name: string, addresses: readonly string[]): void {
    this.api.objects.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: {
        type: 'LoadBalancer',
        ports: [{ port: 80 }],
        ipFamilyPolicy: addresses.length > 1 ? 'RequireDualStack' : 'SingleStack',
        ipFamilies: addresses.map((one) => (one.includes(':') ? 'IPv6' : 'IPv4')),
      },
      status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
    });
  }

  /** The given number of endpoints on these nodes, for both families. */
  endpoints(service: string, counts: Readonly<Record<string, number>>): void {
    for (const family of [4, 6] as const) {
      const address = (index: number): string => (family === 4 ? `10.244.0.${index}` : `fd44::${index}`);
      const nodes = Object.entries(counts).flatMap(([node, count]) => Array<string>(count).fill(node));
      this.api.objects.put({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${service}-${family}`,
          namespace: 'default',
          labels: { 'kubernetes.io/service-name': service },
        },
        addressType: `IPv${family}`,
        ports: [{ name: '', port: 8080, protocol: 'TCP' }],
        endpoints: nodes.map((nodeName, index) => ({
          addresses: [address(index + 1)],
          conditions: { ready: true },
          nodeName,
        })),
      });
    }
  }

  removeEndpoints(service: string): void {
    for (const family of [4, 6])
      this.#remove('endpointslices.discovery.k8s.io', 'default', `${service}-${family}`);
  }

  #remove(table: string, namespace: string, name: string): void {
    assert.ok(this.api.objects.delete(table, namespace, name), `no ${name} in ${table}`);
  }
}
