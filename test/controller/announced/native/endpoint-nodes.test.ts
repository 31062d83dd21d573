import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { EndpointNodes, localEndpoints } from '../../../../src/controller/announced/native/endpoint-nodes.ts';
import { summarizeSlice } from '../../../../src/controller/announced/slice-summary.ts';
import { metadataOf } from '../../../../src/objects/metadata.ts';
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

/** `key` is that of the slice. */
function put(key: string, service: string, ...endpoints: readonly Raw[]): void {
  const raw = endpointSlice(service, endpoints);
  const [namespace, name] = key.split('/');
  const metadata = { ...metadataOf(raw), namespace, name };
  index.put(summarizeSlice(decodedSlice({ ...raw, metadata })));
}

/** `w1 4+6`, in order. */
const nodesOf = (key: string): readonly string[] =>
  [...index.endpointsOf(key).byNode]
    .flatMap(([name, one]) => {
      const local = name === '' ? null : localEndpoints(one);
      return local === null ? [] : [`${name} ${local.ready.join('+')}`];
    })
    .sort();

it('joins the nodes of a Service from all its slices, by family', () => {
  put('web/a-4', 'a', at('w1', '10.0.0.1'), at('w1', '10.0.0.2'), at('w2', '10.0.0.3'));
  put('web/a-6', 'a', at('w1', 'fd00::1'));
  put('web/b-4', 'b', at('w9', '10.0.0.9'));
  assert.deepEqual(nodesOf('web/a'), ['w1 0.0.0.0+::', 'w2 0.0.0.0']);
  index.remove('web/a-4');
  assert.deepEqual(nodesOf('web/a'), ['w1 ::']);
  index.remove('web/a-6');
  assert.deepEqual(index.endpointsOf('web/a'), { hasUsable: false, byNode: new Map() });
});

it('counts endpoints that serve, and leaves out those that do not', () => {
  const gone = { ready: false, serving: false };
  put('web/a', 'a', at('w1', '10.0.0.1', gone), at('w2', '10.0.0.2', { ready: false, serving: true }));
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').hasUsable], [['w2 0.0.0.0'], true]);
  put('web/a', 'a', at('w1', '10.0.0.1', gone));
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').hasUsable], [[], false]);
});

it('counts an endpoint without a node as usable somewhere', () => {
  put('web/a', 'a', { addresses: ['10.0.0.1'] });
  assert.deepEqual([nodesOf('web/a'), index.endpointsOf('web/a').hasUsable], [[], true]);
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
