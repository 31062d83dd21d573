/**
 * Holds a cluster for a person: `keeper.ts NODES STATE_FILE`. It writes the state file when the nodes are Ready, and ends the
 * cluster on SIGTERM.
 */

import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Cluster } from './cluster.ts';

/** What `npm run cluster` has to know of a running cluster. */
export type ClusterState = {
  readonly pid: number;
  readonly kubeconfig: string;
  /** Network namespaces by the names of hosts: n1, control-plane, router, client, neighbour. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The first process of each node. */
  readonly nodes: Readonly<Record<string, number>>;
};

const [nodes = '', stateFile = ''] = process.argv.slice(2);
const ended = once(process, 'SIGTERM');
const cluster = await Cluster.start({ nodes: Number(nodes) });
const { lan, controlPlane, router, client, neighbour } = cluster.network;
const hosts = [lan, controlPlane, router, client, neighbour, ...cluster.network.nodes];
const state: ClusterState = {
  pid: process.pid,
  kubeconfig: cluster.kubeconfig,
  hosts: Object.fromEntries(hosts.map(({ name, fullName }) => [name, fullName])),
  nodes: Object.fromEntries(cluster.nodes.map((node) => [node.name, node.initPid])),
};
writeFileSync(`${stateFile}.new`, JSON.stringify(state), { mode: 0o600 });
renameSync(`${stateFile}.new`, stateFile);
const alive = setInterval(() => {}, 60_000);
await ended;
clearInterval(alive);
rmSync(stateFile, { force: true });
await cluster.stop();
process.exit(0);
