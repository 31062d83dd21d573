/** Contract: deletions, and kinds with rules of their own. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, configMap } from './fixture.ts';
import { TIMESTAMP_PATTERN } from './objects.ts';

export const deletions: readonly ContractRow[] = [
  [
    'a deletion returns a Status',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a'));
      assertIncludes(await api.must('DELETE', 'configmaps/a'), {
        kind: 'Status',
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid: created.metadata.uid },
      });
    },
  ],
  [
    'the deletion of a Service returns the Service',
    async (api) => {
      await api.service('a');
      assertIncludes(await api.must('DELETE', 'services/a'), { kind: 'Service', metadata: { name: 'a' } });
    },
  ],
  [
    'a deletion with the wrong uid is a conflict',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } };
      await api.mustRefuse(
        api.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the UID in the precondition (x) does not match the UID in record',
      );
      await api.get('configmaps/a');
    },
  ],
  [
    'a deletion with an old resourceVersion is a conflict',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } };
      await api.mustRefuse(
        api.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the ResourceVersion in the precondition (1) does not match the ResourceVersion in record',
      );
    },
  ],
  [
    'a dry run of a deletion deletes nothing',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      await api.must('DELETE', 'configmaps/a', undefined, {}, { dryRun: 'All' });
      await api.get('configmaps/a');
    },
  ],
  [
    'finalizers delay a deletion, and the object has a deletionTimestamp',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      const marked = await api.must('DELETE', 'configmaps/a');
      assert.match(marked.metadata.deletionTimestamp, TIMESTAMP_PATTERN);
      assert.equal(marked.metadata.deletionGracePeriodSeconds, 0);
      await api.patch('configmaps/a', { metadata: { finalizers: null } });
      assert.equal((await api.call('GET', 'configmaps/a')).status, 404);
    },
  ],
  [
    'an object that is being deleted gets no new finalizer',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      await api.must('DELETE', 'configmaps/a');
      const patch = { metadata: { finalizers: ['example.com/f', 'example.com/g'] } };
      await api.mustRefuse(
        api.call('PATCH', 'configmaps/a', patch),
        422,
        'Invalid',
        'no new finalizers can be added if the object is being deleted',
      );
      await api.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'a collection is deleted by selector',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', {}, { labels: { x: 'y' } }));
      await api.must('POST', 'configmaps', configMap('b'));
      await api.must('DELETE', 'configmaps', undefined, {}, { labelSelector: 'x=y' });
      assert.deepEqual(
        (await api.get('configmaps')).items.map((item: Loose) => item.metadata.name),
        ['b'],
      );
    },
  ],
  [
    'a PUT creates a Lease',
    async (api) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
      };
      assert.equal((await api.call('PUT', 'leases/l', lease)).status, 201);
      assert.equal((await api.get('leases/l')).spec.renewTime, '2026-01-01T00:00:00.000000Z');
    },
  ],
  [
    'a Lease is updated with its resourceVersion, once',
    async (api) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me' },
      };
      const created = await api.must('POST', 'leases', lease);
      const next = { ...created, spec: { ...created.spec, holderIdentity: 'you' } };
      await api.must('PUT', 'leases/l', next);
      await api.mustRefuse(
        api.call('PUT', 'leases/l', next),
        409,
        'Conflict',
        'leases.coordination.k8s.io "l"',
      );
    },
  ],
  [
    'stringData of a Secret is stored as data in base64',
    async (api) => {
      const created = await api.must('POST', 'secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { a: 'b' },
      });
      assertIncludes(created, { type: 'Opaque', data: { a: 'Yg==' }, stringData: undefined });
    },
  ],
  [
    'a namespace is labelled with its name',
    async (api) => {
      const space = await api.get(`/api/v1/namespaces/${api.namespace}`);
      assertIncludes(space, {
        metadata: { labels: { 'kubernetes.io/metadata.name': api.namespace } },
        status: { phase: 'Active' },
      });
    },
  ],
  [
    'a TokenReview is cluster-scoped and not stored',
    async (api) => {
      const reply = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'me', resourceAttributes: { verb: 'get', resource: 'services' } },
      });
      assert.deepEqual([reply.status, reply.body.status.allowed], [201, true]);
    },
  ],
];
