/** When the BIRDs of nodes started and ended: which of them still wait for peers, and which of them peers still know. */
import type { Family } from '../../net/address.ts';
import type { LoadedConfig } from '../bird/bird-process.ts';
import type { CalicoNodeState, Recovery } from './converged-ribs.ts';

/** How long a BIRD in graceful restart waits for its peers at most, in seconds. */
const RECOVERY_SECONDS = 240;

const FAMILIES = [4, 6] as const;

export const RECOVERED: CalicoNodeState['recovery'] = { 4: 'none', 6: 'none' };

type Waiting = { readonly recovery: Recovery; readonly seconds: number };

type Killed = { readonly loaded: { readonly [F in Family]: LoadedConfig | null }; readonly seconds: number };

export class BirdStarts {
  /** By node and family; a BIRD that has heard from all of its peers is no longer in it. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #killed = new Map<string, Killed>();
  /** Seconds since they lost power. */
  readonly #off = new Map<string, number>();

  started(node: string, recovery: Recovery): void {
    for (const family of FAMILIES) this.#waiting.set(`${node} ${family}`, { recovery, seconds: 0 });
  }

  /** `killedWith` is the configuration with which it ran; null for a clean end, after which peers drop its routes. */
  ended(node: string, killedWith: Killed['loaded'] | null): void {
    if (killedWith === null) this.#killed.delete(node);
    else this.#killed.set(node, { loaded: killedWith, seconds: 0 });
  }

  lostPower(node: string): void {
    this.#off.set(node, 0);
  }

  pass(seconds: number): void {
    for (const [node, before] of this.#off) this.#off.set(node, before + seconds);
    for (const [node, one] of this.#killed)
      this.#killed.set(node, { ...one, seconds: one.seconds + seconds });
    for (const [key, one] of this.#waiting) {
      const passed = one.seconds + seconds;
      if (passed >= RECOVERY_SECONDS) this.#waiting.delete(key);
      else this.#waiting.set(key, { ...one, seconds: passed });
    }
  }

  /** Ends the wait of those without a session that is down. Returns whether some still wait. */
  settle(hasDownSession: (node: string, family: Family) => boolean): boolean {
    for (const key of [...this.#waiting.keys()]) {
      const [node = '', family] = key.split(' ');
      if (!hasDownSession(node, family === '4' ? 4 : 6)) this.#waiting.delete(key);
    }
    return this.#waiting.size > 0;
  }

  recovery(node: string): CalicoNodeState['recovery'] {
    const of = (family: Family): Recovery => this.#waiting.get(`${node} ${family}`)?.recovery ?? 'none';
    return { 4: of(4), 6: of(6) };
  }

  killed(node: string): CalicoNodeState['killed'] {
    const one = this.#killed.get(node);
    const of = (family: Family): CalicoNodeState['killed'][Family] => {
      const loaded = one?.loaded[family] ?? null;
      return one === undefined || loaded === null ? null : { loaded, seconds: one.seconds };
    };
    return { 4: of(4), 6: of(6) };
  }

  offSeconds(node: string): number | null {
    return this.#off.get(node) ?? null;
  }
}
