import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import {
  EndpointNodes,
  NO_SERVICE_ENDPOINTS,
  summarizeSlice,
} from '../../../../src/controller/announced/native/endpoint-nodes.ts';
import { endpointSlice } from '../../../announce/support/cluster.ts';
import { decodedSlice } from '../../../announce/support/decoded.ts';

const at = (nodeName: string, address: string, conditions: Raw = {}): Raw => ({
  addresses: [address],
  nodeName,
  conditions,
});

let index: EndpointNodes;
beforeEach(() => {
  index = new EndpointNodes();
});

const put = (id: string, service: string, ...endpoints: readonly Raw[]): void =>
  index.put(id, summarizeSlice(decodedSlice(endpointSlice(service, endpoints))));

/** `w1 4+6`, in order. */
const nodesOf = (key: string): readonly string[] =>
  [...index.endpointsOf(key).nodes].map(([name, { ready }]) => `${name} ${ready.join('+')}`).sort();

it('knows the nodes of a Service from all its slices, by family', () => {
  put('web/a-4', 'a', at('w1', '10.0.0.1'), at('w1', '10.0.0.2'), at('w2', '10.0.0.3'));
  put('web/a-6', 'a', at('w1', 'fd00::1'));
  put('web/b-4', 'b', at('w9', '10.0.0.9'));
  assert.deepEqual(nodesOf('web/a'), ['w1 0.0.0.0+::', 'w2 0.0.0.0']);
  index.remove('web/a-4');
  assert.deepEqual(nodesOf('web/a'), ['w1 ::']);
  index.remove('web/a-6');
  assert.equal(index.endpointsOf('web/a'), NO_SERVICE_ENDPOINTS);
});

it('counts those that serve, and leaves out those that do not', () => {
  const gone = { ready: false, serving: false };
  put('web/a', 'a', at('w1', '10.0.0.1', gone), at('w2', '10.0.0.2', { ready: false, serving: true }));
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').anywhere], [['w2 0.0.0.0'], true]);
  put('web/a', 'a', at('w1', '10.0.0.1', gone));
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').anywhere], [[], false]);
});

it('knows an endpoint without a node, which is somewhere', () => {
  put('web/a', 'a', { addresses: ['10.0.0.1'] });
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').anywhere], [[], true]);
});

it('gives the same value until something changes, and follows a slice to another Service', () => {
  put('web/x', 'a', at('w1', '10.0.0.1'));
  put('web/y', 'a', at('w2', '10.0.0.2'));
  const before = index.endpointsOf('web/a');
  assert.equal(index.endpointsOf('web/a'), before);
  put('web/y', 'b', at('w2', '10.0.0.2'));
  assert.notEqual(index.endpointsOf('web/a'), before);
  assert.deepEqual([nodesOf('web/a'), nodesOf('web/b')], [['w1 0.0.0.0'], ['w2 0.0.0.0']]);
});
