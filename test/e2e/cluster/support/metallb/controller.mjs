// @ts-check
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import { api, ownNamespace, readJson } from './cluster-api.mjs';

/**
 * A stand-in for MetalLB's controller in a Pod, as far as a migration meets it. It gives Services the first free address of the first
 * pool, which is a /24 or a range in one, with the annotation of MetalLB; it makes the Secret of the speakers, which its Deployment owns; it answers the
 * webhooks, which accept everything, and converts BGPPeers. It keeps the addresses that are there.
 */
export const controllerProgram = fileURLToPath(import.meta.url);

const INTERVAL_MS = 500;
const WEBHOOK_PORT = 9443;

async function allocate() {
  const namespace = ownNamespace();
  for (;;) {
    try {
      await createMemberlist(namespace);
      await allocateOnce(namespace);
    } catch (error) {
      process.stderr.write(`${error}\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/** @param {string} namespace */
async function createMemberlist(namespace) {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  if ((await api('GET', `${secrets}/memberlist`)).status === 200) return;
  const { body } = await api('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/controller`);
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'controller', uid: body.metadata.uid };
  const metadata = { name: 'memberlist', ownerReferences: [owner] };
  await api('POST', secrets, { metadata, stringData: { secretkey: 'key' } });
}

/** @param {string} namespace */
async function allocateOnce(namespace) {
  const services = (await api('GET', '/api/v1/services')).body.items;
  const pools = (await api('GET', `/apis/metallb.io/v1beta1/namespaces/${namespace}/ipaddresspools`)).body
    .items;
  const [pool] = pools;
  if (pool === undefined) return;
  const ingressOf = (/** @type {any} */ { status }) => status.loadBalancer?.ingress ?? [];
  const taken = new Set(services.flatMap(ingressOf).map((/** @type {any} */ { ip }) => ip));
  for (const service of services) {
    if (service.spec.type !== 'LoadBalancer' || ingressOf(service).length > 0) continue;
    const ip = firstFree(pool.spec.addresses[0], taken);
    taken.add(ip);
    const { name, namespace: place } = service.metadata;
    const path = `/api/v1/namespaces/${place}/services/${name}`;
    const annotations = { 'metallb.io/ip-allocated-from-pool': pool.metadata.name };
    await api('PATCH', path, { metadata: { annotations } });
    await api('PATCH', `${path}/status`, { status: { loadBalancer: { ingress: [{ ip }] } } });
  }
}

/**
 * @param {string} range
 * @param {ReadonlySet<string>} taken
 */
function firstFree(range, taken) {
  const [, network, first = '0'] = /^(\d+\.\d+\.\d+)\.(\d+)/.exec(range) ?? [];
  const host = Array.from({ length: 256 }, (_, index) => index).find(
    (one) => one >= Number(first) && !taken.has(`${network}.${one}`),
  );
  return `${network}.${host}`;
}

function serveWebhooks() {
  const files = { cert: readFileSync('/certs/tls.crt'), key: readFileSync('/certs/tls.key') };
  createServer(files, async (asked, answer) => {
    try {
      const review = await readJson(asked);
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({ ...review, request: undefined, response: answerTo(review.request) }));
    } catch (error) {
      process.stderr.write(`${asked.url}: ${error}\n`);
      answer.destroy();
    }
  }).listen(WEBHOOK_PORT);
}

/** @param {any} asked */
const answerTo = ({ uid, objects, desiredAPIVersion }) =>
  objects === undefined
    ? { uid, allowed: true }
    : {
        uid,
        result: { status: 'Success' },
        convertedObjects: objects.map((/** @type {object} */ one) => ({
          ...one,
          apiVersion: desiredAPIVersion,
        })),
      };

if (process.argv[1] === `/${controllerProgram.split('/').at(-1)}`) {
  serveWebhooks();
  await allocate();
}
