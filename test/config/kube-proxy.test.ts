/** The mode of kube-proxy, as its ConfigMap says it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { kubeProxyHint, readKubeProxy } from '../../src/config/kube-proxy.ts';

const config = (...lines: readonly string[]): Raw => ({
  data: { 'config.conf': ['kind: KubeProxyConfiguration', ...lines].join('\n') },
});

const rows: readonly {
  readonly says: string;
  readonly configMap: Raw;
  readonly settings: { readonly mode: string; readonly isStrictArp: boolean } | null;
  readonly hasHint: boolean;
}[] = [
  {
    says: 'IPVS without strictARP is a problem',
    configMap: config('mode: ipvs', 'ipvs:', '  strictARP: false'),
    ...{ settings: { mode: 'ipvs', isStrictArp: false }, hasHint: true },
  },
  {
    says: 'so is IPVS where nothing is said of strictARP',
    configMap: config('mode: "ipvs"'),
    ...{ settings: { mode: 'ipvs', isStrictArp: false }, hasHint: true },
  },
  {
    says: 'IPVS with strictARP is none',
    configMap: config('mode: ipvs', 'ipvs:', '  strictARP: true'),
    ...{ settings: { mode: 'ipvs', isStrictArp: true }, hasHint: false },
  },
  {
    says: 'iptables is none, whatever strictARP is',
    configMap: config('mode: iptables', 'ipvs:', '  strictARP: false'),
    ...{ settings: { mode: 'iptables', isStrictArp: false }, hasHint: false },
  },
  {
    says: 'neither is the default mode',
    configMap: config('mode: ""'),
    ...{ settings: { mode: '', isStrictArp: false }, hasHint: false },
  },
  {
    says: 'a configuration that is no YAML is not known',
    configMap: config('mode: [ipvs'),
    ...{ settings: null, hasHint: false },
  },
  {
    says: 'the key may have any name, where the kind is there',
    configMap: {
      data: { 'kubeconfig.conf': 'kind: Config', config: 'kind: KubeProxyConfiguration\nmode: ipvs' },
    },
    ...{ settings: { mode: 'ipvs', isStrictArp: false }, hasHint: true },
  },
  {
    says: "another program's config.conf is not kube-proxy's",
    configMap: { metadata: { name: 'other' }, data: { 'config.conf': 'mode: ipvs' } },
    ...{ settings: null, hasHint: false },
  },
  { says: 'a ConfigMap without it is not known', configMap: { data: {} }, settings: null, hasHint: false },
];

describe('kube-proxy', () => {
  for (const { says, configMap, settings, hasHint } of rows)
    it(says, () => {
      const read = readKubeProxy(configMap);
      assert.deepEqual(read, settings);
      const hint = read === null ? null : kubeProxyHint(read);
      assert.equal(hint?.includes('IPVS mode without strictARP') ?? false, hasHint);
    });
});
