/**
 * From MetalLB to Berth and back on a cluster of real kubelets, by the commands of docs/from-metallb.md and docs/native.md, while traffic
 * flows. MetalLB's objects are as its manifests make them; stand-ins run in them.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { CertificateAuthority } from '../../support/cluster/certificates.ts';
import { Cluster } from '../../support/cluster/cluster.ts';
import { nodeAddresses } from '../../support/cluster/network.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import type { Bird } from '../../support/netns/bird.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { CommandResult } from '../../support/run-program.ts';
import { runUnderLoad } from '../native/support/load.ts';
import { metallbCrds } from '../native/support/observed/metallb-crds.ts';
import {
  addressOf,
  configuration,
  NAMESPACE,
  rolledOut,
  serveWeb,
  startRouter,
} from './support/berth-cluster.ts';
import { loadMetallbImages } from './support/metallb/images.ts';
import {
  conversionPatch,
  metallbObjects,
  metallbWebhooks,
  WEBHOOK_SERVICE,
} from './support/metallb/objects.ts';

const NODES = ['n1', 'n2'];
const SPEAKS = 'berth.dev/speaks';

describe('from MetalLB to Berth and back, while traffic flows', { skip: skipWithoutCluster() }, () => {
  let cluster: Cluster;
  let router: Bird;
  let address: string;

  before(async () => {
    cluster = await Cluster.start({ nodes: NODES.length });
    router = startRouter(cluster);
    // The API server calls webhooks by the address of their Service, which kube-proxy of a node translates.
    cluster.network.controlPlane.ip(`route replace 10.96.0.0/16 via ${nodeAddresses(1).ipv4}`);
    await loadMetallbImages(cluster);
    await installMetallb();
    await configure();
    await serveWeb(cluster, 'web');
    await rolledOut(cluster, 'deployment/web', 'default');
    address = await addressOf(cluster, 'web');
    await serves(address);
  });
  after(async () => {
    await router?.end();
    await cluster?.stop();
  });

  const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectlOk([...args]);
  const inNamespace = (...args: readonly string[]): Promise<string> => kubectl('-n', NAMESPACE, ...args);
  const migrate = (...args: readonly string[]): Promise<CommandResult> =>
    cluster.berth(['migrate', 'metallb', ...args]);
  const scale = (name: string, replicas: number): Promise<string> =>
    inNamespace('scale', 'deployment', name, `--replicas=${replicas}`);
  const serves = (host: string): Promise<unknown> =>
    awaitResponses(cluster.network.client, `http://${host}/`, 10);

  async function installMetallb(): Promise<void> {
    const folder = join(cluster.network.path, 'metallb-pki');
    mkdirSync(folder);
    const authority = await CertificateAuthority.create(folder);
    const names = [`${WEBHOOK_SERVICE}.${NAMESPACE}.svc`];
    const files = await authority.sign('webhook', { user: 'webhook', names });
    const ca = readFileSync(authority.certificateFile).toString('base64');
    const apply = (object: object): Promise<string> =>
      cluster.kubectlOk(['apply', '-f', '-'], JSON.stringify(object));
    await cluster.kubectlOk(['apply', '-f', '-'], metallbCrds());
    await apply({ apiVersion: 'v1', kind: 'List', items: metallbObjects(files) });
    await rolledOut(cluster, 'deployment/controller');
    await rolledOut(cluster, 'daemonset/speaker');
    const peers = ['crd', 'bgppeers.metallb.io'];
    await kubectl('patch', ...peers, '--type=merge', '-p', conversionPatch(ca));
    await apply(metallbWebhooks(ca));
  }

  /** A webhook that was just installed may be called before its Service is routed everywhere. */
  async function configure(): Promise<void> {
    try {
      await eventually(() => cluster.apply(...configuration('192.168.5.0/24')));
    } catch (error) {
      const { stdout } = await cluster.kubectl([
        'logs',
        '-n',
        NAMESPACE,
        'deployment/controller',
        '--tail=20',
      ]);
      throw new Error(`the stand-in for MetalLB said: ${stdout}`, { cause: error });
    }
  }

  /** The API server asks the webhook of MetalLB, or none, and takes the edit. */
  const poolsCanBeEdited = (): Promise<unknown> =>
    eventually(() =>
      inNamespace('annotate', 'ipaddresspool', 'main', `at=${process.hrtime()[0]}`, '--overwrite'),
    );

  /** A Service that is created now gets an address, and a page comes from it. */
  async function servesNew(name: string): Promise<void> {
    const spec = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] };
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec,
    });
    await serves(await addressOf(cluster, name));
  }

  /**
   * Runs `change`: no new connection is lost, and the address stays. Those that are open when a node's routes come or go may be
   * cut, as the page says.
   */
  async function underTraffic(change: () => Promise<void>): Promise<void> {
    const load = { host: address, longLived: 0 };
    const fared = await runUnderLoad({ client: cluster.network.client }, load, change);
    assert.deepEqual(
      fared.failed.filter(({ connected }) => !connected),
      [],
    );
    assert.ok(fared.served > 0, 'there was traffic');
    assert.equal(await addressOf(cluster, 'web'), address);
  }

  it('removes what would refuse writes, and runs beside MetalLB as a standby', () =>
    underTraffic(async () => {
      const listed = await migrate();
      assert.equal(listed.code, 3, listed.stderr);
      assert.match(listed.stdout, /none would change: 1 Service with an address, 0 without/);
      const away = await migrate('--yes');
      assert.equal(away.code, 0, away.stderr);
      await poolsCanBeEdited();
      await kubectl('apply', '-k', join(root, 'deploy/beside-metallb'));
      await rolledOut(cluster, 'deployment/berth-controller');
      const { code, stdout } = await cluster.berth(['status']);
      assert.equal(code, 4, stdout);
      assert.match(stdout, /ERROR MetallbController/);
    }));

  it('takes over from the controller', () =>
    underTraffic(async () => {
      await scale('controller', 0);
      await kubectl('wait', 'service/web', '--for=condition=berth.dev/Assigned', '--timeout=300s');
      await servesNew('by-berth');
      await poolsCanBeEdited();
    }));

  it('takes over from the speakers, node by node', async () => {
    await kubectl('apply', '-k', writeOverlay());
    const strategy = { updateStrategy: { type: 'OnDelete', rollingUpdate: null } };
    await patchSpeaker(strategy);
    await patchSpeaker({ template: { spec: { affinity: elsewhere } } });
    for (const node of NODES)
      await underTraffic(async () => {
        await kubectl('label', 'node', node, `${SPEAKS}=here`);
        await runs(node, 'berth-speaker');
        await announces(node);
      });
    await servesNew('by-berths-speakers');
    const { code, stdout } = await cluster.berth(['status', '--wait', '--timeout', '300s']);
    assert.ok(code === 0 || code === 3, stdout);
  });

  it('goes back, first the speakers', async () => {
    for (const node of NODES)
      await underTraffic(async () => {
        await kubectl('label', 'node', node, `${SPEAKS}-`);
        await runs(node, 'speaker');
        await announces(node);
      });
  });

  it('goes back, then the controller and what was removed', () =>
    underTraffic(async () => {
      await scale('berth-controller', 0);
      await scale('controller', 1);
      await rolledOut(cluster, 'deployment/controller');
      const back = await migrate('--back', '--yes');
      assert.equal(back.code, 0, `${back.stdout}${back.stderr}`);
      await kubectl('get', 'validatingwebhookconfiguration', 'metallb-webhook-configuration');
      await poolsCanBeEdited();
      await eventually(() => inNamespace('get', 'bgppeers.v1beta1.metallb.io', 'tor'));
      await servesNew('by-metallb');
    }));

  const elsewhere = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: SPEAKS, operator: 'DoesNotExist' }] }],
      },
    },
  };

  const patchSpeaker = (spec: object): Promise<string> =>
    inNamespace('patch', 'daemonset', 'speaker', '--type=merge', '-p', JSON.stringify({ spec }));

  /** Berth's speakers on nodes with the label. */
  function writeOverlay(): string {
    const folder = join(cluster.network.path, 'overlay');
    mkdirSync(folder);
    const place = (name: string): string => relative(folder, join(root, 'deploy', name));
    const speaker = {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet' },
      metadata: { name: 'berth-speaker', namespace: NAMESPACE },
      spec: { template: { spec: { nodeSelector: { [SPEAKS]: 'here' } } } },
    };
    const overlay = {
      ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
      ...{ resources: [place('native')], components: [place('existing-namespace')] },
      patches: [{ patch: JSON.stringify(speaker) }],
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
    return folder;
  }

  /** The node has one speaker, of this DaemonSet, and it runs. */
  const runs = (node: string, daemonSet: string): Promise<void> =>
    eventually(async () => {
      const columns =
        'custom-columns=O:.metadata.ownerReferences[0].name,R:.status.containerStatuses[0].ready';
      const selector = ['--field-selector', `spec.nodeName=${node}`, '--no-headers', '-o', columns];
      const pods = await inNamespace('get', 'pods', ...selector);
      const speakers = pods.split('\n').filter((line) => /^(berth-)?speaker /.test(line));
      assert.deepEqual(
        speakers.map((line) => line.split(/\s+/)),
        [[daemonSet, 'true']],
      );
    });

  /** The router has the address by this node. */
  const announces = (node: string): Promise<void> =>
    eventually(async () => {
      const routes = await router.ask(`show route ${address}/32 all`);
      const { ipv4 } = nodeAddresses(Number(node.slice(1)));
      assert.ok(routes.includes(ipv4), routes);
    });
});
