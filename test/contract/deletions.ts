/** Deleting objects of any kind, and kinds with ways of their own. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { STAMP } from './objects.ts';
import { configMap, has, type Row } from './stage.ts';

export const deletions: readonly Row[] = [
  [
    'a deletion answers with a Status',
    async (stage) => {
      const made = await stage.must('POST', 'configmaps', configMap('a'));
      has(await stage.must('DELETE', 'configmaps/a'), {
        kind: 'Status',
        status: 'Success',
        details: { name: 'a', kind: 'configmaps', uid: made.metadata.uid },
      });
    },
  ],
  [
    'the deletion of a Service answers with the Service',
    async (stage) => {
      await stage.service('a');
      has(await stage.must('DELETE', 'services/a'), { kind: 'Service', metadata: { name: 'a' } });
    },
  ],
  [
    'a deletion under the wrong uid is a conflict',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } };
      await stage.refused(
        stage.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the UID in the precondition (x) does not match the UID in record',
      );
      await stage.get('configmaps/a');
    },
  ],
  [
    'a deletion under an old resourceVersion is a conflict',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } };
      await stage.refused(
        stage.call('DELETE', 'configmaps/a', body),
        409,
        'Conflict',
        'the ResourceVersion in the precondition (1) does not match the ResourceVersion in record',
      );
    },
  ],
  [
    'a deletion in a dry run leaves it there',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.must('DELETE', 'configmaps/a', undefined, {}, { dryRun: 'All' });
      await stage.get('configmaps/a');
    },
  ],
  [
    'finalizers hold an object, marked',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      const marked = await stage.must('DELETE', 'configmaps/a');
      assert.match(marked.metadata.deletionTimestamp, STAMP);
      assert.equal(marked.metadata.deletionGracePeriodSeconds, 0);
      await stage.patch('configmaps/a', { metadata: { finalizers: null } });
      assert.equal((await stage.call('GET', 'configmaps/a')).status, 404);
    },
  ],
  [
    'no finalizer comes to what is being deleted',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/f'] }));
      await stage.must('DELETE', 'configmaps/a');
      const patch = { metadata: { finalizers: ['example.com/f', 'example.com/g'] } };
      await stage.refused(
        stage.call('PATCH', 'configmaps/a', patch),
        422,
        'Invalid',
        'no new finalizers can be added if the object is being deleted',
      );
      await stage.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'many are deleted by selector',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', {}, { labels: { x: 'y' } }));
      await stage.must('POST', 'configmaps', configMap('b'));
      await stage.must('DELETE', 'configmaps', undefined, {}, { labelSelector: 'x=y' });
      assert.deepEqual(
        (await stage.get('configmaps')).items.map((item: Loose) => item.metadata.name),
        ['b'],
      );
    },
  ],
  [
    'a lease is made by PUT',
    async (stage) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
      };
      assert.equal((await stage.call('PUT', 'leases/l', lease)).status, 201);
      assert.equal((await stage.get('leases/l')).spec.renewTime, '2026-01-01T00:00:00.000000Z');
    },
  ],
  [
    'a lease is renewed under its resourceVersion, once',
    async (stage) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me' },
      };
      const made = await stage.must('POST', 'leases', lease);
      const next = { ...made, spec: { ...made.spec, holderIdentity: 'you' } };
      await stage.must('PUT', 'leases/l', next);
      await stage.refused(
        stage.call('PUT', 'leases/l', next),
        409,
        'Conflict',
        'leases.coordination.k8s.io "l"',
      );
    },
  ],
  [
    'a Secret holds its text in base 64',
    async (stage) => {
      const made = await stage.must('POST', 'secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { a: 'b' },
      });
      has(made, { type: 'Opaque', data: { a: 'Yg==' }, stringData: undefined });
    },
  ],
  [
    'a namespace is labelled with its name',
    async (stage) => {
      const space = await stage.get(`/api/v1/namespaces/${stage.namespace}`);
      has(space, {
        metadata: { labels: { 'kubernetes.io/metadata.name': stage.namespace } },
        status: { phase: 'Active' },
      });
    },
  ],
  [
    'a token review needs no namespace and is not stored',
    async (stage) => {
      const reply = await stage.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'me', resourceAttributes: { verb: 'get', resource: 'services' } },
      });
      assert.deepEqual([reply.status, reply.body.status.allowed], [201, true]);
    },
  ],
];
