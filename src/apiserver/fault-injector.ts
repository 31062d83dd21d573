/**
 * Misbehaviour on demand. A test scripts rules; each request meets the first rule that matches it and still has a turn
 * left. Chance comes from the server's own seeded `random`, so that a run can be told again.
 */

import type { Millis } from '../base/clock.ts';
import type { RequestVerb } from './http/request-info.ts';
import type { RequestTarget } from './server-state.ts';

export type FaultEffect =
  /** The connection is torn down, before the request is looked at or after it took effect. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Nothing happens for `ms`; then all goes on as if nothing had been. */
  | { readonly kind: 'stall'; readonly ms: Millis; readonly when: 'before' | 'after' }
  /** Answered with this code (409, 410, 429, 500, 503, …); `after`: although it took effect. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly when?: 'before' | 'after';
      readonly retryAfterSeconds?: number;
    }
  /** Each event of the watch is sent twice. */
  | { readonly kind: 'duplicate-events' }
  /** Each event of the watch is sent `ms` late, in order. */
  | { readonly kind: 'delay-events'; readonly ms: Millis }
  /** After so many events the watch breaks off in the middle of a line. */
  | { readonly kind: 'cut-watch'; readonly afterEvents: number }
  /** After so many events the watch ends as it should. */
  | { readonly kind: 'close-watch'; readonly afterEvents: number }
  /** After so many events the watch says 410 in an ERROR event, and ends. */
  | { readonly kind: 'expire-watch'; readonly afterEvents: number };

export type FaultRule = {
  /** Unset fields match everything. */
  readonly verb?: RequestVerb | readonly RequestVerb[];
  /** The plural. */
  readonly resource?: string;
  readonly subresource?: '' | 'status';
  readonly namespace?: string;
  readonly name?: string;
  /** A part of the User-Agent. */
  readonly userAgent?: string;
  readonly effect: FaultEffect;
  /** How often it strikes; unset: without end. */
  readonly times?: number;
  /** How likely it strikes where it matches, 0 to 1; unset: 1. */
  readonly probability?: number;
};

export type FaultRequest = {
  readonly verb: RequestVerb;
  readonly target: RequestTarget;
  readonly userAgent: string;
};

/** What the server itself can be made to do, whoever asks. */
export type FaultControls = {
  /** Ends all watches, of one resource (plural) or of all. */
  readonly closeWatches: (plural?: string) => void;
  /** Forgets all history, as etcd's compaction: resuming watches and continuing lists get 410. */
  readonly compact: () => void;
  /** The resource (`ipaddresspools.metallb.io`) answers 404 as if its CRD had gone; its objects stay. */
  readonly hideResource: (table: string) => void;
  readonly restoreResource: (table: string) => void;
};

type ActiveRule = { readonly rule: FaultRule; remaining: number };

export class FaultInjector {
  readonly #random: () => number;
  readonly #controls: FaultControls;
  #rules: ActiveRule[] = [];
  #injectedCount = 0;

  constructor(random: () => number, controls: FaultControls) {
    this.#random = random;
    this.#controls = controls;
  }

  /** How often a rule has struck since the start. */
  get injectedCount(): number {
    return this.#injectedCount;
  }

  /** Adds a rule behind those there are; the returned function takes it back. */
  add(rule: FaultRule): () => void {
    const active: ActiveRule = { rule, remaining: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.push(active);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== active);
    };
  }

  clear(): void {
    this.#rules = [];
  }

  closeWatches(plural?: string): void {
    this.#controls.closeWatches(plural);
  }

  compact(): void {
    this.#controls.compact();
  }

  hideResource(table: string): void {
    this.#controls.hideResource(table);
  }

  restoreResource(table: string): void {
    this.#controls.restoreResource(table);
  }

  /** The effect that strikes this request, or null. */
  nextFault(request: FaultRequest): FaultEffect | null {
    for (const active of this.#rules) {
      if (active.remaining <= 0 || !matches(active.rule, request)) continue;
      if (active.rule.probability !== undefined && this.#random() >= active.rule.probability) continue;
      active.remaining -= 1;
      this.#injectedCount += 1;
      return active.rule.effect;
    }
    return null;
  }
}

function matches(rule: FaultRule, { verb, target, userAgent }: FaultRequest): boolean {
  if (
    rule.verb !== undefined &&
    rule.verb !== verb &&
    !(Array.isArray(rule.verb) && rule.verb.includes(verb))
  )
    return false;
  if (rule.effect.kind.includes('watch') || rule.effect.kind.includes('events')) {
    if (verb !== 'watch') return false;
  }
  return (
    (rule.resource === undefined || rule.resource === target.resource.plural) &&
    (rule.subresource === undefined || rule.subresource === target.subresource) &&
    (rule.namespace === undefined || rule.namespace === target.namespace) &&
    (rule.name === undefined || rule.name === target.name) &&
    (rule.userAgent === undefined || userAgent.includes(rule.userAgent))
  );
}
