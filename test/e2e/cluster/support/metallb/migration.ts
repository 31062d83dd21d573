/**
 * A cluster of real kubelets with MetalLB's objects, as its manifests make them, and stand-ins in its Pods. A Service has an address and
 * serves, by BGP through a router or by layer 2. Berth takes over and gives back, by the commands of the docs.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../../../../dev/place.mjs';
import { CertificateAuthority } from '../../../../support/cluster/certificates.ts';
import { Cluster } from '../../../../support/cluster/cluster.ts';
import { nodeAddresses } from '../../../../support/cluster/network.ts';
import { eventually } from '../../../../support/eventually.ts';
import { awaitResponses } from '../../../../support/netns/http-client.ts';
import type { CommandResult } from '../../../../support/run-program.ts';
import { type LoadResult, runUnderLoad } from '../../../native/support/load.ts';
import { metallbCrds } from '../../../native/support/observed/metallb-crds.ts';
import { addressOf, NAMESPACE, rolledOut, serveWeb } from '../berth-cluster.ts';
import type { AnnouncementView, Announcer } from './announcement-view.ts';
import { loadMetallbImages } from './images.ts';
import { conversionPatch, metallbObjects, metallbWebhooks, WEBHOOK_SERVICE } from './objects.ts';

export const NODES = ['n1', 'n2'];
const SPEAKS = 'berth.dev/speaks';

/** The nodes that MetalLB's speakers are left on. */
const elsewhere = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: SPEAKS, operator: 'DoesNotExist' }] }],
    },
  },
};

const DAEMON_SETS: Readonly<Record<Announcer, string>> = { MetalLB: 'speaker', Berth: 'berth-speaker' };

export class Migration {
  readonly cluster: Cluster;
  readonly #view: AnnouncementView;
  #address = '';

  private constructor(cluster: Cluster, view: AnnouncementView) {
    this.cluster = cluster;
    this.#view = view;
  }

  static async start(makeView: (cluster: Cluster) => AnnouncementView): Promise<Migration> {
    const cluster = await Cluster.start({ nodes: NODES.length });
    try {
      const migration = new Migration(cluster, makeView(cluster));
      await migration.#install();
      return migration;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#view.stop();
    await this.cluster.stop();
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectlOk([...args]);
  }

  inNamespace(...args: readonly string[]): Promise<string> {
    return this.kubectl('-n', NAMESPACE, ...args);
  }

  /** `berth migrate metallb`. */
  migrate(...args: readonly string[]): Promise<CommandResult> {
    return this.cluster.berth(['migrate', 'metallb', ...args]);
  }

  scale(deployment: string, replicas: number): Promise<string> {
    return this.inNamespace('scale', 'deployment', deployment, `--replicas=${replicas}`);
  }

  /** The API server asks the webhook of MetalLB, or none, and takes the edit. */
  poolsCanBeEdited(): Promise<unknown> {
    return eventually(() =>
      this.inNamespace('annotate', 'ipaddresspool', 'main', `at=${process.hrtime()[0]}`, '--overwrite'),
    );
  }

  /** A Service that is created now gets an address, and a page comes from it. */
  async servesNew(name: string): Promise<void> {
    const spec = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] };
    const metadata = { name, namespace: 'default' };
    await this.cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
    await this.#serves(await addressOf(this.cluster, name));
  }

  /**
   * Runs `change`: no new connection is lost, and the address stays. Those that are open when a node's routes or its answers come or
   * go may be cut, as the page says. Returns what the clients saw.
   */
  async underTraffic(change: () => Promise<void>): Promise<LoadResult> {
    const { client } = this.#view;
    const judge = this.#view.watch(this.#address);
    const fared = await runUnderLoad({ client }, { host: this.#address, longLived: 0 }, change);
    assert.deepEqual(
      fared.failed.filter(({ connected }) => !connected),
      [],
    );
    assert.ok(fared.served > 0, 'there was traffic');
    assert.equal(await addressOf(this.cluster, 'web'), this.#address);
    judge();
    return fared;
  }

  /** Berth's speakers, on nodes that are given to them. MetalLB's stay on all others, and none is restarted. */
  async deploySpeakers(): Promise<void> {
    await this.kubectl('apply', '-k', this.#writeOverlay());
    const patch = (spec: object): Promise<string> =>
      this.inNamespace('patch', 'daemonset', 'speaker', '--type=merge', '-p', JSON.stringify({ spec }));
    await patch({ updateStrategy: { type: 'OnDelete', rollingUpdate: null } });
    await patch({ template: { spec: { affinity: elsewhere } } });
    await rolledOut(this.cluster, 'deployment/berth-controller');
  }

  /**
   * Gives a node to the speakers of one of the two, and waits until its speaker runs there and all that is announced is right. What does
   * not come about fails with what both kinds of speakers and their kubelets say.
   */
  async give(node: string, announcer: Announcer): Promise<void> {
    try {
      await this.#give(node, announcer);
    } catch (error) {
      throw new Error(`${node} was given to ${announcer}. ${await this.#speakersSay()}`, { cause: error });
    }
  }

  async #give(node: string, announcer: Announcer): Promise<void> {
    await this.kubectl('label', 'node', node, announcer === 'Berth' ? `${SPEAKS}=here` : `${SPEAKS}-`);
    await this.#runs(node, DAEMON_SETS[announcer]);
    const labelled = await this.kubectl('get', 'nodes', '-l', SPEAKS, '-o', 'name');
    const Berth = labelled.split('\n').filter((line) => line !== '').length;
    const nodes = { Berth, MetalLB: NODES.length - Berth };
    await this.#view.isRight(this.#address, { given: node, nodes });
  }

  async #speakersSay(): Promise<string> {
    const logs = Object.values(DAEMON_SETS).map((name) => {
      const selector =
        name === 'speaker' ? 'app=metallb,component=speaker' : 'app.kubernetes.io/component=speaker';
      return ['logs', '--selector', selector, '--prefix', '--tail=15', '--ignore-errors'];
    });
    const asked = [
      ['get', 'pods', '-o', 'wide'],
      ['get', 'servicel2statuses', '-o', 'yaml'],
      ['get', 'events', '--field-selector', 'type=Warning'],
      ...logs,
    ];
    const answers = await Promise.all(asked.map((args) => this.cluster.kubectl(['-n', NAMESPACE, ...args])));
    const addresses = await Promise.all(
      this.cluster.nodes.map((node) => node.run('ip', '-oneline', 'address', 'show', 'eth0')),
    );
    return [...answers.map(({ stdout, stderr }) => `${stdout}${stderr}`), ...addresses].join('\n');
  }

  async #install(): Promise<void> {
    const { network } = this.cluster;
    // The API server calls webhooks by the address of their Service, which kube-proxy of a node translates.
    network.controlPlane.ip(`route replace 10.96.0.0/16 via ${nodeAddresses(1).ipv4}`);
    await loadMetallbImages(this.cluster, this.#view.protocol);
    await this.#installMetallb();
    await this.#configure();
    await serveWeb(this.cluster, 'web');
    await rolledOut(this.cluster, 'deployment/web', 'default');
    this.#address = await addressOf(this.cluster, 'web');
    await this.#serves(this.#address);
  }

  async #installMetallb(): Promise<void> {
    const folder = join(this.cluster.network.path, 'metallb-pki');
    mkdirSync(folder);
    const authority = await CertificateAuthority.create(folder);
    const names = [`${WEBHOOK_SERVICE}.${NAMESPACE}.svc`];
    const files = await authority.sign('webhook', { user: 'webhook', names });
    const ca = readFileSync(authority.certificateFile).toString('base64');
    const apply = (object: object): Promise<string> =>
      this.cluster.kubectlOk(['apply', '-f', '-'], JSON.stringify(object));
    await this.cluster.kubectlOk(['apply', '-f', '-'], metallbCrds());
    await apply({ apiVersion: 'v1', kind: 'List', items: metallbObjects(files, this.#view.protocol) });
    await rolledOut(this.cluster, 'deployment/controller');
    await rolledOut(this.cluster, 'daemonset/speaker');
    const peers = ['crd', 'bgppeers.metallb.io'];
    await this.kubectl('patch', ...peers, '--type=merge', '-p', conversionPatch(ca));
    await apply(metallbWebhooks(ca));
  }

  /** A webhook that was just installed may be called before its Service is routed everywhere. */
  async #configure(): Promise<void> {
    try {
      await eventually(() => this.cluster.apply(...this.#view.configuration));
    } catch (error) {
      const tail = ['deployment/controller', '--tail=20'];
      const { stdout } = await this.cluster.kubectl(['logs', '-n', NAMESPACE, ...tail]);
      throw new Error(`the stand-in for MetalLB said: ${stdout}`, { cause: error });
    }
  }

  #serves(host: string): Promise<unknown> {
    return awaitResponses(this.#view.client, `http://${host}/`, 10);
  }

  #writeOverlay(): string {
    const folder = join(this.cluster.network.path, 'overlay');
    mkdirSync(folder);
    const place = (name: string): string => relative(folder, join(root, 'deploy', name));
    const speaker = {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet' },
      metadata: { name: 'berth-speaker', namespace: NAMESPACE },
      spec: { template: { spec: { nodeSelector: { [SPEAKS]: 'here' } } } },
    };
    const overlay = {
      ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
      ...{ resources: [place(this.#view.base)], components: [place('existing-namespace')] },
      patches: [{ patch: JSON.stringify(speaker) }],
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
    return folder;
  }

  /** The node has one speaker, of this DaemonSet, and it runs. */
  #runs(node: string, daemonSet: string): Promise<void> {
    return eventually(async () => {
      const columns =
        'custom-columns=O:.metadata.ownerReferences[0].name,R:.status.containerStatuses[0].ready';
      const selector = ['--field-selector', `spec.nodeName=${node}`, '--no-headers', '-o', columns];
      const pods = await this.inNamespace('get', 'pods', ...selector);
      const speakers = pods.split('\n').filter((line) => /^(berth-)?speaker /.test(line));
      assert.deepEqual(
        speakers.map((line) => line.split(/\s+/)),
        [[daemonSet, 'true']],
      );
    });
  }
}
