/** What went wrong with a connection, as one sentence for people: without a full stop. */
import type { Millis } from '../../base/clock.ts';
import { formatAddress } from '../../net/address.ts';
import { type Remote, remoteName } from '../session/remote.ts';

type SocketError = Pick<NodeJS.ErrnoException, 'code' | 'message'>;

/** Of an attempt that came to nothing. */
export function describeDialError({ code, message }: SocketError, remote: Remote): string {
  const { address, source } = remote;
  const name = remoteName(remote);
  switch (code) {
    case 'ECONNREFUSED':
      return `${name} refuses the connection: no speaker of BGP listens there, or a firewall says so`;
    case 'ETIMEDOUT':
      return `${name} gives no answer${likelyCauses(remote)}`;
    case 'ECONNRESET':
      return `${name} hung up before the connection was made`;
    case 'ENETUNREACH':
      return `this node has no route to ${formatAddress(address)}`;
    case 'EHOSTUNREACH':
      return `${formatAddress(address)} cannot be reached: nobody on its network answers for it`;
    case 'EADDRNOTAVAIL':
      return source === null
        ? `this node has no address from which to reach ${formatAddress(address)}`
        : `the source address ${formatAddress(source)} is not on this node`;
    case 'EINVAL':
      return source !== null && source.family !== address.family
        ? `the source address ${formatAddress(source)} is not of the family of ${formatAddress(address)}`
        : `${name} cannot be dialled: ${message}`;
    case 'EACCES':
    case 'EPERM':
      return `this node does not let a connection to ${name} out: its firewall forbids it`;
    case 'EMFILE':
    case 'ENFILE':
      return 'no connection can be made: too many files are open';
    default:
      return `${name} cannot be dialled: ${message}`;
  }
}

/** Nothing came back in that time. */
export const describeNoAnswer = (remote: Remote, waitedMs: Millis): string =>
  `${remoteName(remote)} gave no answer for ${Math.round(waitedMs / 1000)} s${likelyCauses(remote)}`;

/** What looks just like a peer that is not there. */
function likelyCauses({ password, ttlSecurity }: Remote): string {
  if (password) return ': a wrong or missing password at either side looks just like this';
  if (ttlSecurity !== null)
    return ': a peer that is farther away than TTL security allows looks just like this';
  return '';
}

/** Of a connection that was up. `heard`: the peer has sent a message over it; `error` is null where it hung up. */
export function describeConnectionLoss(
  error: SocketError | null,
  remote: Remote,
  hasReceived: boolean,
): string {
  const name = remoteName(remote);
  const isClosedByPeer = error === null || error.code === 'ECONNRESET' || error.code === 'EPIPE';
  if (isClosedByPeer && !hasReceived) {
    return `${name} hung up as soon as it was spoken to: it expects no session from this address, has one already, or rests after an error`;
  }
  if (error === null) return `${name} closed the connection`;
  if (isClosedByPeer) return `${name} reset the connection`;
  if (error.code === 'ETIMEDOUT') return `${name} no longer answers`;
  return `the connection with ${name} broke: ${error.message}`;
}

/** Of a port on which to be dialled. */
export function describeListenError({ code, message }: SocketError, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken: another speaker of BGP runs on this node`;
    case 'EACCES':
    case 'EPERM':
      return `port ${port} may not be opened: ports below 1024 take the capability NET_BIND_SERVICE`;
    default:
      return `port ${port} cannot be opened: ${message}`;
  }
}
