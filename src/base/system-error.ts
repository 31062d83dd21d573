/** System errors of sockets and files as text for people, without Node's `connect ECONNREFUSED 10.0.0.1:179`. */
import { getSystemErrorMap } from 'node:util';

export type SystemError = Pick<NodeJS.ErrnoException, 'code'>;

/** The system's description of an error code, such as `network is unreachable`. */
export function systemErrorText({ code }: SystemError): string {
  return knownSystemError(code) ?? 'unknown system error';
}

function knownSystemError(code: string | undefined): string | null {
  for (const [name, description] of getSystemErrorMap().values()) if (name === code) return description;
  return null;
}

/** Reasons that are the same for files and connections, or for files only. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no source address for the connection',
  ECONNABORTED: 'the connection was aborted',
  ECONNRESET: 'the connection was closed by the other side',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'the operation is not permitted',
  EPROTO: 'the server does not speak TLS there',
  EPIPE: 'the connection was closed by the other side',
  EROFS: 'the file system is read-only',
};

/**
 * Why a file or a connection cannot be used, for the end of a sentence and without an error code. An error that is not of
 * the operating system keeps its message.
 */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A name with several addresses: each attempt has its own error.
  if (error instanceof AggregateError && error.errors.length > 0) return failureText(error.errors[0]);
  const { code, address, port, hostname }: ConnectionError = error;
  if (typeof code !== 'string') return plainMessage(error);
  const server = address === undefined ? 'the server' : `${address} port ${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${server} refuses the connection: nothing listens there, or a firewall rejects it`;
    case 'ETIMEDOUT':
      return `${server} does not answer: it is down, or a firewall drops the packets`;
    case 'EHOSTUNREACH':
      return `${server} is unreachable: no host on its network answers for the address`;
    case 'ENETUNREACH':
      return `this machine has no route to ${server}`;
    case 'ENOTFOUND':
      return `the name ${hostname ?? 'of the server'} does not exist: check its spelling and the DNS server`;
    case 'EAI_AGAIN':
      return `the name ${hostname ?? 'of the server'} cannot be resolved: the DNS server does not answer`;
    default:
      return REASONS[code] ?? knownSystemError(code) ?? plainMessage(error);
  }
}

/** `error:0480006C:PEM routines::no start line`, as OpenSSL writes it. */
const OPENSSL_PREFIX = /^.*error:[0-9A-F]{8}:[^:]*:[^:]*:/;

const plainMessage = ({ message }: Error): string => message.replace(OPENSSL_PREFIX, '');

/** Fields that Node adds to errors of connections. */
type ConnectionError = NodeJS.ErrnoException & {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
};

export type ListenErrorHints = {
  /** What to do if another process has the port. */
  readonly inUse: string;
  /** What to do if the process lacks the privilege for the port. */
  readonly denied: string;
  /** What to do if the machine does not have the address. */
  readonly notAvailable?: string;
};

/** Why a TCP port cannot be opened, and what to do about it: a sentence without a full stop. */
export function listenErrorText(
  error: SystemError,
  { port, host = null }: { readonly port: number; readonly host?: string | null },
  { inUse, denied, notAvailable }: ListenErrorHints,
): string {
  const name = host === null ? `port ${port}` : `port ${port} of ${host}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${name} is already in use: ${inUse}`;
    case 'EACCES':
    case 'EPERM':
      return `${name} cannot be opened, permission denied: ${denied}`;
    case 'EADDRNOTAVAIL':
      return `${name} cannot be opened, this machine does not have the address${notAvailable === undefined ? '' : `: ${notAvailable}`}`;
    default:
      return `${name} cannot be opened: ${systemErrorText(error)}`;
  }
}
