/** Random workload by a seed: Services and pools are created, changed and deleted. */
import type { Random } from '../../../support/random.ts';
import type { AnyObject } from '../rig.ts';
import type { SimulatedCluster } from './cluster.ts';
import { NAMESPACE } from './controller-process.ts';

const NAMES = Array.from({ length: 22 }, (_, index) => `s${index}`);

/** Two small pools, so that somebody always waits; the second one changes. */
const ALPHA = ['192.0.2.0/29', '2001:db8::/126'];
const BETA_LOW = '198.51.100.0-198.51.100.3';
const BETA_HIGH = '198.51.100.4-198.51.100.5';
const BETA_HIGH_ADDRESSES = ['198.51.100.4', '198.51.100.5'];

export class Workload {
  readonly #cluster: SimulatedCluster;
  readonly #random: Random;
  #betaIsGrown = false;

  constructor(cluster: SimulatedCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
    this.#putPool('alpha', ALPHA);
    this.#putPool('beta', [BETA_LOW]);
  }

  step(): void {
    const random = this.#random;
    const name = random.pick(NAMES);
    const service = this.#get(name);
    const dice = random.below(100);
    if (service === undefined) this.#create(name);
    else if (dice < 45) this.#cluster.server.objects.delete('services', 'default', name);
    else if (dice < 60) this.#put({ ...service, metadata: this.#labelled(service) });
    else if (dice < 72) this.#changeType(service);
    else if (dice < 82) this.#askForPool(service);
    else if (dice < 92) this.#editBeta();
    else this.#deletePool();
  }

  /** Leaves everything in order: what may come back has come back. */
  end(): void {
    if (!this.#hasPool('alpha')) this.#putPool('alpha', ALPHA);
    if (!this.#hasPool('beta')) this.#putPool('beta', this.#beta());
  }

  #get(name: string): AnyObject | undefined {
    return this.#cluster.server.objects.get('services', 'default', name);
  }

  #create(name: string): void {
    const random = this.#random;
    const metadata: AnyObject = { name, namespace: 'default', annotations: {} };
    const spec: AnyObject = { type: 'LoadBalancer', ports: [{ port: 1000 + random.below(50) }] };
    const dice = random.below(10);
    if (dice === 0) spec.loadBalancerIP = `192.0.2.${random.below(8)}`;
    else if (dice === 1)
      metadata.annotations['metallb.io/address-pool'] = random.pick(['alpha', 'beta', 'nowhere']);
    else if (dice === 2) metadata.annotations['metallb.io/loadBalancerIPs'] = `198.51.100.${random.below(8)}`;
    else if (dice < 5) metadata.annotations['metallb.io/allow-shared-ip'] = random.pick(['red', 'blue']);
    else if (dice === 5) spec.ipFamilyPolicy = 'RequireDualStack';
    this.#put({ apiVersion: 'v1', kind: 'Service', metadata, spec });
  }

  /** A change that means nothing to us and makes our picture old. */
  #labelled({ metadata }: AnyObject): AnyObject {
    return { ...metadata, labels: { ...metadata.labels, noise: `n${this.#random.below(1000)}` } };
  }

  #changeType(service: AnyObject): void {
    const type = service.spec.type === 'LoadBalancer' ? 'ClusterIP' : 'LoadBalancer';
    const { loadBalancerIP: _, allocateLoadBalancerNodePorts: __, ...spec } = service.spec;
    this.#put({
      ...service,
      spec: { ...spec, type, ports: spec.ports.map(({ nodePort: ___, ...port }: AnyObject) => port) },
    });
  }

  #askForPool(service: AnyObject): void {
    const { metadata } = service;
    if (metadata.annotations?.['metallb.io/allow-shared-ip'] !== undefined) return;
    const annotations = {
      ...metadata.annotations,
      'metallb.io/address-pool': this.#random.pick(['alpha', 'beta', 'btea']),
    };
    this.#put({ ...service, metadata: { ...metadata, annotations } });
  }

  #beta = (): readonly string[] => (this.#betaIsGrown ? [BETA_LOW, BETA_HIGH] : [BETA_LOW]);

  #editBeta(): void {
    if (!this.#hasPool('beta') || this.#cluster.poolsAreHidden) return;
    if (this.#betaIsGrown) this.#cluster.history.withdraw(BETA_HIGH_ADDRESSES);
    this.#betaIsGrown = !this.#betaIsGrown;
    this.#putPool('beta', this.#beta());
  }

  /** Deleted by mistake, and put back before its grace is over. */
  #deletePool(): void {
    if (this.#hasPool('beta'))
      this.#cluster.server.objects.delete('ipaddresspools.metallb.io', NAMESPACE, 'beta');
    else this.#putPool('beta', this.#beta());
  }

  #hasPool(name: string): boolean {
    return this.#cluster.server.objects.get('ipaddresspools.metallb.io', NAMESPACE, name) !== undefined;
  }

  #putPool(name: string, addresses: readonly string[]): void {
    if (this.#cluster.poolsAreHidden) return;
    this.#put({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name, namespace: NAMESPACE },
      spec: { addresses: [...addresses] },
    });
  }

  #put(object: AnyObject): void {
    const { status: _, ...desired } = object;
    this.#cluster.server.objects.put(desired, 'people');
  }
}
