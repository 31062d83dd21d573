/** A session on a bench: put into a state by what leads there, and what it did in words. */
import assert from 'node:assert/strict';
import type { Action, SessionEvent, Why } from '../../../src/bgp/session/event.ts';
import { type Link, newSession, type Session, type StateName } from '../../../src/bgp/session/session.ts';
import type { Settings } from '../../../src/bgp/session/settings.ts';
import { step } from '../../../src/bgp/session/step.ts';
import { type GracefulRestart, unicast } from '../../../src/bgp/wire/capability.ts';
import { notification } from '../../../src/bgp/wire/failure.ts';
import type { Message, Open, Update } from '../../../src/bgp/wire/message.ts';

export const SETTINGS: Settings = {
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

export const RESTART: GracefulRestart = {
  kind: 'graceful-restart',
  restarting: false,
  notification: false,
  restartTime: 120,
  families: [],
};

export const opening = (gracefulRestart: GracefulRestart): Open => ({
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

export const CEASE_RESET = notification(6, 4);

export class Bench {
  session: Session;
  now = 0;
  chance = 0.5;
  actions: readonly Action[] = [];

  constructor(settings: Partial<Settings> = {}) {
    this.session = newSession({ ...SETTINGS, ...settings });
  }

  get state(): StateName {
    return this.session.phase.kind;
  }

  /** That of the connection that is made first. */
  get link(): Link {
    const { phase } = this.session;
    if ('link' in phase) return phase.link;
    return phase.kind === 'Active' ? (phase.delayed?.link ?? 0) : 0;
  }

  get rival(): Link {
    const { phase } = this.session;
    return 'rival' in phase ? (phase.rival?.link ?? 0) : 0;
  }

  happens(event: SessionEvent): this {
    const { session, actions } = step(this.session, event, this.now, this.chance);
    this.session = session;
    this.actions = actions;
    return this;
  }

  hears(message: Message, link = this.link): this {
    return this.happens({ kind: 'received', link, message });
  }

  after(millis: number): this {
    this.now += millis;
    return this.happens({ kind: 'tick' });
  }

  /** `OPEN`, `KEEPALIVE`, `6/2`, `dial`, `close`, `adopt`, `refuse 6/5`, `deliver update`, in order. */
  get did(): readonly string[] {
    return this.actions.flatMap(inWords);
  }

  get why(): Why {
    const moved = this.actions.find((one) => one.kind === 'moved');
    assert.ok(moved?.kind === 'moved', 'the state has not changed');
    return moved.why;
  }
}

function inWords(action: Action): readonly string[] {
  switch (action.kind) {
    case 'moved':
      return [];
    case 'send':
      return [messageWord(action.message)];
    case 'refuse':
      return [`refuse ${messageWord(action.message)}`];
    case 'deliver':
      return [`deliver ${action.message.kind}`];
    case 'close':
      return [action.abort ? 'abort' : 'close'];
    default:
      return [action.kind];
  }
}

const messageWord = (message: Message): string =>
  message.kind === 'notification' ? `${message.code}/${message.subcode}` : message.kind.toUpperCase();
