/**
 * Injects faults. A test adds rules; the first rule that matches a request and is not used up applies to it. Random
 * choices come from the server's seeded `random`, so that a run can be repeated.
 */

import type { Millis } from '../../base/clock.ts';
import type { RequestTarget } from '../verbs/server-state.ts';
import type { RequestVerb } from './request-info.ts';

export type FaultEffect =
  /** The connection is reset, before the request is handled or after it took effect. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Handling pauses for `ms`, before the request is handled or after it took effect. */
  | { readonly kind: 'stall'; readonly ms: Millis; readonly when: 'before' | 'after' }
  /** The response has this code (409, 410, 429, 500, 503, …); `after`: although the request took effect. */
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
  /** After this many events the watch breaks off in the middle of a line. */
  | { readonly kind: 'cut-watch'; readonly afterEvents: number }
  /** After this many events the watch ends properly. */
  | { readonly kind: 'close-watch'; readonly afterEvents: number }
  /** After this many events the watch ends with an ERROR event of code 410. */
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
  /** How often the rule applies; unset: without limit. */
  readonly times?: number;
  /** The probability that it applies where it matches, 0 to 1; unset: 1. */
  readonly probability?: number;
};

export type FaultRequest = {
  readonly verb: RequestVerb;
  readonly target: RequestTarget;
  readonly userAgent: string;
};

/** Faults of the server as a whole, independent of a request. */
export type FaultControls = {
  /** Ends all watches, of one resource (plural) or of all. */
  readonly closeWatches: (plural?: string) => void;
  /** Drops all history, like a compaction of etcd: resumed watches and continued lists get 410. */
  readonly compact: () => void;
  /** Serves 404 for the resource (`ipaddresspools.metallb.io`), as without its CRD; its objects are kept. */
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

  /** The number of faults injected so far. */
  get injectedCount(): number {
    return this.#injectedCount;
  }

  /** Adds a rule after the existing ones; the returned function removes it. */
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

  /** The fault for this request, or null. */
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
