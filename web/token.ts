/** The token of the dashboard. It comes with the address of the page, and is kept for as long as the tab. */
const TOKEN_KEY = 'berth-token';

/** Takes it out of the address, so that nobody copies it with a link. */
export function takeToken(): void {
  const given = /[#&]token=([\w-]+)/.exec(location.hash)?.[1];
  if (given === undefined) return;
  sessionStorage.setItem(TOKEN_KEY, given);
  history.replaceState(null, '', '#/overview');
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** As a header: a cookie would go to every port of this machine. */
export const authorization = (): string => `Bearer ${sessionStorage.getItem(TOKEN_KEY) ?? ''}`;
