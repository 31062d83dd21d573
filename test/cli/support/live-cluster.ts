/** Given objects behind a loopback port, for commands that read a live cluster. It keeps no rule of an API server. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Raw, textOf } from '../../../src/base/json.ts';
import { parseApiVersion } from '../../../src/objects/api-group.ts';
import { metadataOf } from '../../../src/objects/metadata.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { createTempFolder } from './temp-folder.ts';

const LOG_PATH = /\/pods\/[^/]+\/log$/;
const CALICO_GROUP = '/apis/projectcalico.org/v3';

export type LiveCluster = {
  /** In the order of listing. */
  readonly objects: readonly Raw[];
  /** What is served of an object; the default is all of it. */
  readonly serve?: (raw: Raw) => Raw;
  /** The log of every container. */
  readonly log?: string;
  /** The message of answers about what does not exist. */
  readonly refusal?: string;
  /** The status that a request for the path is refused with; null where it is answered. */
  readonly refuses?: (pathname: string) => number | null;
  /** Called with the path and the query of each request. */
  readonly requested?: (url: string) => void;
};

/** The path of a kubeconfig for the cluster, which ends with the test. */
export async function startLiveCluster(
  test: TestContext,
  { objects, serve = (raw) => raw, log = '', refusal = 'not here', ...rest }: LiveCluster,
): Promise<string> {
  const { requested = () => {}, refuses = () => null } = rest;
  const calicoKinds = [...new Set(objects.filter(isCalico).map(({ kind }) => String(kind)))];
  const { url: server } = await startLoopback(test, ({ url }, response) => {
    requested(url);
    const { pathname } = new URL(url, 'http://api');
    const [last = '', plural = ''] = pathname.split('/').reverse().map(decodeURIComponent);
    const refusedWith = refuses(pathname);
    if (refusedWith !== null)
      return respondJson(response, refusedWith, statusBody(refusedWith, 'Refused', 'refused here'));
    if (LOG_PATH.test(pathname)) return void response.writeHead(200).end(log);
    if (pathname === CALICO_GROUP) {
      const resources = calicoKinds.map((kind) => ({ name: pluralOf(kind), kind }));
      return respondJson(response, 200, { resources });
    }
    const inGroup = objects.filter((raw) => isServedAt(pathname, raw));
    const within = /\/namespaces\/([^/]+)\/[^/]+\//.exec(pathname)?.[1];
    const named = inGroup.find((raw) => {
      const { name, namespace = within } = metadataOf(raw);
      return (
        pluralOfObject(raw) === plural && name === last && (within === undefined || namespace === within)
      );
    });
    if (named !== undefined) return respondJson(response, 200, serve(named));
    const items = inGroup.filter((raw) => pluralOfObject(raw) === last);
    if (items.length === 0 && !/s$/.test(last))
      return respondJson(response, 404, statusBody(404, 'NotFound', refusal));
    respondJson(response, 200, { metadata: { resourceVersion: '1' }, items: items.map(serve) });
  });
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  });
  return join(folder, 'kubeconfig');
}

/** Kinds of different API groups may have one name. */
const isServedAt = (pathname: string, { apiVersion }: Raw): boolean => {
  const { group } = parseApiVersion(textOf(apiVersion));
  return apiVersion === undefined || pathname.startsWith(group === '' ? '/api/' : `/apis/${group}/`);
};

const isCalico = (raw: Raw): boolean => textOf(raw['apiVersion']).startsWith('projectcalico.org/');

const pluralOf = (kind: string): string =>
  kind
    .toLowerCase()
    .replace(/([^aeiou])y$/, '$1ie')
    .replace(/s$/, 'se')
    .concat('s');

const pluralOfObject = (raw: Raw): string => pluralOf(textOf(raw['kind']));
