import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigOrigin, issuesWithOrigin } from '../../../src/announce/config/config-origin.ts';
import { resolveNodeConfig } from '../../../src/announce/config/node-config.ts';
import { formatObjectIssue } from '../../../src/announce/config/object-issue.ts';
import { loadLegacyReader } from '../../../src/config/legacy/config-map.ts';

const NAMESPACE = 'metallb-system';
const NO_OBJECTS = {
  ...{ pools: [], advertisements: [], layer2: [], peers: [], communities: [] },
  ...{ bfdProfiles: [], secrets: [] },
};
const origin: ConfigOrigin = {
  ...{ kind: 'ConfigMap', name: 'config', issues: [] },
  places: new Map([['BGPPeer peer-10.0.0.1', 'peers[0]']]),
};

describe('the issues of objects that come from a ConfigMap', () => {
  it('are shown in the ConfigMap, and stay those of the object', () => {
    const issue = { path: 'spec.peerAddress', message: 'is taken', metallbText: 'peer 10.0.0.1 exists' };
    const [one] = issuesWithOrigin([{ kind: 'BGPPeer', name: 'peer-10.0.0.1', issue }], origin);
    assert.ok(one);
    assert.deepEqual([one.kind, one.name, one.issue], ['BGPPeer', 'peer-10.0.0.1', issue]);
    assert.equal(formatObjectIssue(one), 'ConfigMap "config": data.config: peers[0].peer-address: is taken');
  });

  it('come behind those of the whole text', () => {
    const broken = { ...origin, issues: [{ path: 'data.config', message: 'is empty' }] };
    const all = issuesWithOrigin([{ kind: 'Secret', name: 's', issue: { path: '', message: 'm' } }], broken);
    assert.deepEqual(all.map(formatObjectIssue), [
      'ConfigMap "config": data.config: is empty',
      'Secret "s": m',
    ]);
  });

  it('are as they are where objects are stored', () => {
    const issues = [{ kind: 'BGPPeer', name: 'peer-10.0.0.1', issue: { path: '', message: 'm' } }];
    assert.equal(issuesWithOrigin(issues, null), issues);
  });

  it('are those of the node: a router that Calico peers with', async () => {
    const read = await loadLegacyReader();
    const data = { config: 'peers: [{my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1}]' };
    const objects = read({ data }, NAMESPACE);
    assert.ok(objects.ok);
    const config = resolveNodeConfig(
      {
        ...NO_OBJECTS,
        peers: objects.value.map(({ raw }) => raw),
        foreignSessions: new Map([['10.0.0.1', 'BGPPeer of Calico']]),
        origin,
      },
      {},
      { namespace: NAMESPACE },
      null,
    );
    assert.match(
      config.errors.map(formatObjectIssue).join(),
      /^ConfigMap "config": data\.config: peers\[0\]\.peer-address: BGPPeer of Calico already makes this node/,
    );
  });
});
