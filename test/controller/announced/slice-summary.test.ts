import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type EndpointSummary,
  joinSummaries,
  type SliceSummary,
  sameSliceSummary,
  summarizeSlice,
} from '../../../src/controller/announced/slice-summary.ts';
import { decodedSlice } from '../../announce/support/decoded.ts';

const summary = (endpoints: readonly object[]): SliceSummary =>
  summarizeSlice(
    decodedSlice({
      metadata: { name: 'a-1', namespace: 'web', labels: { 'kubernetes.io/service-name': 'a' } },
      addressType: 'IPv4',
      endpoints,
    }),
  );

const endpoint = (nodeName: string, addresses: readonly string[], conditions: object = {}) => ({
  ...{ nodeName, addresses, conditions },
});

const byNode = (one: SliceSummary): Readonly<Record<string, EndpointSummary>> =>
  Object.fromEntries(one.byNode);

describe('the summary of an EndpointSlice', () => {
  it('has the endpoints of each node', () => {
    const one = summary([
      endpoint('w1', ['10.244.0.1']),
      endpoint('w1', ['fd00::1'], { ready: false, serving: true }),
      endpoint('w2', ['10.244.1.1'], { ready: false, serving: false }),
      { addresses: ['10.244.9.9'] },
    ]);
    assert.deepEqual([one.service, one.hasUsable], ['web/a', true]);
    assert.deepEqual(byNode(one), {
      w1: { hasReady: true, hasUnready: true, families: [4, 6] },
      w2: { hasReady: false, hasUnready: true, families: [] },
      '': { hasReady: true, hasUnready: false, families: [4] },
    });
  });

  it('has no usable endpoint where none is ready or serving', () => {
    assert.equal(summary([endpoint('w1', ['10.244.0.1'], { ready: false })]).hasUsable, false);
  });

  it('is the same for endpoints that were replaced on their nodes', () => {
    const before = summary([endpoint('w1', ['10.244.0.1']), endpoint('w2', ['10.244.1.1'])]);
    const after = summary([endpoint('w2', ['10.244.1.7']), endpoint('w1', ['10.244.0.9'])]);
    assert.equal(sameSliceSummary(before, after), true);
    assert.equal(sameSliceSummary(before, summary([endpoint('w1', ['10.244.0.1'])])), false);
    const unready = endpoint('w2', ['10.244.1.1'], { ready: false });
    assert.equal(sameSliceSummary(before, summary([endpoint('w1', ['10.244.0.1']), unready])), false);
  });

  it('is joined with those of other slices of the Service', () => {
    const [ipv4, ipv6] = ['10.244.0.1', 'fd00::1'].map((text) =>
      summary([endpoint('w1', [text])]).byNode.get('w1'),
    );
    assert.ok(ipv4 && ipv6);
    assert.deepEqual(joinSummaries(ipv4, ipv6), { hasReady: true, hasUnready: false, families: [4, 6] });
  });
});
