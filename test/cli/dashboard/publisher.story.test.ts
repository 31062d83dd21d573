/** Followers that come, go away and come back have what the cluster has. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Publisher, REMEMBERED_PATCHES_MAX } from '../../../src/cli/dashboard/publisher.ts';
import type { OverviewDocument, ServiceOverview } from '../../../src/overview/document.ts';
import { applyPatch, type OverviewEvent } from '../../../src/overview/document-patch.ts';

const documentOf = (source: string, time = '2026-01-01T00:00:00Z'): OverviewDocument => ({
  ...{ format: 1, source, time, verdict: 'clean', partial: false, notRead: [], kinds: [] },
  ...{ problems: [], pools: null, services: null, changes: [], configuration: [] },
  controller: {
    ...{ state: 'absent', leader: null, node: null, since: null, renewed: null, version: null, pods: null },
    says: 'no controller',
  },
  announcing: { calico: null, speakers: null, sessions: null, layer2: null, routes: null, unknown: [] },
});

const SERVICE: Omit<ServiceOverview, 'service' | 'reason'> = {
  ...{ request: 'IPv4', waitsFor: null, addresses: ['192.0.2.1'], pool: 'a' },
  ...{ says: null, since: null, announced: null, answeredBy: null },
  state: 'assigned',
};

const COMMANDS = { program: 'berth', flags: {}, kubectl: 'kubectl' };

/** A page: it applies what it receives. */
class Page {
  document: OverviewDocument | null = null;
  version = 0;
  readonly kinds: string[] = [];

  receive = (event: OverviewEvent): void => {
    this.kinds.push(event.kind);
    this.version = event.version;
    if (event.kind === 'document') this.document = event.document;
    else if (event.kind === 'patch' && this.document !== null)
      this.document = applyPatch(this.document, event.patch);
  };
}

describe('a page of the dashboard', () => {
  let publisher: Publisher;
  let page: Page;
  beforeEach(() => {
    publisher = new Publisher({ origin: 'cluster', commands: COMMANDS });
    page = new Page();
  });

  it('waits for the first document, and then follows', () => {
    publisher.follow(0, page.receive);
    publisher.publish(documentOf('a'));
    publisher.publish(documentOf('b'));
    assert.deepEqual(page.kinds, ['document', 'patch']);
    assert.deepEqual(page.document, documentOf('b'));
  });

  it('is told that nothing has changed', () => {
    publisher.publish(documentOf('a'));
    publisher.follow(0, page.receive);
    publisher.publish(documentOf('a', '2026-01-01T00:00:05Z'));
    assert.deepEqual(page.kinds, ['document', 'alive']);
  });

  it('gets only what it missed when it comes back', () => {
    publisher.publish(documentOf('a'));
    publisher.follow(0, page.receive)();
    publisher.publish(documentOf('b'));
    publisher.publish(documentOf('c'));
    page.kinds.length = 0;
    publisher.follow(page.version, page.receive);
    assert.deepEqual(page.kinds, ['patch', 'patch', 'alive']);
    assert.deepEqual(page.document, documentOf('c'));
  });

  it('gets the whole document when it was away for too long, or has a version from elsewhere', () => {
    publisher.publish(documentOf('first'));
    publisher.follow(0, page.receive)();
    for (let i = 0; i <= REMEMBERED_PATCHES_MAX; i++) publisher.publish(documentOf(`${i}`));
    for (const version of [page.version, 1_000_000]) {
      const other = new Page();
      publisher.follow(version, other.receive);
      assert.deepEqual(other.kinds, ['document']);
      assert.deepEqual(other.document, documentOf(`${REMEMBERED_PATCHES_MAX}`));
    }
  });

  it('gets the whole document where the patches have more Services than that', () => {
    const withReason = (reason: string): OverviewDocument => ({
      ...documentOf('a'),
      services: {
        ...{ namespace: null, from: 'status', total: 2, withAddress: 2, withoutAddress: 0 },
        ...{ unreconciled: 0, others: 0, reasons: [] },
        announced: { yes: 0, no: 0, unknown: 0, unsaid: 2 },
        items: ['a/web', 'b/web'].map((service) => ({ ...SERVICE, service, reason })),
      },
    });
    publisher.publish(withReason('First'));
    publisher.follow(0, page.receive)();
    publisher.publish(withReason('Second'));
    const [soon, late] = [new Page(), new Page()];
    soon.document = page.document;
    publisher.follow(page.version, soon.receive);
    publisher.publish(withReason('Third'));
    publisher.follow(page.version, late.receive);
    assert.deepEqual(soon.kinds, ['patch', 'alive', 'patch']);
    assert.deepEqual(late.kinds, ['document']);
    for (const one of [soon, late]) assert.deepEqual(one.document, withReason('Third'));
  });

  it('keeps its document when the cluster is lost, and is told; also a page that comes then', () => {
    publisher.publish(documentOf('a'));
    publisher.follow(0, page.receive);
    publisher.lose('no answer');
    const late = new Page();
    publisher.follow(0, late.receive);
    for (const one of [page, late]) {
      assert.deepEqual(one.kinds, ['document', 'lost']);
      assert.deepEqual(one.document, documentOf('a'));
    }
    publisher.publish(documentOf('a'));
    assert.equal(page.kinds.at(-1), 'alive');
  });
});
