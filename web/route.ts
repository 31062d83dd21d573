/** What the page shows, as its URL says: `#/services?find=web&open=shop/web`. */
import { signal } from '@preact/signals';

export const PAGES = ['overview', 'services', 'pools', 'network', 'plan', 'findings', 'timeline'] as const;
export type PageName = (typeof PAGES)[number];

export type Route = {
  readonly page: PageName;
  readonly query: Readonly<Record<string, string>>;
};

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const page = PAGES.find((name) => name === path) ?? 'overview';
  return { page, query: Object.fromEntries(new URLSearchParams(query)) };
}

export function hrefOf(page: PageName, query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return `#/${page}${text === '' ? '' : `?${text}`}`;
}

/** Changes the query of this page. A choice is a step that "back" undoes; typing is not. */
export function setQuery(change: Readonly<Record<string, string>>, step: 'push' | 'replace'): void {
  const { page, query } = route.value;
  const href = hrefOf(page, { ...query, ...change });
  if (step === 'push') location.hash = href;
  else {
    history.replaceState(null, '', href);
    route.value = parseRoute(href);
  }
}
