/**
 * This file refuses what only web pages send. The API has no authentication, so a page in a browser of this machine must
 * not reach it: neither by a name that resolves to a loopback address (DNS rebinding), nor across origins.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { parseAddress } from '../../net/address.ts';
import type { StatusError } from '../object/status.ts';

/**
 * The error of a request whose `Host` or `Origin` is foreign; null for any other. A `Host` is accepted where no DNS server
 * can redirect it: a loopback address, `localhost`, or `ownHost`, the address that the server listens on. Its port does
 * not matter, since a forwarded port has another number.
 */
export function foreignRequest(headers: IncomingHttpHeaders, ownHost: string): StatusError | null {
  const { host, origin } = headers;
  if (host === undefined || !isOwnName(hostName(host), ownHost)) {
    return refused(`the Host header ${JSON.stringify(host ?? '')} does not name this server`);
  }
  // Programs send no Origin. A page of this server's own origin may: there is none, but it could do no harm.
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return refused(
      `requests of web pages are not served, and this one has the Origin ${JSON.stringify(origin)}`,
    );
  }
  return null;
}

/** The host of a `Host` header without its port, and an IPv6 address without its brackets (RFC 9110, 7.2). */
const hostName = (host: string): string =>
  /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '').toLowerCase();

function isOwnName(name: string, ownHost: string): boolean {
  if (name === 'localhost' || name === ownHost) return true;
  const address = parseAddress(name);
  if (!address.ok) return false;
  const { family, bits } = address.value;
  return family === 4 ? bits >> 24n === IPV4_LOOPBACK_NET : bits === 1n;
}

/** 127.0.0.0/8. */
const IPV4_LOOPBACK_NET = 127n;

const refused = (because: string): StatusError => ({
  code: 403,
  reason: 'Forbidden',
  message: `${because}: use the server address of the kubeconfig`,
});
