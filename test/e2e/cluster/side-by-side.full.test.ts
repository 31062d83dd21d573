/** Two clusters on one machine at once, each with two families, and what is left of one whose process is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../../dev/place.mjs';
import { Cluster } from '../../support/cluster/cluster.ts';
import type { ClusterState } from '../../support/cluster/keeper.ts';
import { findClusterParts, skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import { runProgram } from '../../support/run-program.ts';

const keeperProgram = fileURLToPath(new URL('../../support/cluster/keeper.ts', import.meta.url));

describe('two clusters on one machine', { skip: skipWithoutCluster() }, () => {
  let own: Cluster;
  const scratch = mkdtempSync(join(tmpdir(), 'berth-keeper-'));
  let keeper: ReturnType<typeof startKeeper>;
  let other: ClusterState;

  before(async () => {
    keeper = startKeeper(join(scratch, 'state.json'));
    own = await Cluster.start({ nodes: 2 });
    other = await keeper.state();
  });
  after(async () => {
    keeper?.kill();
    await own?.stop();
    rmSync(scratch, { recursive: true });
  });

  const otherKubectl = async (...args: readonly string[]): Promise<string> => {
    const parts = findClusterParts();
    assert.ok(parts.isAvailable);
    const namespace = `--net=/run/netns/${other.hosts['control-plane']}`;
    const env = { PATH: process.env['PATH'], KUBECONFIG: other.kubeconfig };
    const { code, stdout, stderr } = await runProgram(
      'nsenter',
      [namespace, parts.kubernetes.kubectl, ...args],
      { env },
    );
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('both are ready, with nodes of their own that have two families', async () => {
    const addresses = [
      'get',
      'nodes',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}',
    ];
    assert.equal(await own.kubectlOk(addresses), 'n1 10.90.0.11 fd90::11\nn2 10.90.0.12 fd90::12\n');
    assert.equal(await otherKubectl(...addresses), 'n1 10.90.0.11 fd90::11\n');
  });

  it('neither sees what is created in the other', async () => {
    await own.kubectlOk(['create', 'namespace', 'own']);
    await otherKubectl('create', 'namespace', 'other');
    const names = ['get', 'namespaces', '-o', 'name'];
    assert.doesNotMatch(await own.kubectlOk(names), /namespace\/other/);
    assert.doesNotMatch(await otherKubectl(...names), /namespace\/own/);
  });

  it('nothing is left of a cluster whose process is killed, and the other goes on', async () => {
    assert.notDeepEqual(tracesOf(other), [], 'there is something to find');
    keeper.kill();
    await eventually(() => assert.deepEqual(tracesOf(other), []));
    await own.untilReady();
  });
});

/** Holds a cluster in a process of its own. */
function startKeeper(file: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', keeperProgram, '1', file], {
    ...{ cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  });
  return {
    state: (): Promise<ClusterState> =>
      eventually(() => {
        assert.equal(child.exitCode ?? child.signalCode, null, 'the keeper runs');
        return JSON.parse(readFileSync(file, 'utf8'));
      }),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Namespaces, control groups, files and processes of a cluster. */
function tracesOf({ pid, hosts, kubeconfig, nodes }: ClusterState): readonly string[] {
  const groups = readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}/berth-${pid}-1`);
  const networks = Object.values(hosts).map((name) => `/run/netns/${name}`);
  const processes = Object.values(nodes).map((one) => `/proc/${one}`);
  return [...groups, ...networks, ...processes, kubeconfig].filter((path) => existsSync(path));
}
