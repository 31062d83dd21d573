/**
 * A router and nodes with BGP daemons on one bridge, each in its own network namespace. Observations of their state have
 * the form of the observed cases.
 */
import { Bird } from '../../../support/netns/bird.ts';
import { type NetworkNamespace, TestNetwork } from '../../../support/netns/network.ts';
import { requireNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Family, Loose } from './bird1/objects.ts';
import { renderBird, type Timers } from './bird1/render.ts';
import { observeNode, observeRouter } from './observe.ts';
import { type Neighbor, ROUTER_ADDRESS, type RouterOptions, routerConfig } from './router.ts';
import type { BirdDaemon, TestbedNode } from './testbed-node.ts';

export const FAMILIES = [4, 6] as const;

/** The last part of a node's addresses, by its name: 10 for cp1, from 11 for workers. */
const lastPart = (name: string): number => (name === 'cp1' ? 10 : 10 + Number(name.slice(1)));

export const nodeAddress = (name: string, family: Family): string =>
  family === 4 ? `10.10.0.${lastPart(name)}` : `fd10:10::${lastPart(name)}`;

export class Testbed {
  readonly net = new TestNetwork();
  readonly router: NetworkNamespace;
  readonly routerBird: Bird;
  readonly nodes: readonly TestbedNode[];
  readonly #timers: Timers | undefined;

  constructor(names: readonly string[], timers?: Timers) {
    this.#timers = timers;
    const parts = requireNetworkBinaries();
    this.router = this.net.namespace('router');
    this.router.ip(
      'link add nodes type bridge',
      'link set nodes up',
      `addr add ${ROUTER_ADDRESS[4]}/24 dev nodes`,
      `addr add ${ROUTER_ADDRESS[6]}/64 dev nodes nodad`,
    );
    this.routerBird = new Bird(this.router, 'router', { daemon: parts.bird, control: parts.birdc });
    this.nodes = names.map((name) => {
      const namespace = this.#createNode(name);
      const daemons = FAMILIES.map((family): BirdDaemon => {
        const programs = { daemon: parts.nodeBird[family], control: parts.nodeBirdc[family] };
        const bird = new Bird(namespace, `${name}-${family}`, programs);
        return { family, bird, rendered: null, configError: null, started: false };
      });
      return { name, namespace, daemons };
    });
  }

  #createNode(name: string): NetworkNamespace {
    const namespace = this.net.namespace(name);
    namespace.addVeth('eth0', this.router, name);
    this.router.ip(`link set ${name} master nodes`);
    namespace.ip(
      `addr add ${nodeAddress(name, 4)}/24 dev eth0`,
      `addr add ${nodeAddress(name, 6)}/64 dev eth0 nodad`,
      `route add default via ${ROUTER_ADDRESS[4]}`,
      `route add ::/0 via ${ROUTER_ADDRESS[6]}`,
    );
    return namespace;
  }

  /** Starts or reconfigures the router. Its IPv6 neighbours are the nodes that have such a session now. */
  async startRouter(options: RouterOptions): Promise<void> {
    this.routerBird.write(routerConfig(options, this.neighbors()));
    if (this.routerBird.isRunning) await this.routerBird.configure();
    else this.routerBird.start();
  }

  neighbors(): readonly Neighbor[] {
    return FAMILIES.flatMap((family) =>
      this.nodes
        .filter(({ daemons }) => family === 4 || daemons.some(peersOverIpv6))
        .map(({ name }) => ({ name: `${name}_${family}`, family, address: nodeAddress(name, family) })),
    );
  }

  /** Writes the configuration that follows from the objects. Where it changed, daemons are reconfigured or started. */
  async applyObjects(objects: readonly Loose[]): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.#applyToNode(node, objects)));
  }

  async #applyToNode(node: TestbedNode, objects: readonly Loose[]): Promise<void> {
    if (!objects.some(({ kind, metadata }) => kind === 'Node' && metadata.name === node.name)) return;
    for (const daemon of node.daemons) {
      const rendered = renderBird(objects, node.name, daemon.family, this.#timers);
      if (daemon.rendered?.text === rendered.text) continue;
      daemon.bird.write(rendered.text);
      daemon.rendered = rendered;
      daemon.configError = await daemon.bird.configError();
      const isNeeded = daemon.family === 4 || rendered.sessions.length > 0;
      if (daemon.started && !daemon.bird.hasEnded) await daemon.bird.configure();
      else if (isNeeded) {
        daemon.bird.start();
        daemon.started = true;
      }
    }
  }

  /** Restarts the daemons of all nodes with the files on disk. */
  async restartDaemons(): Promise<void> {
    const daemons = this.nodes.flatMap((node) => node.daemons).filter(({ started }) => started);
    await Promise.all(daemons.map(({ bird }) => bird.end()));
    for (const { bird } of daemons) bird.start();
  }

  node(name: string): TestbedNode {
    const found = this.nodes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no node ${name} on this stage`);
    return found;
  }

  /** The current state of nodes and router, in the form of the observed cases. */
  async observe(options: RouterOptions, objects: readonly Loose[]): Promise<Loose> {
    const present = this.nodes.filter(({ name }) =>
      objects.some(({ kind, metadata }) => kind === 'Node' && metadata.name === name),
    );
    const nodes = await Promise.all(
      present.map(async (node) => [node.name, await observeNode(node)] as const),
    );
    const router = await observeRouter(
      { space: this.router, bird: this.routerBird },
      options,
      this.neighbors(),
      present,
    );
    return { nodes: Object.fromEntries(nodes), routers: { [ROUTER_ADDRESS[4]]: router } };
  }

  /** The ends of all daemons' logs, for failures. */
  logTails(): string {
    const birds = this.nodes.flatMap(({ name, daemons }) =>
      daemons
        .filter(({ started }) => started)
        .map(({ family, bird }) => [`${name} ${family}`, bird] as const),
    );
    return [['router', this.routerBird] as const, ...birds]
      .map(([name, bird]) => `--- ${name}\n${bird.tail()}`)
      .join('\n');
  }

  destroy(): void {
    this.net.destroy();
  }
}

const peersOverIpv6 = ({ family, rendered }: BirdDaemon): boolean =>
  family === 6 && (rendered?.sessions ?? []).some(({ peer }) => peer === ROUTER_ADDRESS[6]);
