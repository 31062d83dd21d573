/** Status objects of one Service and node: the requests, and what the caller learns from the responses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import type { ApiOutcome, ApiRequest } from '../../../../src/kube/http/api-request.ts';
import { PODS, SERVICE_BGP_STATUSES } from '../../../../src/kube/resource.ts';
import { nameOf } from '../../../../src/objects/metadata.ts';
import { serviceKey } from '../../../../src/objects/service.ts';
import {
  ServiceStatusObjects,
  type StatusOwner,
} from '../../../../src/speaker/main/status/service-status-objects.ts';

const WEB = serviceKey('shop', 'web');
const POD: StatusOwner = { name: 'speaker-x', uid: 'pod-uid' };
const PATH = '/apis/metallb.io/v1beta1/namespaces/berth-system/servicebgpstatuses';

const ok = (name: string): ApiOutcome => ({ kind: 'ok', status: 200, body: { metadata: { name } } });
const refused = (status: number, reason: string): ApiOutcome => ({
  ...{ kind: 'refused', status, reason, message: reason, retryAfter: null },
});

type Stored = { readonly name: string };

const decode = (raw: Raw): Stored | null => {
  const name = nameOf(raw);
  return name === '' ? null : { name };
};

function objectsWith(outcome: ApiOutcome, owner: StatusOwner | null = POD) {
  const requests: ApiRequest[] = [];
  const reported: string[] = [];
  const objects = new ServiceStatusObjects<Stored, Stored>(
    { resource: SERVICE_BGP_STATUSES, ownerResource: PODS, decode },
    {
      namespace: 'berth-system',
      node: 'n1',
      owner: () => owner,
      observed: ({ name }) => reported.push(`observed ${name}`),
      deleted: ({ name }) => reported.push(`deleted ${name}`),
      client: {
        send: async (request) => {
          requests.push(request);
          return outcome;
        },
      },
    },
  );
  return { objects, requests, reported };
}

describe('a status object of a Service and a node', () => {
  it('is created with labels that name both, and with its owner', async () => {
    const { objects, requests, reported } = objectsWith(ok('bgp-1'));
    assert.equal((await objects.create(WEB, { generateName: 'bgp-' })).kind, 'done');
    const [request] = requests;
    assert.deepEqual([request?.method, request?.path], ['POST', PATH]);
    assert.deepEqual(request?.body, {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'ServiceBGPStatus',
      metadata: {
        generateName: 'bgp-',
        namespace: 'berth-system',
        labels: {
          'metallb.io/node': 'n1',
          'metallb.io/service-name': 'web',
          'metallb.io/service-namespace': 'shop',
        },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'speaker-x', uid: 'pod-uid' }],
      },
      spec: {},
    });
    assert.deepEqual(reported, ['observed bgp-1']);
  });

  it('has no owner where none can be read', async () => {
    const { objects, requests } = objectsWith(ok('bgp-1'), null);
    await objects.create(WEB, { name: 'bgp-1' });
    assert.ok(!JSON.stringify(requests[0]?.body).includes('ownerReferences'));
  });

  it('names the Service and the node in its status', async () => {
    const { objects, requests, reported } = objectsWith(ok('bgp-1'));
    await objects.patchStatus({ name: 'bgp-1' }, WEB, { peers: ['tor'] });
    assert.deepEqual([requests[0]?.method, requests[0]?.path], ['PATCH', `${PATH}/bgp-1/status`]);
    assert.deepEqual(requests[0]?.body, {
      status: { node: 'n1', serviceName: 'web', serviceNamespace: 'shop', peers: ['tor'] },
    });
    assert.deepEqual(reported, ['observed bgp-1']);
  });

  it('is deleted in the given version only', async () => {
    const preconditions = { uid: 'u', resourceVersion: '7' };
    const { objects, requests } = objectsWith(ok('bgp-1'));
    await objects.delete({ name: 'bgp-1' }, preconditions);
    assert.deepEqual(requests[0]?.body, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
  });

  const responses: readonly (readonly [string, ApiOutcome, readonly string[]])[] = [
    ['an object that is not there counts as deleted', refused(404, 'NotFound'), ['deleted bgp-1']],
    ['a 404 of a proxy says nothing about the object', refused(404, ''), []],
    ['another version of it stays', refused(409, 'Conflict'), []],
    ['a response that was lost says nothing', { kind: 'unknown', because: 'the connection ended' }, []],
  ];
  for (const [says, outcome, expected] of responses)
    it(says, async () => {
      const patched = objectsWith(outcome);
      await patched.objects.patchStatus({ name: 'bgp-1' }, WEB, {});
      const deleted = objectsWith(outcome);
      await deleted.objects.delete({ name: 'bgp-1' }, null);
      assert.deepEqual([patched.reported, deleted.reported], [expected, expected]);
    });
});
