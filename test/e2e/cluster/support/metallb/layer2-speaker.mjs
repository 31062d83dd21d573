// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { api, ownNamespace } from './cluster-api.mjs';

/**
 * A stand-in for MetalLB's speaker in a Pod, by the rules that were observed of it at layer 2. It elects among the nodes whose Pods
 * run, by a hash of node and address. The leader has the address on its interface, so that the kernel answers for it, and writes a
 * ServiceL2Status that its Pod owns. One that is told to end leaves the others at once, and answers until its end.
 */
export const layer2SpeakerProgram = fileURLToPath(import.meta.url);

const INTERFACE = 'eth0';
const BUSYBOX = '/busybox';
const INTERVAL_MS = 100;
const ENDS_AFTER_MS = 700;

const { METALLB_NODE_NAME: node = '', METALLB_POD_NAME: pod = '' } = process.env;
/** @type {Map<string, string>} by address, the Service: what this node answers for */
const answered = new Map();

/** @param {string} namespace */
async function elect(namespace) {
  const members = await listMembers(namespace);
  for (const { metadata, status } of (await api('GET', '/api/v1/services')).body.items)
    for (const { ip } of status.loadBalancer?.ingress ?? []) {
      const [leader] = members.toSorted((a, b) => (rankOf(a, ip) < rankOf(b, ip) ? -1 : 1));
      if (leader !== node) stopAnswering(ip);
      else {
        if (!answered.has(ip)) answer(ip, metadata.name);
        await record(namespace, metadata);
      }
    }
}

/** @param {string} namespace */
async function listMembers(namespace) {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dmetallb,component%3Dspeaker`;
  const { items } = (await api('GET', path)).body;
  const others = items.filter(
    (/** @type {any} */ { metadata, status }) =>
      metadata.deletionTimestamp === undefined && status.phase === 'Running',
  );
  return [...new Set([node, ...others.map((/** @type {any} */ { spec }) => spec.nodeName)])];
}

/**
 * @param {string} member
 * @param {string} ip
 */
const rankOf = (member, ip) => createHash('sha256').update(`${member}#${ip}`).digest('hex');

/**
 * @param {string} ip
 * @param {string} service
 */
function answer(ip, service) {
  // One that was killed left the address on the node, where adding it again fails each time.
  if (!isOnInterface(ip)) execFileSync(BUSYBOX, ['ip', 'address', 'add', `${ip}/32`, 'dev', INTERFACE]);
  answered.set(ip, service);
  execFileSync(BUSYBOX, ['arping', '-U', '-c', '1', '-I', INTERFACE, '-s', ip, ip], { stdio: 'ignore' });
}

/** @param {string} ip */
const isOnInterface = (ip) =>
  networkInterfaces()[INTERFACE]?.some(({ cidr }) => cidr === `${ip}/32`) ?? false;

/** @param {string} ip */
function stopAnswering(ip) {
  if (answered.delete(ip)) execFileSync(BUSYBOX, ['ip', 'address', 'del', `${ip}/32`, 'dev', INTERFACE]);
}

/**
 * The leader deletes all other records of its Service, and makes its own again where somebody has deleted it.
 * @param {string} namespace
 * @param {{ name: string, namespace: string }} service
 */
async function record(namespace, service) {
  const records = `/apis/metallb.io/v1beta1/namespaces/${namespace}/servicel2statuses`;
  const labels = {
    'metallb.io/node': node,
    'metallb.io/service-name': service.name,
    'metallb.io/service-namespace': service.namespace,
  };
  let isThere = false;
  for (const { metadata } of (await api('GET', records)).body.items) {
    if (metadata.labels?.['metallb.io/service-name'] !== service.name) continue;
    const isOwn = metadata.ownerReferences?.some((/** @type {any} */ { name }) => name === pod) ?? false;
    if (isOwn) isThere = true;
    else await api('DELETE', `${records}/${metadata.name}`);
  }
  if (isThere) return;
  const own = (await api('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`)).body;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: pod, uid: own.metadata.uid }];
  const apiVersion = 'metallb.io/v1beta1';
  const made = await api('POST', records, {
    ...{ apiVersion, kind: 'ServiceL2Status', spec: {} },
    metadata: { generateName: 'l2-', labels, ownerReferences },
  });
  const status = { node, serviceName: service.name, serviceNamespace: service.namespace };
  await api('PATCH', `${records}/${made.body.metadata.name}/status`, { status });
}

async function main() {
  const namespace = ownNamespace();
  let isEnding = false;
  process.on('SIGTERM', async () => {
    isEnding = true;
    await sleep(ENDS_AFTER_MS);
    for (const ip of answered.keys()) stopAnswering(ip);
    process.exit(0);
  });
  while (!isEnding) {
    await elect(namespace).catch((error) => process.stderr.write(`${error}\n`));
    await sleep(INTERVAL_MS);
  }
}

if (process.argv[1] === `/${layer2SpeakerProgram.split('/').at(-1)}`) await main();
