import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { readUnsupportedUses } from '../../../src/cli/migrate/apply-steps.ts';
import { unsupportedLines } from '../../../src/cli/migrate/text.ts';
import { FEATURE_RESOURCES, UNSUPPORTED_FEATURES } from '../../../src/cli/migrate/unsupported-features.ts';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import { collectionPath } from '../../../src/kube/resource.ts';
import { PLAIN_FORMAT } from '../support/plain-format.ts';

const NS = 'metallb-system';
const object = (name: string, more: Raw = {}): Raw => ({ metadata: { name, namespace: NS }, ...more });

/** An object that uses each feature, and one that does not. */
const EXAMPLES: Readonly<Record<string, { readonly uses: Raw; readonly not: Raw; readonly field: string }>> =
  {
    'pools of the kind AddressPool, AddressPool': { uses: object('old'), not: object('old'), field: '' },
    "MetalLB's operator, MetalLB": { uses: object('metallb'), not: object('metallb'), field: '' },
    'passwords in another namespace, BGPPeer': {
      uses: object('tor', { spec: { passwordSecret: { name: 'bgp', namespace: 'vault' } } }),
      not: object('tor', { spec: { passwordSecret: { name: 'bgp', namespace: NS } } }),
      field: 'spec.passwordSecret.namespace',
    },
    'settings of the member list, ConfigMap': {
      uses: object('metallb-memberlist-config'),
      not: object('bgpextras'),
      field: '',
    },
    'VRF, BGPPeer': {
      uses: object('tor', { spec: { vrf: 'red' } }),
      not: object('tor', { spec: { vrf: '' } }),
      field: 'spec.vrf',
    },
    'unnumbered BGP, BGPPeer': {
      uses: object('tor', { spec: { interface: 'eth1' } }),
      not: object('tor', { spec: { peerAddress: '10.0.0.1' } }),
      field: 'spec.interface',
    },
    'BFD echo mode, BFDProfile': {
      uses: object('fast', { spec: { echoMode: true } }),
      not: object('fast', { spec: { echoMode: false, echoInterval: 50 } }),
      field: 'spec.echoMode',
    },
    'BFD intervals below 50 ms, BFDProfile': {
      uses: object('fast', { spec: { transmitInterval: 10, receiveInterval: 50 } }),
      not: object('fast', { spec: { transmitInterval: 50, echoInterval: 10 } }),
      field: 'spec.transmitInterval',
    },
    'raw FRR configuration, ConfigMap': {
      uses: object('bgpextras', { data: { extras: 'router bgp 64512' } }),
      not: object('bgpextras', { data: { extras: ' ' } }),
      field: 'data.extras',
    },
    'raw FRR configuration, FRRConfiguration': {
      uses: object('mine', { spec: { raw: { rawConfig: 'router bgp 64512' } } }),
      not: object('metallb-w1', { spec: { raw: { rawConfig: 'router bgp 64512' } } }),
      field: 'spec.raw.rawConfig',
    },
    'FRR sessions of your own, FRRConfiguration': {
      uses: object('mine', { spec: { bgp: { routers: [{}, { neighbors: [{ address: '10.0.0.1' }] }] } } }),
      not: object('metallb-w1', { spec: { bgp: { routers: [{ neighbors: [{ address: '10.0.0.1' }] }] } } }),
      field: 'spec.bgp.routers[1].neighbors',
    },
    'FRR configuration of some nodes, FRRConfiguration': {
      uses: object('mine', { spec: { nodeSelector: { matchLabels: { rack: 'a' } } } }),
      not: object('mine', { spec: { nodeSelector: {} } }),
      field: 'spec.nodeSelector',
    },
  };

/** An API server with these objects, by plural; other kinds answer with `status`. */
function senderOf(objects: Readonly<Record<string, readonly Raw[]>>, status = 404) {
  const paths: string[] = [];
  const send = async ({ path }: ApiRequest): Promise<ApiOutcome> => {
    const [plain = ''] = path.split('?');
    paths.push(plain);
    const items = objects[plain.split('/').at(-1) ?? ''];
    if (items !== undefined) return { kind: 'ok', status: 200, body: { metadata: {}, items } };
    return { kind: 'refused', status, reason: 'R', message: 'm', retryAfter: null };
  };
  return { sender: { send }, paths };
}

describe('features that the speakers lack', () => {
  it('have an example here each', () => {
    assert.deepEqual(
      UNSUPPORTED_FEATURES.map(({ feature, resource }) => `${feature}, ${resource.kind}`),
      Object.keys(EXAMPLES).filter((title) =>
        UNSUPPORTED_FEATURES.some(({ feature, resource }) => title === `${feature}, ${resource.kind}`),
      ),
    );
  });

  for (const { feature, resource, find, says, instead } of UNSUPPORTED_FEATURES) {
    const example = EXAMPLES[`${feature}, ${resource.kind}`];
    it(`${feature} of a ${resource.kind} is found by its field, with what to do instead`, async () => {
      assert.ok(example !== undefined);
      const { sender } = senderOf({ [resource.plural]: [example.uses] });
      const { uses, unread } = await readUnsupportedUses(sender, NS);
      const use = uses.find((one) => one.feature === feature);
      const name = (example.uses['metadata'] as Raw)['name'];
      assert.deepEqual(use, {
        ...{ feature, object: `${resource.kind} ${NS}/${name}`, field: example.field, says, instead },
      });
      assert.deepEqual(unread, []);
      if (example.field !== '') assert.deepEqual(find(example.not), []);
    });
  }

  it('are listed once, with every object that uses them', async () => {
    const peer = (name: string): Raw => object(name, { spec: { vrf: 'red' } });
    const { sender } = senderOf({ bgppeers: [peer('tor1'), peer('tor2')] });
    const lines = unsupportedLines(await readUnsupportedUses(sender, NS), PLAIN_FORMAT);
    assert.deepEqual(lines.slice(0, 4), [
      "If Berth's speakers replace those of MetalLB",
      '  VRF',
      `    BGPPeer ${NS}/tor1, spec.vrf`,
      `    BGPPeer ${NS}/tor2, spec.vrf`,
    ]);
    assert.equal(lines.filter((line) => line.includes('default VRF')).length > 0, true);
  });

  it('read FRRConfigurations of every namespace, and the others where MetalLB is', async () => {
    const { sender, paths } = senderOf({});
    const { uses, unread } = await readUnsupportedUses(sender, NS);
    assert.deepEqual([uses, unread], [[], []], 'a kind that is not served has no objects');
    assert.deepEqual(
      paths.toSorted(),
      FEATURE_RESOURCES.map((one) =>
        collectionPath(one, one.kind === 'FRRConfiguration' ? undefined : NS),
      ).toSorted(),
    );
    assert.match(unsupportedLines({ uses, unread }, PLAIN_FORMAT).join('\n'), /nothing in use is missing/);
  });

  it('are not called unused where they cannot be read', async () => {
    const { sender } = senderOf({}, 403);
    const features = await readUnsupportedUses(sender, NS);
    assert.equal(features.unread.length, FEATURE_RESOURCES.length);
    const text = unsupportedLines(features, PLAIN_FORMAT).join('\n');
    assert.match(text, /not checked: bgppeers cannot be listed: /);
    assert.doesNotMatch(text, /nothing in use is missing/);
  });
});
