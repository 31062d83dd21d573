/** Tracks connections from outside of the session: which are open, and which messages passed over them. */
import assert from 'node:assert/strict';
import type { SessionAction, SessionEvent } from '../../../../src/bgp/session/events.ts';
import type { ConnectionId } from '../../../../src/bgp/session/session.ts';
import type { Message } from '../../../../src/bgp/wire/message.ts';

export class ConnectionTracker {
  readonly open = new Set<ConnectionId>();
  readonly #received = new Map<ConnectionId, Set<Message['kind']>>();
  readonly #sent = new Map<ConnectionId, Set<Message['kind']>>();
  readonly #lastKeepaliveAt = new Map<ConnectionId, number>();

  recordEvent(event: SessionEvent, now: number): void {
    if (event.kind !== 'received') return;
    const { connectionId, message } = event;
    this.#received.get(connectionId)?.add(message.kind);
    if (message.kind === 'keepalive' || message.kind === 'update')
      this.#lastKeepaliveAt.set(connectionId, now);
  }

  recordActions(event: SessionEvent, actions: readonly SessionAction[]): void {
    const acceptances = actions.filter(({ kind }) => kind === 'adopt' || kind === 'refuse').length;
    assert.equal(
      acceptances,
      event.kind === 'accepted' ? 1 : 0,
      'an inbound connection is adopted or refused, once',
    );
    for (const [at, action] of actions.entries()) this.#recordAction(action, actions[at + 1]);
  }

  /** Time of the last KEEPALIVE or UPDATE. */
  lastKeepaliveAt(connectionId: ConnectionId): number {
    return this.#lastKeepaliveAt.get(connectionId) ?? -Infinity;
  }

  assertNegotiated(connectionId: ConnectionId): void {
    for (const all of [this.#received.get(connectionId), this.#sent.get(connectionId)]) {
      assert.ok(
        all?.has('open') && all.has('keepalive'),
        'established without an OPEN and a KEEPALIVE on each side',
      );
    }
  }

  #recordAction(action: SessionAction, next: SessionAction | undefined): void {
    switch (action.kind) {
      case 'dial':
      case 'adopt':
        assert.ok(!this.#received.has(action.connectionId), 'a connection ID is reused');
        this.open.add(action.connectionId);
        this.#received.set(action.connectionId, new Set());
        this.#sent.set(action.connectionId, new Set());
        return;
      case 'close':
        assert.ok(this.open.delete(action.connectionId), 'an unknown connection is closed');
        return;
      case 'send':
        assert.ok(this.open.has(action.connectionId), 'a message is sent over an unknown connection');
        this.#sent.get(action.connectionId)?.add(action.message.kind);
        if (action.message.kind !== 'notification') return;
        assert.ok(
          next?.kind === 'close' && next.connectionId === action.connectionId,
          'a NOTIFICATION is followed by closing the connection',
        );
    }
  }
}
