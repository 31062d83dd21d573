/** `examples/native/` and the router configurations in docs/native.md are valid, and do what the page says. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { NodeModel } from '../../src/announce/model/node-model.ts';
import type { Raw } from '../../src/base/json.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { decodeNode } from '../../src/objects/node.ts';
import { decodedService, nodeSlice } from '../announce/support/decoded.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { findNetworkBinaries, skipWithoutNetworkBinaries } from '../support/network-binaries.ts';
import { dedicatedApi } from '../support/real-api.ts';

const FOLDER = join(root, 'examples/native');

const objects: readonly Raw[] = readdirSync(FOLDER).flatMap((name) =>
  parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8')).map((one) => one.toJS()),
);

const ofKind = (kind: string): readonly Raw[] => objects.filter((one) => one['kind'] === kind);

describe('examples/native', () => {
  it('make a node announce the address of the Service to the router, without errors or warnings', () => {
    const model = new NodeModel({
      namespace: 'metallb-system',
      node: 'w1',
      flags: { lbClass: null, ignoreExcludeLabel: false },
    });
    model.putNode(decodeNode({ kind: 'Node', metadata: { name: 'w1' } }));
    model.putConfig({
      pools: ofKind('IPAddressPool'),
      advertisements: ofKind('BGPAdvertisement'),
      peers: ofKind('BGPPeer'),
      ...{ layer2: [], communities: [], bfdProfiles: [], secrets: [], foreignSessions: new Map() },
    });
    const [service] = ofKind('Service');
    const status = { loadBalancer: { ingress: [{ ip: '192.168.5.0' }] } };
    model.putService(decodedService({ ...service, status }));
    const slice = {
      metadata: { namespace: 'default', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'w2' }],
    };
    model.putSlice(nodeSlice(slice, 'w1'));
    const { routes, errors, warnings } = model.recompute();
    assert.deepEqual(
      routes.map(({ peer, prefixValue, route }) => [peer, formatPrefix(prefixValue), route?.communities]),
      [['tor', '192.168.5.0/32', [65_001 * 65_536 + 100]]],
    );
    assert.deepEqual([errors, warnings], [null, null]);
  });

  it('are accepted by a real API server', { skip: skipWithoutKubernetesBinaries() }, async () => {
    const api = await dedicatedApi();
    try {
      await api.requestOk('POST', '/api/v1/namespaces', { metadata: { name: 'metallb-system' } });
      const crds = await api.kubectl(['apply', '-k', join(root, 'deploy/crds')]);
      assert.equal(crds.code, 0, crds.stderr);
      await eventually(async () => {
        const ran = await api.kubectl(['apply', '--validate=strict', '-f', FOLDER]);
        assert.equal(ran.code, 0, ran.stderr);
        assert.equal(/warning/i.test(ran.stderr), false, ran.stderr);
      });
    } finally {
      await api.stop();
    }
  });
});

describe('the routers of docs/native.md', { skip: skipWithoutNetworkBinaries() }, () => {
  const page = readFileSync(join(root, 'docs/native.md'), 'utf8');

  function accepts(kind: 'bird' | 'frr', command: (file: string, folder: string) => readonly string[]): void {
    const text = new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1];
    assert.ok(text, `no router for ${kind}`);
    const folder = mkdtempSync(join(tmpdir(), 'berth-router-'));
    try {
      const file = join(folder, 'router.conf');
      writeFileSync(file, text);
      writeFileSync(join(folder, 'vtysh.conf'), '');
      const [program = '', ...args] = command(file, folder);
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      assert.equal(status, 0, `${stdout}${stderr}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('are accepted by BIRD', () => {
    const parts = findNetworkBinaries();
    assert.ok(parts.isAvailable);
    accepts('bird', (file) => [parts.bird, '-p', '-c', file]);
  });

  it('are accepted by FRR', () => {
    const parts = findNetworkBinaries();
    assert.ok(parts.isAvailable);
    accepts('frr', (file, folder) => [
      ...[parts.vtysh, '-C', '-f', file],
      ...['--config_dir', folder, '--vty_socket', folder],
    ]);
  });
});
