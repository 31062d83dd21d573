// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { containersPath } from './parts/containers.mjs';
import { toolsFolder } from './parts/tools.mjs';
import { cacheFolder, root } from './place.mjs';
import { run, say, seconds } from './run.mjs';
import { setUp } from './setup.mjs';

/**
 * `npm run cluster`: a real cluster to play with, as the tests have it. One at a time; it lives until `down` or a restart of the
 * machine.
 */

const USAGE = `Usage:
  npm run cluster -- up [NODES]           starts a cluster with 1 to 5 nodes (3 unless told)
  npm run cluster -- kubectl ARGUMENTS    kubectl as its administrator
  npm run cluster -- berth ARGUMENTS      this clone's berth, as its administrator
  npm run cluster -- exec HOST COMMAND    a command on n1, n2, ..., control-plane, router, client, neighbour or lan
  npm run cluster -- down                 ends it, and removes all of it

Images in it: berth:VERSION of this clone, and docker.io/library/web:1, which serves pages on the port that its second argument names.
The LAN is 10.90.0.0/24: the router has .1, the control plane .10, nodes .11 and up, the neighbour .200.`;

const stateFile = join(cacheFolder, 'cluster.json');
const logFile = join(cacheFolder, 'cluster.log');
const NODES = 3;
const NODES_MAX = 5;
const POLL_INTERVAL_MS = 200;

/** @typedef {{ pid: number, kubeconfig: string, hosts: Record<string, string>, nodes: Record<string, number> }} State */

const [command, ...args] = process.argv.slice(2);
process.exitCode = await main();

/** @returns {Promise<number>} the exit code: 2 for a command line that cannot be */
async function main() {
  if (command === 'up') return up(Number(args[0] ?? NODES));
  if (command === 'down') return down();
  if (command === 'kubectl') return withCluster((state) => onControlPlane(state, [kubectl(), ...args]));
  if (command === 'berth')
    return withCluster((state) =>
      onControlPlane(state, [process.execPath, join(root, 'dist/berth.mjs'), ...args]),
    );
  if (command === 'exec' && args.length > 1) return withCluster((state) => onHost(state, args));
  say(USAGE);
  return command === undefined || command === '--help' ? 0 : 2;
}

/** @param {number} nodes */
async function up(nodes) {
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX) {
    say(`A cluster has 1 to ${NODES_MAX} nodes.`);
    return 2;
  }
  if (readState() !== null) {
    say('A cluster runs already. End it with: npm run cluster -- down');
    return 1;
  }
  if (!(await setUp())) return 1;
  const started = performance.now();
  say(`Starting a control plane and ${nodes} ${nodes === 1 ? 'node' : 'nodes'} ...`);
  mkdirSync(cacheFolder, { recursive: true });
  rmSync(stateFile, { force: true });
  const log = openSync(logFile, 'w');
  const keeper = join(root, 'test/support/cluster/keeper.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', keeper, `${nodes}`, stateFile], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  while (!existsSync(stateFile)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      say(`The cluster did not start:\n${readFileSync(logFile, 'utf8').trimEnd()}`);
      return 1;
    }
    await sleep(POLL_INTERVAL_MS);
  }
  say(`${nodes === 1 ? 'The node is' : 'All nodes are'} Ready after ${seconds(started)}. Try:
  npm run --silent cluster -- kubectl get nodes
  npm run --silent cluster -- kubectl apply -k deploy/native
  npm run --silent cluster -- exec client curl http://ADDRESS/
  npm run --silent cluster -- down`);
  return 0;
}

async function down() {
  const state = readState();
  if (state === null) {
    say('No cluster runs.');
    return 0;
  }
  process.kill(state.pid, 'SIGTERM');
  while (isAlive(state.pid)) await sleep(POLL_INTERVAL_MS);
  return 0;
}

/** @param {(state: State) => Promise<number>} work */
async function withCluster(work) {
  const state = readState();
  if (state !== null) return work(state);
  say('No cluster runs. Start one with: npm run cluster -- up');
  return 1;
}

/**
 * @param {State} state
 * @param {readonly string[]} program
 */
function onControlPlane(state, program) {
  const env = { ...process.env, KUBECONFIG: state.kubeconfig };
  return run('nsenter', [`--net=/run/netns/${state.hosts['control-plane']}`, ...program], { env });
}

/**
 * @param {State} state
 * @param {readonly string[]} line the host, then the command
 */
function onHost(state, [host = '', ...program]) {
  const namespace = state.hosts[host];
  if (namespace === undefined) {
    say(`There is no host ${host}. There are: ${Object.keys(state.hosts).sort().join(', ')}.`);
    return Promise.resolve(2);
  }
  const PATH = [...containersPath(), toolsFolder(), process.env['PATH']].join(':');
  const node = state.nodes[host];
  const where =
    node === undefined
      ? [`--net=/run/netns/${namespace}`]
      : ['--target', `${node}`, '--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup'];
  return run('nsenter', [...where, ...program], { env: { ...process.env, PATH } });
}

/** @returns {State | null} null where none runs */
function readState() {
  if (!existsSync(stateFile)) return null;
  /** @type {State} */
  const state = JSON.parse(readFileSync(stateFile, 'utf8'));
  return isAlive(state.pid) ? state : null;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keeper.ts');
  } catch {
    return false;
  }
}

function kubectl() {
  return join(toolsFolder(), 'kubectl');
}
