/** The keys that authenticate packets between the speakers, as their secret is read, replaced, and lost. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Result } from '../../base/result.ts';
import type { BfdAuthentication } from '../../bfd/settings.ts';
import {
  bfdAuthentication,
  currentRing,
  type KeyRing,
  nextRingChange,
  type SpeakerKey,
  withSecret,
} from '../../layer2/membership/key-ring.ts';
import type { Log } from '../../observe/log.ts';

export type SpeakerKeysOptions = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** What brings a secret that is missing: a sentence without a full stop. */
  readonly fix: string;
  /** Other keys are accepted, or another one is used. */
  readonly changed: () => void;
};

export class SpeakerKeys {
  readonly #options: SpeakerKeysOptions;
  #ring: KeyRing = [];
  #isRead = false;
  #problem: string | null = null;
  #cancel: () => void = () => {};

  constructor(options: SpeakerKeysOptions) {
    this.#options = options;
  }

  /** Whether it is known if there is a secret: a session begins with the key that it is to have. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Null where there is no secret. */
  get authentication(): BfdAuthentication | null {
    return bfdAuthentication(this.#ring, this.#options.clock.now());
  }

  /** Those that are accepted now; none without a secret. */
  get keys(): readonly SpeakerKey[] {
    return currentRing(this.#ring, this.#options.clock.now()).map(({ key }) => key);
  }

  /** The secret as it was read. The error is why there is none, as a sentence; then the last one stays in force. */
  read(secret: Result<string, string>): void {
    const { clock, log, changed } = this.#options;
    const isFirst = !this.#isRead;
    this.#isRead = true;
    if (!secret.ok) {
      this.#missing(secret.error);
      if (isFirst) changed();
      return;
    }
    this.#problem = null;
    const now = clock.now();
    const ring = withSecret(this.#ring, secret.value, now);
    const before = currentRing(this.#ring, now);
    if (ring.length === before.length && ring.at(-1)?.since === before.at(-1)?.since) return;
    if (before.length > 0)
      log.info('the secret of the speakers was replaced, the old one counts for some minutes');
    this.#ring = ring;
    this.#waitForChange(now);
    changed();
  }

  stop(): void {
    this.#cancel();
  }

  #missing(because: string): void {
    const { log, fix } = this.#options;
    if (because === this.#problem) return;
    this.#problem = because;
    const message =
      this.#ring.length === 0
        ? 'packets between speakers are not authenticated, a host on the network can end their sessions'
        : 'the secret of the speakers cannot be read, the last one stays in force';
    log.warn(message, { because, fix });
  }

  #waitForChange(now: Millis): void {
    const { clock, changed } = this.#options;
    this.#cancel();
    const at = nextRingChange(this.#ring, now);
    if (at === null) return;
    this.#cancel = clock.after(at - now, () => {
      this.#ring = currentRing(this.#ring, clock.now());
      this.#waitForChange(clock.now());
      changed();
    });
  }
}
