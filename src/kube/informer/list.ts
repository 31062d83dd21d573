/**
 * A whole collection, page by page, each object handed on and let go as its page arrives: memory grows with
 * what the receiver keeps, not with what the cluster holds.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import type { ApiOutcome, ApiSender, ConnectionPoolName } from '../http/api-request.ts';
import { collectionPath, type Resource, withQuery } from '../resource.ts';

export const PAGE_ITEMS = 500;

/** For one page. */
export const PAGE_TIMEOUT: Millis = 30_000;

/** The server forgets a continue token after about five minutes; then we start over, so often at most. */
const LIST_RESTARTS_MAX = 2;

export type ResourceSelection = {
  readonly resource: Resource;
  /** All namespaces where it is absent. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
};

export type ListRequest = ResourceSelection & {
  /**
   * `consistent` is what etcd holds now. `cached` may lag behind, even behind what we saw before, and comes in
   * one piece, but costs the server less.
   */
  readonly from: 'consistent' | 'cached';
  readonly pageItems?: number;
  readonly connectionPool?: ConnectionPoolName;
  readonly signal?: AbortSignal;
};

export type ListReceiver = {
  /** Begin from nothing; called before the first object and again whenever the list starts over. */
  begin(): void;
  item(raw: Raw): void;
};

export type ListFailure = Exclude<ApiOutcome, { kind: 'ok' }>;

export type ListOutcome = { readonly kind: 'ok'; readonly resourceVersion: string } | ListFailure;

/** Lists everything selected. A failure leaves the receiver with a part of it. */
export async function listPaged(
  sender: ApiSender,
  request: ListRequest,
  receiver: ListReceiver,
): Promise<ListOutcome> {
  let pageItems: number | null = request.from === 'cached' ? null : (request.pageItems ?? PAGE_ITEMS);
  for (let restarts = 0; ; restarts++) {
    // Somebody who cannot get through the pages in time gets everything at once.
    if (restarts === LIST_RESTARTS_MAX) pageItems = null;
    receiver.begin();
    const listed = await listPages(sender, request, pageItems, receiver);
    if (!(listed.kind === 'refused' && listed.status === 410) || pageItems === null) return listed;
  }
}

/** The same as a value, for whoever needs the objects as they are and knows that they are few. */
export async function listAll(
  sender: ApiSender,
  request: ListRequest,
): Promise<{ readonly kind: 'ok'; readonly items: readonly Raw[] } | ListFailure> {
  let items: Raw[] = [];
  const listed = await listPaged(sender, request, {
    begin: () => {
      items = [];
    },
    item: (raw) => items.push(raw),
  });
  return listed.kind === 'ok' ? { kind: 'ok', items } : listed;
}

async function listPages(
  sender: ApiSender,
  request: ListRequest,
  pageItems: number | null,
  receiver: ListReceiver,
): Promise<ListOutcome> {
  const collection = collectionPath(request.resource, request.namespace ?? null);
  const fetchPage = (token: string | null): Promise<ApiOutcome> =>
    sender.send({
      method: 'GET',
      path: withQuery(collection, {
        fieldSelector: request.fieldSelector ?? null,
        labelSelector: request.labelSelector ?? null,
        limit: pageItems === null ? null : String(pageItems),
        continue: token,
        resourceVersion: request.from === 'cached' ? '0' : null,
      }),
      timeout: PAGE_TIMEOUT,
      ...(request.connectionPool === undefined ? {} : { connectionPool: request.connectionPool }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  for (let pendingPage = fetchPage(null); ; ) {
    const outcome = await pendingPage;
    if (outcome.kind !== 'ok') return outcome;
    const page = fieldsOf(outcome.body);
    const metadata = fieldsOf(page['metadata']);
    if (!Array.isArray(page['items']) && page['items'] !== null) {
      return { kind: 'unknown', because: `${collection} answered with something that is not a list` };
    }
    const token = textOf(metadata['continue']);
    if (token !== '') {
      // The server makes the next page while we read this one.
      pendingPage = fetchPage(token);
      await yieldToSocket();
    }
    for (const item of listOf(page['items'])) if (isObject(item)) receiver.item(item);
    if (token === '') return { kind: 'ok', resourceVersion: textOf(metadata['resourceVersion']) };
  }
}

/** A request that was begun goes out when this thread lets go of it for a moment. */
const yieldToSocket = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
