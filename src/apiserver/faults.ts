/**
 * Misbehaviour on demand. A test scripts rules; each request meets the first rule that matches it and still has a turn
 * left. Chance comes from the server's own seeded `random`, so that a run can be told again.
 */

import type { Millis } from '../base/clock.ts';
import type { Target } from './cluster.ts';
import type { Verb } from './http/route.ts';

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
  readonly verb?: Verb | readonly Verb[];
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
  readonly chance?: number;
};

export type Occasion = { readonly verb: Verb; readonly target: Target; readonly userAgent: string };

/** What the server itself can be made to do, whoever asks. */
export type FaultPowers = {
  /** Ends all watches, of one resource (plural) or of all. */
  readonly closeWatches: (plural?: string) => void;
  /** Forgets all history, as etcd's compaction: resuming watches and continuing lists get 410. */
  readonly compact: () => void;
  /** The resource (`ipaddresspools.metallb.io`) answers 404 as if its CRD had gone; its objects stay. */
  readonly forget: (table: string) => void;
  readonly remember: (table: string) => void;
};

type Held = { readonly rule: FaultRule; left: number };

export class Faults {
  readonly #random: () => number;
  readonly #powers: FaultPowers;
  #rules: Held[] = [];
  #struck = 0;

  constructor(random: () => number, powers: FaultPowers) {
    this.#random = random;
    this.#powers = powers;
  }

  /** How often a rule has struck since the start. */
  get struck(): number {
    return this.#struck;
  }

  /** Adds a rule behind those there are; the returned function takes it back. */
  add(rule: FaultRule): () => void {
    const held: Held = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.push(held);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== held);
    };
  }

  clear(): void {
    this.#rules = [];
  }

  closeWatches(plural?: string): void {
    this.#powers.closeWatches(plural);
  }

  compact(): void {
    this.#powers.compact();
  }

  forget(table: string): void {
    this.#powers.forget(table);
  }

  remember(table: string): void {
    this.#powers.remember(table);
  }

  /** The effect that strikes this request, or null. */
  strike(occasion: Occasion): FaultEffect | null {
    for (const held of this.#rules) {
      if (held.left <= 0 || !matches(held.rule, occasion)) continue;
      if (held.rule.chance !== undefined && this.#random() >= held.rule.chance) continue;
      held.left -= 1;
      this.#struck += 1;
      return held.rule.effect;
    }
    return null;
  }
}

function matches(rule: FaultRule, { verb, target, userAgent }: Occasion): boolean {
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
