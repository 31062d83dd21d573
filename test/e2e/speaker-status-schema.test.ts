/** The schema of SpeakerStatus on a real API server: what it accepts and refuses, its columns, and how large it gets. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { LAST_ERROR_MAX, SESSIONS_MAX } from '../../src/speaker/status/node-status.ts';
import type { AnyObject } from '../controller/support/rig.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import type { ApiClient } from '../support/real-api/client.ts';
import { sharedApi } from '../support/real-api.ts';
import { installCrds } from './support/crd-rows/server.ts';

const COUNTS = { wanted: 1, told: 1, refused: 0 };

const session = (fields: AnyObject = {}): AnyObject => ({
  ...{ peer: 'tor', address: '10.0.0.1:179', state: 'Established', since: '2026-01-01T00:00:00Z' },
  ...{ lastError: null, ipv4: COUNTS, ipv6: COUNTS },
  ...fields,
});

const document = (fields: AnyObject = {}): AnyObject => ({
  ...{ node: 'w1', phase: 'speaking', ignoreExcludeLabel: false, time: '2026-01-01T00:00:00Z' },
  announced: { services: 2, prefixes: 3, digest: 'd'.repeat(64) },
  sessionCounts: { all: 1, established: 1 },
  sessions: [session()],
  ...fields,
});

/** As large as the limits allow. */
const largest = document({
  sessions: Array.from({ length: SESSIONS_MAX }, (_, index) =>
    session({
      peer: `${index}`.padStart(253, 'p'),
      address: 'a'.repeat(128),
      lastError: '\u{1f6a2}'.repeat(LAST_ERROR_MAX / 2),
    }),
  ),
});

const ROWS: readonly (readonly [title: string, status: AnyObject, refusal: RegExp | null])[] = [
  ['the status of a speaker', document(), null],
  ['none yet', {}, null],
  [
    'a bridged session',
    document({ sessions: [session({ state: 'Bridged', until: '2026-01-01T00:02:00Z' })] }),
    null,
  ],
  ['as much as the limits allow', largest, null],
  ['another node', document({ node: 'w2' }), /status\.node must be the name of the object/],
  ['a session with BFD', document({ sessions: [session({ bfd: 'Up' })] }), null],
  ['an unknown phase', document({ phase: 'resting' }), /Unsupported value: "resting"/],
  ['an unknown state', document({ sessions: [session({ state: 'Half' })] }), /Unsupported value: "Half"/],
  [
    'an error that is too long',
    document({ sessions: [session({ lastError: 'x'.repeat(LAST_ERROR_MAX + 1) })] }),
    /Too long/,
  ],
  ['a session too many', document({ sessions: [...largest.sessions, session()] }), /Too many: 1001/],
  ['a number below 0', document({ announced: { services: -1 } }), /greater than or equal to 0/],
];

describe('SpeakerStatus on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let api: ApiClient;
  let path: string;

  before(async () => {
    api = await sharedApi();
    await installCrds(api);
    path = `/apis/berth.dev/v1alpha1/namespaces/${await createNamespace(api)}/speakerstatuses`;
    await api.requestOk('POST', path, {
      ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name: 'w1' } },
    });
  });

  for (const [title, status, refusal] of ROWS)
    it(`${refusal === null ? 'accepts' : 'refuses'} ${title}`, async () => {
      const answer = await api.request<AnyObject>('PATCH', `${path}/w1/status`, { status });
      if (refusal === null) assert.equal(answer.status, 200, answer.body.message);
      else {
        assert.equal(answer.status, 422);
        assert.match(answer.body.message, refusal);
      }
    });

  it('has a column for what one looks for', async () => {
    await api.requestOk('PATCH', `${path}/w1/status`, { status: document() });
    const namespace = path.split('/')[5] ?? '';
    const { stdout } = await api.kubectl(['get', 'speakerstatuses', '-n', namespace]);
    assert.match(stdout, /^NAME +PHASE +ESTABLISHED +SESSIONS +SERVICES +PREFIXES +WRITTEN$/m);
    assert.match(stdout, /^w1 +speaking +1 +1 +2 +3 +\S+$/m);
  });
});
