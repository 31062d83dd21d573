/** System errors of sockets and files as text for people, without Node's `connect ECONNREFUSED 10.0.0.1:179`. */
import { getSystemErrorMap } from 'node:util';

export type SystemError = Pick<NodeJS.ErrnoException, 'code'>;

/** The system's description of an error code, such as `network is unreachable`. */
export function systemErrorText({ code }: SystemError): string {
  for (const [name, description] of getSystemErrorMap().values()) if (name === code) return description;
  return 'unknown system error';
}

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
