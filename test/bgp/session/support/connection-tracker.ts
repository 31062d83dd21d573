/** What the outside knows of connections: which there are, and which messages came and went over them. */
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
      'who dials us is taken or turned away, once',
    );
    for (const [at, action] of actions.entries()) this.#recordAction(action, actions[at + 1]);
  }

  /** KEEPALIVE or UPDATE: what the hold time is for. */
  lastKeepaliveAt(connectionId: ConnectionId): number {
    return this.#lastKeepaliveAt.get(connectionId) ?? -Infinity;
  }

  assertNegotiated(connectionId: ConnectionId): void {
    for (const all of [this.#received.get(connectionId), this.#sent.get(connectionId)]) {
      assert.ok(all?.has('open') && all.has('keepalive'), 'it stands, and not all was said');
    }
  }

  #recordAction(action: SessionAction, next: SessionAction | undefined): void {
    switch (action.kind) {
      case 'dial':
      case 'adopt':
        assert.ok(!this.#received.has(action.connectionId), 'a name is used again');
        this.open.add(action.connectionId);
        this.#received.set(action.connectionId, new Set());
        this.#sent.set(action.connectionId, new Set());
        return;
      case 'close':
        assert.ok(this.open.delete(action.connectionId), 'a connection is closed that is not there');
        return;
      case 'send':
        assert.ok(
          this.open.has(action.connectionId),
          'a message is sent over a connection that is not there',
        );
        this.#sent.get(action.connectionId)?.add(action.message.kind);
        if (action.message.kind !== 'notification') return;
        assert.ok(
          next?.kind === 'close' && next.connectionId === action.connectionId,
          'behind a NOTIFICATION comes the end',
        );
    }
  }
}
