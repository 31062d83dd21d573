/** Socket errors of BGP connections as sentences for people: problem, then likely cause; without a full stop. */
import type { Millis } from '../../base/clock.ts';
import { listenErrorText, type SystemError, systemErrorText } from '../../base/system-error.ts';
import { formatAddress } from '../../net/address.ts';
import { type Remote, remoteName } from '../session/remote.ts';

/** Why an outbound connection attempt failed. */
export function describeDialError(error: SystemError, remote: Remote): string {
  const { address, source } = remote;
  const name = remoteName(remote);
  const otherError = (): string => `the connection to ${name} failed: ${systemErrorText(error)}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `${name} refuses the connection: no BGP speaker listens on that port, or a firewall rejects it`;
    case 'ETIMEDOUT':
      return `${name} does not answer${likelyCauses(remote)}`;
    case 'ECONNRESET':
      return `${name} closed the connection before it was established`;
    case 'ENETUNREACH':
      return `this node has no route to ${formatAddress(address)}`;
    case 'EHOSTUNREACH':
      return `${formatAddress(address)} is unreachable: no host on its network answers for that address`;
    case 'EADDRNOTAVAIL':
      return source === null
        ? `this node has no source address for connections to ${formatAddress(address)}`
        : `the source address ${formatAddress(source)} is not configured on this node`;
    case 'EINVAL':
      return source !== null && source.family !== address.family
        ? `the source address ${formatAddress(source)} is not of the address family of ${formatAddress(address)}`
        : otherError();
    case 'EACCES':
    case 'EPERM':
      return `the firewall of this node blocks connections to ${name}`;
    case 'EMFILE':
    case 'ENFILE':
      return `no connection to ${name} can be opened: too many open files`;
    default:
      return otherError();
  }
}

/** The connection attempt was given up after `waitedMs`. */
export const describeNoAnswer = (remote: Remote, waitedMs: Millis): string =>
  `${remoteName(remote)} did not answer within ${Math.round(waitedMs / 1000)} s${likelyCauses(remote)}`;

/** Misconfigurations for which the kernel drops packets silently (RFC 2385 2, RFC 5082 3). */
function likelyCauses({ password, ttlSecurity }: Remote): string {
  if (password) return ': a wrong or missing password on either side has the same symptom';
  if (ttlSecurity !== null)
    return ': a peer that is more hops away than TTL security allows has the same symptom';
  return '';
}

/**
 * Why an open connection was lost. `hasReceived`: the peer has sent a message over it; `error` is null if the peer closed
 * the connection.
 */
export function describeConnectionLoss(
  error: SystemError | null,
  remote: Remote,
  hasReceived: boolean,
): string {
  const name = remoteName(remote);
  const isClosedByPeer = error === null || error.code === 'ECONNRESET' || error.code === 'EPIPE';
  if (isClosedByPeer && !hasReceived) {
    return `${name} closed the connection before its OPEN: it expects no session from this address, already has one, or is waiting after an error`;
  }
  if (error === null) return `${name} closed the connection`;
  if (isClosedByPeer) return `${name} reset the connection`;
  if (error.code === 'ETIMEDOUT') return `${name} stopped answering`;
  return `the connection to ${name} failed: ${systemErrorText(error)}`;
}

/** Why the port for inbound connections cannot be opened. */
export const describeListenError = (error: SystemError, port: number): string =>
  listenErrorText(
    error,
    { port },
    {
      inUse: 'another BGP speaker runs on this node',
      denied: 'ports below 1024 need the capability NET_BIND_SERVICE',
    },
  );
