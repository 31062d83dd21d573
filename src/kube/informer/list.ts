/**
 * Lists a collection page by page. Each object is handed on as its page arrives, and not kept: memory grows with what
 * the receiver keeps, not with the size of the collection. A page with large objects has fewer of them, down to one.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import type { ApiOutcome, ApiSender, ConnectionPoolName } from '../http/api-request.ts';
import { collectionPath, type Resource, withQuery } from '../resource.ts';
import { PageSize } from './page-size.ts';

/** Of the request for one page. */
export const PAGE_TIMEOUT: Millis = 30_000;

/** Continue tokens expire after about five minutes; then the list restarts, this often at most. */
const LIST_RESTARTS_MAX = 2;

export type ResourceSelection = {
  readonly resource: Resource;
  /** Default: all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
};

export type ListRequest = ResourceSelection & {
  /**
   * `consistent` reads from etcd. `cached` reads from the server's watch cache: it may be stale, even older than an
   * earlier read, and comes as one page, but costs the server less.
   */
  readonly from: 'consistent' | 'cached';
  readonly pageItems?: number;
  /** Of a list that is requested as one page; a larger one comes in pages. Default: `RESPONSE_BYTES_MAX`. */
  readonly wholeBytesMax?: number;
  readonly connectionPool?: ConnectionPoolName;
  readonly signal?: AbortSignal;
};

export type ListReceiver = {
  /** Resets the receiver; called before the first object, and whenever the list restarts. */
  begin(): void;
  item(raw: Raw): void;
};

export type ListFailure = Exclude<ApiOutcome, { kind: 'ok' }>;

export type ListOutcome = { readonly kind: 'ok'; readonly resourceVersion: string } | ListFailure;

/** Lists the selected objects. After a failure the receiver has a part of them. */
export async function listPaged(
  sender: ApiSender,
  request: ListRequest,
  receiver: ListReceiver,
): Promise<ListOutcome> {
  const pageSize = new PageSize(request.pageItems);
  let { from } = request;
  let inPages = from !== 'cached';
  for (let restarts = 0; ; restarts++) {
    // If the pages took too long before, everything is requested as one page.
    if (restarts === LIST_RESTARTS_MAX) inPages = false;
    receiver.begin();
    const listed = await listPages(sender, { ...request, from }, inPages ? pageSize : null, receiver);
    if (from === 'cached' && listed.kind === 'unknown' && listed.isTooLarge === true) {
      // The watch cache gives no pages.
      from = 'consistent';
      inPages = true;
    } else if (!(listed.kind === 'refused' && listed.status === 410) || !inPages) return listed;
  }
}

/** Returns the selected objects, each as `keep` returns it; for collections of which little is kept. */
export async function listAll(
  sender: ApiSender,
  request: ListRequest,
  keep: (raw: Raw) => Raw = (raw) => raw,
): Promise<{ readonly kind: 'ok'; readonly items: readonly Raw[] } | ListFailure> {
  let items: Raw[] = [];
  const listed = await listPaged(sender, request, {
    begin: () => {
      items = [];
    },
    item: (raw) => items.push(keep(raw)),
  });
  return listed.kind === 'ok' ? { kind: 'ok', items } : listed;
}

/** With no `pageSize` everything is requested as one page. */
async function listPages(
  sender: ApiSender,
  request: ListRequest,
  pageSize: PageSize | null,
  receiver: ListReceiver,
): Promise<ListOutcome> {
  const collection = collectionPath(request.resource, request.namespace ?? null);
  const fetchOnce = (token: string | null): Promise<ApiOutcome> => {
    const bytesMax = pageSize === null ? (request.wholeBytesMax ?? null) : pageSize.bytesMax;
    return sender.send({
      method: 'GET',
      path: withQuery(collection, {
        fieldSelector: request.fieldSelector ?? null,
        labelSelector: request.labelSelector ?? null,
        limit: pageSize === null ? null : String(pageSize.items),
        continue: token,
        resourceVersion: request.from === 'cached' ? '0' : null,
      }),
      timeout: PAGE_TIMEOUT,
      ...(bytesMax === null ? {} : { responseBytesMax: bytesMax }),
      ...(request.connectionPool === undefined ? {} : { connectionPool: request.connectionPool }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  };
  const fetchPage = async (token: string | null): Promise<ApiOutcome> => {
    for (;;) {
      const canShrink = pageSize !== null && pageSize.items > 1;
      const outcome = await fetchOnce(token);
      if (!canShrink || outcome.kind !== 'unknown' || outcome.isTooLarge !== true) return outcome;
      pageSize.tooLarge();
    }
  };
  for (let pendingPage = fetchPage(null); ; ) {
    const outcome = await pendingPage;
    if (outcome.kind !== 'ok') return outcome;
    const page = fieldsOf(outcome.body);
    const metadata = fieldsOf(page['metadata']);
    if (!Array.isArray(page['items']) && page['items'] !== null) {
      return { kind: 'unknown', because: `the response for ${collection} is not a list` };
    }
    const items = listOf(page['items']);
    if (!areObjects(items)) {
      return { kind: 'unknown', because: `the response for ${collection} has an item without a name` };
    }
    pageSize?.received({ items: items.length, bytes: outcome.bytes ?? 0 });
    const token = textOf(metadata['continue']);
    if (token !== '') {
      // The server prepares the next page while this one is read.
      pendingPage = fetchPage(token);
      await yieldToSocket();
    }
    for (const item of items) receiver.item(item);
    if (token === '') return { kind: 'ok', resourceVersion: textOf(metadata['resourceVersion']) };
  }
}

/**
 * Every object of the API has a name. Where one has none, something between us and the API server made the list up, and
 * what else it left out cannot be known.
 */
const areObjects = (items: readonly unknown[]): items is readonly Raw[] =>
  items.every((item) => textOf(fieldsOf(fieldsOf(item)['metadata'])['name']) !== '');

/** A request is only sent once the event loop turns. */
const yieldToSocket = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
