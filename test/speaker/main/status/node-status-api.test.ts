/** The requests by which a speaker writes its SpeakerStatus: which object, whose it is, and when it is created. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome, ApiRequest } from '../../../../src/kube/http/api-request.ts';
import { nodeStatusApi } from '../../../../src/speaker/main/status/node-status-api.ts';
import { NOTHING_ANNOUNCED } from '../../../../src/speaker/status/announced-services.ts';
import { nodeStatusDocument } from '../../../../src/speaker/status/node-status.ts';

const COLLECTION = '/apis/berth.dev/v1alpha1/namespaces/metallb-system/speakerstatuses';
const OK: ApiOutcome = { kind: 'ok', status: 200, body: {} };

const refusal = (status: number, reason: string): ApiOutcome => ({
  ...{ kind: 'refused', status, reason, message: '', retryAfter: null },
});

const DOCUMENT = nodeStatusDocument(
  {
    ...{ node: 'w1', pod: 'speaker-1', phase: 'speaking', ignoreExcludeLabel: false, sessions: [] },
    ...{ announced: NOTHING_ANNOUNCED, layer2: null },
  },
  0,
);

async function write(outcomes: readonly ApiOutcome[], uid: string | null = 'node-uid') {
  const sent: ApiRequest[] = [];
  const answers = [...outcomes];
  const client = {
    async send(request: ApiRequest): Promise<ApiOutcome> {
      sent.push(request);
      return answers.shift() ?? OK;
    },
  };
  const api = nodeStatusApi({ client, namespace: 'metallb-system', node: 'w1', nodeUid: () => uid });
  const outcome = await api.write(DOCUMENT);
  return { sent, requests: sent.map(({ method, path }) => `${method} ${path}`), outcome };
}

describe('a speaker', () => {
  it('writes the status of the object that has the name of its Node', async () => {
    const { sent, requests, outcome } = await write([]);
    assert.deepEqual(requests, [`PATCH ${COLLECTION}/w1/status`]);
    assert.deepEqual(sent[0]?.body, { status: DOCUMENT });
    assert.equal(outcome.kind, 'done');
  });

  it('creates the object first where there is none, owned by the Node', async () => {
    const { sent, requests, outcome } = await write([refusal(404, 'NotFound')]);
    assert.deepEqual(requests, [
      `PATCH ${COLLECTION}/w1/status`,
      `POST ${COLLECTION}`,
      `PATCH ${COLLECTION}/w1/status`,
    ]);
    assert.deepEqual(sent[1]?.body, {
      apiVersion: 'berth.dev/v1alpha1',
      kind: 'SpeakerStatus',
      metadata: {
        name: 'w1',
        namespace: 'metallb-system',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'w1', uid: 'node-uid' }],
      },
    });
    assert.equal(outcome.kind, 'done');
  });

  it('creates none without a Node, since nothing would delete it', async () => {
    const { requests, outcome } = await write([refusal(404, 'NotFound')], null);
    assert.deepEqual(requests, [`PATCH ${COLLECTION}/w1/status`]);
    assert.deepEqual(outcome, { kind: 'refused', because: 'there is no Node w1' });
  });

  it('reports that it may not write, or may not create', async () => {
    const forbidden = refusal(403, 'Forbidden');
    assert.equal((await write([forbidden])).outcome.kind, 'refused');
    const { requests, outcome } = await write([refusal(404, 'NotFound'), forbidden]);
    assert.deepEqual([requests.length, outcome.kind], [2, 'refused']);
  });
});
