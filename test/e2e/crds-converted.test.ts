import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLegacyConfig } from '../../src/config/legacy/legacy-config.ts';
import { convertLegacyConfig } from '../../src/config/legacy/metallb-objects.ts';
import { parseAddressPool } from '../../src/config/pool/pool.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import { sharedApi } from '../support/real-api.ts';
import { installCrds } from './support/crd-rows/server.ts';

const LEGACY_CONFIG = `
peers:
- my-asn: 4294967295
  peer-asn: 3
  peer-address: 10.0.0.2
  source-address: 10.0.0.9
  hold-time: 10s
  keepalive-time: 2s
  router-id: 10.0.0.9
  password: 12345
  bfd-profile: Fast_One
  ebgp-multihop: true
  node-selectors:
  - match-labels: {a: b}
    match-expressions: [{key: c, operator: Exists}, {key: d, operator: In, values: [x, "5"]}]
bgp-communities: {one: 1:1, two: "large:1:2:3"}
bfd-profiles:
- {name: Fast_One, receive-interval: 50, transmit-interval: 60, echo-interval: 70, detect-multiplier: 3,
   minimum-ttl: 254, echo-mode: true, passive-mode: false}
address-pools:
- {name: Lan_Pool, protocol: layer2, addresses: [10.1.0.0/24], auto-assign: false, avoid-buggy-ips: true}
- name: 10.3
  protocol: bgp
  addresses: [10.3.0.0/24, "fd00::/64"]
  bgp-advertisements:
  - {aggregation-length: 24, localpref: 4294967295, communities: [one, 64512:1]}
  - {aggregation-length-v6: 64}
`;

describe('objects converted from the old ConfigMap', { skip: skipWithoutKubernetesBinaries() }, () => {
  it('are accepted by the API server without a warning, and the pools are parsed as before', async () => {
    const api = await sharedApi();
    const namespace = await createNamespace(api);
    await installCrds(api);
    const config = await parseLegacyConfig(LEGACY_CONFIG);
    assert.ok(config.ok, JSON.stringify(config));
    const objects = convertLegacyConfig(config.value, namespace);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const applied = await api.kubectl(['create', '--validate=strict', '-f', '-'], { input: list });
    assert.deepEqual([applied.code, applied.stderr], [0, '']);
    assert.equal(applied.stdout.trim().split('\n').length, 8);
    for (const object of objects.filter(({ kind }) => kind === 'IPAddressPool')) {
      const path = `/apis/metallb.io/v1beta1/namespaces/${namespace}/ipaddresspools/${object.metadata.name}`;
      const [stored, converted] = [
        parseAddressPool(await api.requestOk('GET', path)),
        parseAddressPool(object),
      ];
      assert.ok(stored.ok && converted.ok);
      assert.deepEqual({ ...stored.value, createdAt: 0 }, { ...converted.value, createdAt: 0 });
    }
  });
});
