/** What one step changes: the session, and the actions that follow. At most one packet is sent in a step. */
import type { Millis } from '../base/clock.ts';
import { authenticationOctets, nextSequence, type Sha1, sendingKey, signPacket } from './authentication.ts';
import type { BfdAction, BfdStep, BfdSurroundings } from './events.ts';
import { type ControlPacket, type Discriminator, encodePacket } from './packet.ts';
import {
  announcedIntervals,
  type BfdSession,
  jitteredInterval,
  type RemoteSystem,
  sendsPeriodically,
  transmitInterval,
} from './session.ts';
import type { BfdSettings } from './settings.ts';
import type { BfdDiagnostic, BfdSessionState } from './status.ts';

export class BfdStepContext {
  session: BfdSession;
  readonly now: Millis;
  readonly sha1: Sha1;
  readonly #before: BfdSession;
  readonly #chance: number;
  readonly #spareDiscriminator: Discriminator;
  readonly #discarded: BfdAction[] = [];
  #send: 'no' | 'yes' | 'final' = 'no';

  constructor(session: BfdSession, { now, chance, sha1, spareDiscriminator }: BfdSurroundings) {
    this.session = session;
    this.#before = session;
    this.now = now;
    this.#chance = chance;
    this.sha1 = sha1;
    this.#spareDiscriminator = spareDiscriminator;
  }

  /** Sends a packet at the end of the step, and the next periodic one an interval later. */
  requestSend(): void {
    if (this.#send === 'no') this.#send = 'yes';
  }

  /** A passive session whose remote is not known sends nothing (RFC 5880 6.8.7). */
  requestSendIfAllowed(): void {
    if (this.session.remote !== null || !this.session.settings.passive) this.requestSend();
  }

  /** Answers a poll at the end of the step, whatever the timers say (RFC 5880 6.8.7). */
  requestFinal(): void {
    this.#send = 'final';
  }

  discard(fault: Extract<BfdAction, { readonly kind: 'discard' }>['fault']): void {
    this.#discarded.push({ kind: 'discard', fault });
  }

  /** A change is sent at once (RFC 5880 6.8.7). */
  changeState(state: BfdSessionState, diagnostic: BfdDiagnostic): void {
    const { session } = this;
    if (session.state === state) return;
    const wasUp = session.state === 'Up';
    this.session = { ...session, state, diagnostic, changedAt: this.now };
    if (state === 'Up') this.#announceIntervals();
    else if (wasUp)
      this.session = { ...this.session, poll: 'none', inForce: announcedIntervals(session.settings, state) };
    this.requestSendIfAllowed();
  }

  applySettings(settings: BfdSettings): void {
    this.session = { ...this.session, settings };
    this.#announceIntervals();
  }

  /** The remote has answered our poll: it knows what we announce (RFC 5880 6.5). */
  finishPoll(): void {
    const { session } = this;
    if (session.poll === 'none') return;
    if (session.poll === 'again') this.session = { ...session, poll: 'sending' };
    else
      this.session = {
        ...session,
        poll: 'none',
        inForce: announcedIntervals(session.settings, session.state),
      };
  }

  updateRemote(remote: RemoteSystem): void {
    this.session = { ...this.session, remote };
  }

  /**
   * After silence, any sequence number is accepted soon. With another discriminator of ours, packets that somebody recorded
   * before bring the session to Init at most: those of Init and Up name the old one.
   */
  forgetRemote(): void {
    const { settings, localDiscriminator } = this.session;
    this.session = {
      ...this.session,
      ...{ remote: null, remoteKeyId: null, heardAt: null },
      localDiscriminator: settings.authentication === null ? localDiscriminator : this.#spareDiscriminator,
    };
  }

  finish(): BfdStep {
    const sent = this.#sendPacket();
    this.#schedule();
    const { session } = this;
    const isChanged =
      session.state !== this.#before.state ||
      isAdminDown(session.remote) !== isAdminDown(this.#before.remote);
    return {
      session,
      actions: [
        ...this.#discarded,
        ...(sent === null ? [] : [{ kind: 'send', octets: sent } as const]),
        ...(isChanged ? [{ kind: 'changed', from: this.#before.state } as const] : []),
      ],
    };
  }

  /**
   * While up, other intervals than those in force begin a poll sequence. Until it ends, we go on sending as fast as before if
   * the interval has grown, and wait for packets as long as before if they may now come faster (RFC 5880 6.8.3).
   */
  #announceIntervals(): void {
    const { session } = this;
    const { inForce } = session;
    const announced = announcedIntervals(session.settings, session.state);
    if (session.state !== 'Up') {
      this.session = { ...session, inForce: announced };
      return;
    }
    const isSame =
      announced.desiredMinTx === inForce.desiredMinTx && announced.requiredMinRx === inForce.requiredMinRx;
    if (isSame && session.poll === 'none') return;
    this.session = {
      ...session,
      poll: session.poll === 'none' ? 'sending' : 'again',
      inForce: {
        desiredMinTx: Math.min(announced.desiredMinTx, inForce.desiredMinTx),
        requiredMinRx: Math.max(announced.requiredMinRx, inForce.requiredMinRx),
      },
    };
  }

  #sendPacket(): Uint8Array | null {
    if (this.#send === 'no') return null;
    const { session } = this;
    const { authentication } = session.settings;
    const octets = encodePacket(
      packetOf(session, this.#send === 'final'),
      authenticationOctets(authentication),
    );
    if (authentication !== null) {
      const key = sendingKey(authentication, session.remoteKeyId);
      signPacket(octets, { type: authentication.type, key }, session.sendSequence, this.sha1);
    }
    this.session = { ...session, sendSequence: nextSequence(session.sendSequence) };
    return octets;
  }

  /** An answer to a poll leaves the periodic packets as they are (RFC 5880 6.5). */
  #schedule(): void {
    const { session, now } = this;
    if (!sendsPeriodically(session)) {
      this.session = { ...session, sendAt: null, sentAt: this.#send === 'yes' ? now : session.sentAt };
      return;
    }
    const before = this.#before;
    if (this.#send === 'yes') {
      this.session = { ...session, sentAt: now, sendAt: now + jitteredInterval(session, this.#chance) };
      return;
    }
    const isSameInterval = transmitInterval(session) === transmitInterval(before);
    if (session.sendAt !== null && isSameInterval) return;
    const since = session.sentAt ?? now - transmitInterval(session);
    const sendAt = Math.max(since + jitteredInterval(session, this.#chance), now);
    this.session = { ...session, sendAt };
  }
}

const isAdminDown = (remote: RemoteSystem | null): boolean => remote?.state === 'AdminDown';

const packetOf = (
  { settings, state, diagnostic, remote, localDiscriminator, poll }: BfdSession,
  final: boolean,
): ControlPacket => ({
  diagnostic,
  state,
  poll: poll !== 'none' && !final,
  final,
  demand: false,
  detectMultiplier: settings.detectMultiplier,
  myDiscriminator: localDiscriminator,
  yourDiscriminator: remote?.discriminator ?? 0,
  ...announcedIntervals(settings, state),
});
