/** Ports of the speaker: the interfaces that its main implements with real sockets and a real API server. */
import type { SessionDriver, SessionHandler } from '../bgp/session/driver.ts';
import type { Remote } from '../bgp/session/remote.ts';
import type { BgpSessionSettings } from '../bgp/session/settings.ts';
import type { ObjectEvent } from '../runtime/ports.ts';

export type OpenSession = (
  settings: BgpSessionSettings,
  remote: Remote,
  handler: SessionHandler,
  connectFailed: (message: string) => void,
) => SessionDriver;

export type SpeakerEventReason =
  | 'nodeAssigned'
  | 'announceFailed'
  | 'AddressConflict'
  | 'AddressUnreachable'
  | 'BFDProfileInvalid'
  | 'BFDProfileWarning'
  | 'TooManyStatuses';

export type SpeakerEvent = ObjectEvent<SpeakerEventReason>;
