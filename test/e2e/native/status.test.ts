/** What speakers publish: ServiceBGPStatus objects, events once, and one status document for each node. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type AnyObject, NAMESPACE } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { METALLB, NativeCluster, NODES } from './support/native-cluster.ts';

const STATUSES = `/apis/metallb.io/v1beta1${METALLB}/servicebgpstatuses`;
const SPEAKER_STATUSES = `/apis/berth.dev/v1alpha1${METALLB}/speakerstatuses`;
const ANNOUNCED = 'berth.dev/Announced';
const WRONG_PORT = JSON.stringify({ spec: { peerPort: 1790 } });
const PODS = `/api/v1${METALLB}/pods`;

describe('the status of speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter();
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  const statuses = async (): Promise<readonly AnyObject[]> => {
    const { items } = await cluster.rig.api.requestOk<AnyObject>('GET', STATUSES);
    return items;
  };

  /** `web w1 tor`, sorted. */
  const told = async (): Promise<readonly string[]> =>
    (await statuses())
      .map(({ status }: AnyObject) =>
        status === undefined ? 'nothing yet' : `${status.serviceName} ${status.node} ${status.peers}`,
      )
      .sort();

  const documentOf = async (node: string): Promise<AnyObject> => {
    const path = `${SPEAKER_STATUSES}/${node}`;
    const { metadata, status } = await cluster.rig.api.requestOk<AnyObject>('GET', path);
    const owner = await cluster.rig.api.requestOk<AnyObject>('GET', `/api/v1/nodes/${node}`);
    assert.deepEqual(metadata.ownerReferences, [
      { apiVersion: 'v1', kind: 'Node', name: node, uid: owner.metadata.uid },
    ]);
    return status;
  };

  /** Messages of the events about a Service; one for each object. */
  const assigned = async (name: string): Promise<readonly string[]> =>
    (await cluster.rig.events(name))
      .filter(({ reason }) => reason === 'nodeAssigned')
      .map(({ message }) => message)
      .sort();

  const announcing = (node: string): string => `announcing from node "${node}" with protocol "bgp"`;

  it('has one ServiceBGPStatus for each Service and node, and restores it', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    const all = ['edge w2 tor', 'web w1 tor', 'web w2 tor', 'web w3 tor'];
    await eventuallyEqual(told, all);
    for (const { metadata, status } of await statuses()) {
      assert.match(metadata.name, /^bgp-/);
      assert.deepEqual(metadata.labels, {
        'metallb.io/node': status.node,
        'metallb.io/service-name': status.serviceName,
        'metallb.io/service-namespace': 'default',
      });
      assert.equal(status.serviceNamespace, 'default');
    }
    const [first] = await statuses();
    await cluster.rig.api.requestOk('DELETE', `${STATUSES}/${first.metadata.name}`);
    await eventuallyEqual(told, all);
    await cluster.createPeer('tor2', { peerAddress: '10.10.0.250' });
    await eventuallyEqual(
      told,
      all.map((line) => `${line},tor2`),
    );
    await cluster.applyEndpoints('edge', ['w3']);
    await cluster.rig.delete('web');
    await eventuallyEqual(told, ['edge w3 tor,tor2']);
  });

  it('is owned by the Pod, and objects of an earlier run are removed', async () => {
    const pod = await cluster.rig.api.requestOk<AnyObject>('POST', PODS, {
      metadata: { name: 'speaker-one' },
      spec: { containers: [{ name: 'speaker', image: 'none' }] },
    });
    await cluster.rig.api.requestOk('POST', STATUSES, {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'ServiceBGPStatus',
      metadata: {
        name: 'bgp-stray',
        labels: {
          'metallb.io/node': 'w1',
          'metallb.io/service-name': 'gone',
          'metallb.io/service-namespace': 'default',
        },
      },
    });
    await cluster.rig.pool('main', ['10.50.0.0/24']);
    await cluster.createObject('BGPAdvertisement', 'all', {});
    await cluster.createPeer();
    await cluster.rig.startServing();
    await cluster.expose('web', NODES);
    cluster.startSpeaker('w1', '--pod-name', 'speaker-one');
    await eventuallyEqual(told, ['web w1 tor']);
    const [{ metadata }] = (await statuses()) as [AnyObject];
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'speaker-one', uid: pod.metadata.uid };
    assert.deepEqual(metadata.ownerReferences, [owner]);
    await cluster.rig.api.requestOk('DELETE', `${PODS}/speaker-one?gracePeriodSeconds=0`);
  });

  it('has no objects above the limit, with one event', async () => {
    // Four Nodes, the control plane's among them.
    await cluster.setUpDefaults('--service-bgp-status-limit', '7');
    await cluster.expose('web', NODES);
    await eventuallyEqual(told, ['web w1 tor', 'web w2 tor', 'web w3 tor']);
    await cluster.expose('web2', NODES);
    await cluster.waitForRoutes('10.50.0.1/32', NODES);
    await eventuallyEqual(told, []);
    const message = await cluster.rig.waitForEvent('w1', 'TooManyStatuses');
    assert.match(message, /2 Services on this node times 4 Nodes exceed 7 objects/);
    await cluster.rig.delete('web2');
    await eventuallyEqual(told, ['web w1 tor', 'web w2 tor', 'web w3 tor']);
  });

  it('has one event for each Service and node, also after a restart', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await eventuallyEqual(() => assigned('web'), NODES.map(announcing));
    await eventually(async () => assert.equal((await documentOf('w1')).announced.services, 1));
    await eventually(async () => assert.equal((await told()).length, NODES.length));
    await cluster.end('w1');
    assert.equal((await documentOf('w1')).phase, 'stopped');
    await cluster.expose('late', NODES);
    await eventually(async () => assert.equal((await assigned('late')).length, 2));
    cluster.startSpeaker('w1');
    await eventuallyEqual(() => assigned('late'), NODES.map(announcing));
    await unchangedFor(1000, () => assigned('web'));
    assert.deepEqual(await assigned('web'), NODES.map(announcing));
  });

  it('has one document for each node: sessions, announced Services and the state of the node', async () => {
    await cluster.setUpDefaults('--drain-on-cordon', '--drain-wait', '1s');
    await cluster.expose('web', NODES);
    await cluster.createPeer('gone', { peerAddress: '10.10.0.251' }, {});
    const document = await eventually(async () => {
      const read = await documentOf('w1');
      assert.equal(read.sessions.length, 2);
      assert.equal(read.sessions[1].state, 'Established');
      assert.deepEqual(read.sessions[1].ipv4, { wanted: 1, told: 1, refused: 0 });
      return read;
    });
    assert.deepEqual(
      document.sessions.map(({ peer, address, state }: AnyObject) => [peer, address, state]),
      [
        ['gone', '10.10.0.251:179', 'Down'],
        ['tor', '10.10.0.1:179', 'Established'],
      ],
    );
    assert.deepEqual([document.node, document.phase], ['w1', 'speaking']);
    assert.deepEqual([document.announced.services, document.announced.prefixes], [1, 1]);
    for (const node of ['w2', 'w3'])
      await eventually(async () => {
        const { announced } = await documentOf(node);
        assert.equal(announced.digest, document.announced.digest);
      });
    await cluster.rig.api.requestOk('PATCH', '/api/v1/nodes/w1', { spec: { unschedulable: true } });
    await eventually(async () => {
      const left = await documentOf('w1');
      assert.deepEqual([left.phase, left.announced.services], ['left', 0]);
    });
    await eventuallyEqual(told, ['web w2 gone,tor', 'web w3 gone,tor']);
    await cluster.rig.api.requestOk('PATCH', '/api/v1/nodes/w1', { spec: { unschedulable: null } });
    await eventually(async () => assert.equal((await documentOf('w1')).phase, 'speaking'));
    await eventually(async () => assert.equal((await told()).length, 3));
  });

  const announced = async (name: string): Promise<AnyObject> =>
    (await cluster.rig.get(name)).status?.conditions?.find(({ type }: AnyObject) => type === ANNOUNCED);

  const says = (name: string, status: string, reason: string, message: RegExp): Promise<void> =>
    eventually(async () => {
      const condition = await announced(name);
      assert.deepEqual([condition?.status, condition?.reason], [status, reason], JSON.stringify(condition));
      assert.match(condition.message, message);
    });

  it('leads to the condition Announced of each Service, with what is missing', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.rig.service('none');
    await says('web', 'True', 'Announced', /^Announced by BGP from w1, w2, w3 to tor \(10\.10\.0\.1\)\.$/);
    await says('edge', 'True', 'Announced', /^Announced by BGP from w2 to tor/);
    await says(
      'none',
      'False',
      'NoEndpointAnnounces',
      /no endpoint is ready or serving\. To fix it: get a Pod/,
    );
    await cluster.rig.kubectl(['patch', 'bgppeer', 'tor', '-n', NAMESPACE, '--type=merge', '-p', WRONG_PORT]);
    await says('web', 'False', 'SessionDown', /^No session is established that would carry 10\.50\.0\.\d/);
    await cluster.rig.kubectl(['delete', 'bgppeer', 'tor', '-n', NAMESPACE]);
    await says('web', 'False', 'NoPeer', /no BGPPeer selects a node that has a speaker/);
    await Promise.all(NODES.map((node) => cluster.end(node)));
    await cluster.rig.api.requestOk('DELETE', SPEAKER_STATUSES);
    await eventually(async () => assert.equal(await announced('web'), undefined));
  });

  /** As the kubelet and the cluster would do it. */
  const isReady = (node: string, status: string): Promise<AnyObject> =>
    cluster.rig.api.requestOk('PATCH', `${PODS}/speaker-${node}/status`, {
      status: { conditions: [{ type: 'Ready', status }] },
    });

  const startPod = async (node: string): Promise<void> => {
    const labels = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' };
    const containers = [{ name: 'speaker', image: 'berth' }];
    await cluster.rig.api.requestOk('POST', PODS, {
      metadata: { name: `speaker-${node}`, labels },
      spec: { nodeName: node, containers },
    });
    await isReady(node, 'True');
  };

  it('counts less than the Pods of speakers after a kill', async () => {
    await Promise.all(NODES.map(startPod));
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await says('web', 'True', 'Announced', /from w1, w2, w3 to tor/);
    await says('edge', 'True', 'Announced', /from w2 to tor/);
    const before = await cluster.rig.get('web');
    await cluster.kill('w2');
    await isReady('w2', 'False');
    await says('edge', 'False', 'NoSpeaker', /: the speaker on w2 does not run\. To fix it: /);
    assert.equal((await documentOf('w2')).sessions[0].state, 'Established');
    assert.deepEqual(await cluster.rig.get('web'), before);
    cluster.startSpeaker('w2');
    await isReady('w2', 'True');
    await says('edge', 'True', 'Announced', /from w2 to tor/);
    await cluster.rig.api.requestOk('DELETE', `${PODS}?gracePeriodSeconds=0`);
  });

  it('is written again after it was deleted', async () => {
    await cluster.setUpDefaults();
    await eventually(async () => assert.equal((await documentOf('w1')).sessions[0].state, 'Established'));
    await cluster.rig.api.requestOk('DELETE', `${SPEAKER_STATUSES}/w1`);
    await eventually(async () => assert.equal((await documentOf('w1')).sessions[0].state, 'Established'));
  });
});
