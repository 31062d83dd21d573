/** Test harness of a session: applies events, and names the actions of the last step. */
import assert from 'node:assert/strict';
import type { SessionAction, SessionEvent, TransitionDetails } from '../../../../src/bgp/session/events.ts';
import {
  type BgpSession,
  type ConnectionId,
  newSession,
  type StateName,
} from '../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../src/bgp/session/settings.ts';
import { stepSession } from '../../../../src/bgp/session/step.ts';
import { type GracefulRestart, unicast } from '../../../../src/bgp/wire/capability.ts';
import { newNotification } from '../../../../src/bgp/wire/failure.ts';
import type { Message, Open, Update } from '../../../../src/bgp/wire/message.ts';

export const SETTINGS: BgpSessionSettings = {
  asn: 64_500,
  routerId: 0x0a000001,
  peerAsn: 64_501,
  holdTime: 90,
  keepaliveTime: null,
  families: [4],
  extendedNextHop: false,
  gracefulRestart: null,
  role: 'both',
  connectTime: 120_000,
  delayOpen: 0,
  idleHold: { first: 1000, max: 60_000 },
};

export const OPEN: Open = {
  kind: 'open',
  asn: 64_501,
  holdTime: 180,
  routerId: 0x0a000002,
  capabilities: [unicast(4), { kind: 'four-octet-as', asn: 64_501 }, { kind: 'route-refresh' }],
};

export const GRACEFUL_RESTART: GracefulRestart = {
  kind: 'graceful-restart',
  restarting: false,
  notification: false,
  restartTime: 120,
  families: [],
};

export const openWithRestart = (gracefulRestart: GracefulRestart): Open => ({
  ...OPEN,
  capabilities: [...OPEN.capabilities, gracefulRestart],
});

export const UPDATE: Update = {
  kind: 'update',
  withdrawn: [],
  announced: [],
  attributes: null,
  endOfRib: 4,
  faults: [],
};

export const REFRESH: Message = { kind: 'route-refresh', afi: 1, safi: 1, subtype: 0 };

export const ADMINISTRATIVE_RESET = newNotification(6, 4);

export class SessionHarness {
  session: BgpSession;
  now = 0;
  chance = 0.5;
  actions: readonly SessionAction[] = [];

  constructor(settings: Partial<BgpSessionSettings> = {}) {
    this.session = newSession({ ...SETTINGS, ...settings });
  }

  get state(): StateName {
    return this.session.phase.kind;
  }

  /** ID of the first connection. */
  get connectionId(): ConnectionId {
    const { phase } = this.session;
    if ('connectionId' in phase) return phase.connectionId;
    return phase.kind === 'Active' ? (phase.delayedOpen?.connectionId ?? 0) : 0;
  }

  get collidingId(): ConnectionId {
    const { phase } = this.session;
    return 'colliding' in phase ? (phase.colliding?.connectionId ?? 0) : 0;
  }

  apply(event: SessionEvent): this {
    const { session, actions } = stepSession(this.session, event, this.now, this.chance);
    this.session = session;
    this.actions = actions;
    return this;
  }

  receive(message: Message, connectionId = this.connectionId): this {
    return this.apply({ kind: 'received', connectionId, message });
  }

  advance(millis: number): this {
    this.now += millis;
    return this.apply({ kind: 'tick' });
  }

  /** Actions of the last step, in order: `OPEN`, `KEEPALIVE`, `6/2`, `dial`, `close`, `adopt`, `refuse 6/5`, `deliver update`. */
  get actionNames(): readonly string[] {
    return this.actions.flatMap(namesOf);
  }

  get details(): TransitionDetails {
    const action = this.actions.find((one) => one.kind === 'state-changed');
    assert.ok(action?.kind === 'state-changed', 'the state has not changed');
    return action.details;
  }
}

function namesOf(action: SessionAction): readonly string[] {
  switch (action.kind) {
    case 'state-changed':
      return [];
    case 'send':
      return [messageName(action.message)];
    case 'refuse':
      return [`refuse ${messageName(action.message)}`];
    case 'deliver':
      return [`deliver ${action.message.kind}`];
    case 'close':
      return [action.abort ? 'abort' : 'close'];
    default:
      return [action.kind];
  }
}

const messageName = (message: Message): string =>
  message.kind === 'notification' ? `${message.code}/${message.subcode}` : message.kind.toUpperCase();
