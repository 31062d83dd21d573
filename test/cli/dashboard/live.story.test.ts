/** Changes of a cluster are published together, and a page is told that nothing changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IDLE_INTERVAL, PUBLISH_INTERVAL, publishLive } from '../../../src/cli/dashboard/live.ts';
import type { OverviewDocument } from '../../../src/overview/document.ts';
import type { KindState } from '../../../src/overview/knowledge.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const documentOf = (state: KindState, because = ''): OverviewDocument => ({
  ...{
    format: 1,
    source: 'a test',
    time: '',
    verdict: 'clean',
    partial: false,
    notRead: [],
    changes: [],
    configuration: [],
  },
  kinds: [
    {
      ...{ kind: 'Service', state, objects: null, namespace: null },
      says: state === 'read' ? null : `services cannot be read: ${because}`,
    },
  ],
  ...{ problems: [], pools: null, services: null },
  controller: {
    ...{ state: 'absent', leader: null, node: null, since: null, renewed: null, version: null, pods: null },
    says: '',
  },
  announcing: { calico: null, speakers: null, sessions: null, layer2: null, routes: null, unknown: [] },
});

function start() {
  const clock = new FakeClock();
  const events: string[] = [];
  const told: string[] = [];
  const stop = new AbortController();
  const cluster: { document: OverviewDocument | null; changed: () => void } = {
    document: null,
    changed: () => {},
  };
  const running = publishLive(
    {
      clock,
      feed: (changed) => {
        cluster.changed = changed;
        return {
          document: () => cluster.document,
          run: (signal) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => resolve());
            }),
        };
      },
      publisher: {
        publish: () => events.push('published'),
        lose: (says) => events.push(says),
      },
      tell: (sentence) => told.push(sentence),
    },
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { clock, events, told, cluster, end };
}

describe('the dashboard of a live cluster', () => {
  it('publishes nothing before the cluster was read', async () => {
    const { clock, events, end } = start();
    clock.advance(IDLE_INTERVAL);
    assert.deepEqual(events, []);
    await end();
  });

  it('publishes changes together that come within one interval', async () => {
    const { clock, events, cluster, end } = start();
    cluster.document = documentOf('read');
    for (let i = 0; i < 50; i++) cluster.changed();
    clock.advance(PUBLISH_INTERVAL);
    assert.deepEqual(events, ['published']);
    cluster.changed();
    clock.advance(PUBLISH_INTERVAL);
    assert.deepEqual(events, ['published', 'published']);
    await end();
  });

  it('tells pages the time while nothing changes', async () => {
    const { clock, events, cluster, end } = start();
    cluster.document = documentOf('read');
    clock.advance(IDLE_INTERVAL);
    clock.advance(IDLE_INTERVAL);
    assert.deepEqual(events, ['published', 'published']);
    await end();
  });

  it('says that the cluster is lost where nothing at all is answered', async () => {
    const { clock, events, cluster, end } = start();
    cluster.document = documentOf('unreachable', 'no answer');
    cluster.changed();
    clock.advance(PUBLISH_INTERVAL);
    cluster.document = documentOf('forbidden', '403');
    cluster.changed();
    clock.advance(PUBLISH_INTERVAL);
    assert.deepEqual(events, ['no answer', 'published']);
    await end();
  });

  it('publishes nothing after it has ended', async () => {
    const { clock, events, cluster, end } = start();
    cluster.document = documentOf('read');
    await end();
    clock.advance(IDLE_INTERVAL);
    assert.deepEqual(events, []);
  });

  it('tells the terminal once that the cluster does not answer, and once that it does again', async () => {
    const { clock, told, cluster, end } = start();
    cluster.document = documentOf('unreachable', 'no route');
    clock.advance(IDLE_INTERVAL);
    clock.advance(IDLE_INTERVAL);
    cluster.document = documentOf('read');
    clock.advance(IDLE_INTERVAL);
    clock.advance(IDLE_INTERVAL);
    assert.deepEqual(told, [
      'the cluster does not answer, and is asked again: no route',
      'the cluster answers again',
    ]);
    await end();
  });

  it('says that credentials have expired, which everything is refused for', async () => {
    const { clock, events, cluster, end } = start();
    cluster.document = documentOf('unauthorized', 'refused with 401');
    clock.advance(IDLE_INTERVAL);
    assert.match(events.at(-1) ?? '', /have expired: log in again/);
    await end();
  });
});
