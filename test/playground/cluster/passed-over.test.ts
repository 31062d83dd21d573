import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passedOver } from '../../../src/playground/cluster/passed-over.ts';

const manifest = (apiVersion: string, kind: string, namespace?: string) => ({
  location: 'a.yaml:1',
  object: { apiVersion, kind, metadata: { name: 'p', ...(namespace === undefined ? {} : { namespace }) } },
});

describe('objects that a playground passes over', () => {
  const rows: readonly [says: string, object: ReturnType<typeof manifest>, message: RegExp | null][] = [
    [
      'a pool where the controller looks',
      manifest('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system'),
      null,
    ],
    [
      'a pool elsewhere, with both namespaces',
      manifest('metallb.io/v1beta1', 'IPAddressPool', 'network'),
      /^IPAddressPool network\/p is passed over: the programs of this playground look in metallb-system alone; --pool-namespace network has them look there$/,
    ],
    [
      'a peer without a namespace, with the one that it gets',
      manifest('metallb.io/v1beta2', 'BGPPeer'),
      /^BGPPeer default\/p is passed over/,
    ],
    ['a Service of any namespace', manifest('v1', 'Service', 'network'), null],
    ["Calico's peer, which has no namespace", manifest('projectcalico.org/v3', 'BGPPeer'), null],
  ];
  for (const [says, object, message] of rows) {
    it(`are told: ${says}`, () => {
      const [found] = passedOver([object], { fallback: 'default', programs: 'metallb-system' });
      if (message === null) assert.equal(found, undefined);
      else assert.match(found?.message ?? '', message);
    });
  }
});
