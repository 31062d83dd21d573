/** What the outside knows of connections: which there are, and which messages came and went over them. */
import assert from 'node:assert/strict';
import type { Action, SessionEvent } from '../../../src/bgp/session/event.ts';
import type { Link } from '../../../src/bgp/session/session.ts';
import type { Message } from '../../../src/bgp/wire/message.ts';

export class Wires {
  readonly open = new Set<Link>();
  readonly #heard = new Map<Link, Set<Message['kind']>>();
  readonly #said = new Map<Link, Set<Message['kind']>>();
  readonly #lastSign = new Map<Link, number>();

  hear(event: SessionEvent, now: number): void {
    if (event.kind !== 'received') return;
    const { link, message } = event;
    this.#heard.get(link)?.add(message.kind);
    if (message.kind === 'keepalive' || message.kind === 'update') this.#lastSign.set(link, now);
  }

  take(event: SessionEvent, actions: readonly Action[]): void {
    const answers = actions.filter(({ kind }) => kind === 'adopt' || kind === 'refuse').length;
    assert.equal(answers, event.kind === 'accepted' ? 1 : 0, 'who dials us is taken or turned away, once');
    for (const [at, action] of actions.entries()) this.#one(action, actions[at + 1]);
  }

  /** KEEPALIVE or UPDATE: what the hold time is for. */
  lastSign(link: Link): number {
    return this.#lastSign.get(link) ?? -Infinity;
  }

  bothAgreed(link: Link): void {
    for (const all of [this.#heard.get(link), this.#said.get(link)]) {
      assert.ok(all?.has('open') && all.has('keepalive'), 'it stands, and not all was said');
    }
  }

  #one(action: Action, next: Action | undefined): void {
    switch (action.kind) {
      case 'dial':
      case 'adopt':
        assert.ok(!this.#heard.has(action.link), 'a name is used again');
        this.open.add(action.link);
        this.#heard.set(action.link, new Set());
        this.#said.set(action.link, new Set());
        return;
      case 'close':
        assert.ok(this.open.delete(action.link), 'a connection is closed that is not there');
        return;
      case 'send':
        assert.ok(this.open.has(action.link), 'a message is sent over a connection that is not there');
        this.#said.get(action.link)?.add(action.message.kind);
        if (action.message.kind !== 'notification') return;
        assert.ok(next?.kind === 'close' && next.link === action.link, 'behind a NOTIFICATION comes the end');
    }
  }
}
