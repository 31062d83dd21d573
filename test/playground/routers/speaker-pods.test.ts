/** The Pod of a speaker in the playground, beside an API server that does not answer. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { createSpeakerPod } from '../../../src/playground/routers/speaker-pods.ts';
import { oneService, settledHarness } from '../../speaker/support/speaker-harness.ts';
import { statusApiOf } from '../../speaker/support/status-api.ts';

const OK: ApiOutcome = { kind: 'ok', status: 200, body: {} };
const SILENCE: ApiOutcome = { kind: 'unknown', because: 'no response within 60000 ms' };
const EXISTS: ApiOutcome = {
  ...{ kind: 'refused', status: 409, reason: 'AlreadyExists', message: 'it exists' },
  retryAfter: null,
};
const STOPPED = AbortSignal.abort();

const ROWS: readonly [
  when: string,
  answers: readonly ApiOutcome[],
  methods: string,
  error: string | null,
  signal?: AbortSignal,
][] = [
  ['is created and becomes ready', [OK, OK], 'POST PATCH', null],
  [
    'is created again after a silence',
    [SILENCE, SILENCE, OK, SILENCE, OK],
    'POST POST POST PATCH PATCH',
    null,
  ],
  ['may have been created in a silence', [SILENCE, EXISTS, OK], 'POST POST PATCH', null],
  ['of another program is left alone', [EXISTS], 'POST', 'it exists'],
  ['is given up after three silences', [SILENCE, SILENCE, SILENCE], 'POST POST POST', 'no response'],
  ['is given up when the playground stops', [SILENCE], 'POST', 'no response', STOPPED],
];

for (const [when, answers, methods, error, signal = new AbortController().signal] of ROWS) {
  it(`the Pod ${when}`, async () => {
    const left = [...answers];
    const sent: ApiRequest[] = [];
    const client = {
      send: async (request: ApiRequest): Promise<ApiOutcome> => {
        sent.push(request);
        return left.shift() ?? assert.fail('one request too many');
      },
    };
    const statusApi = statusApiOf(await settledHarness(...oneService()));
    const pod = await createSpeakerPod({
      ...{ node: 'n1', namespace: 'metallb-system', statusApi, client, log: silentLog, signal },
    });
    if (pod.ok) await pod.value.close();
    assert.equal(sent.map(({ method }) => method).join(' '), methods);
    assert.deepEqual(left, []);
    if (error === null) assert.ok(pod.ok);
    else assert.ok(!pod.ok && pod.error.includes(error), pod.ok ? 'no error' : pod.error);
  });
}
