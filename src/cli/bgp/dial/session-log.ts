/** The log of `berth bgp dial`: an event for each transition, problem and count of routes, printed as it happens. */
import type { Clock, Millis } from '../../../base/clock.ts';
import type { TransitionDetails } from '../../../bgp/session/events.ts';
import { remoteName, type TransportAddress } from '../../../bgp/session/remote.ts';
import type { StateName } from '../../../bgp/session/session.ts';

import { capabilityText, familyText } from '../../../bgp/wire/capability-text.ts';
import type { Open, RouteRefresh, Update } from '../../../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { type Family, formatAddress } from '../../../net/address.ts';
import { conclusionText, type DialConclusion, type DialFacts } from './conclusion.ts';
import type { DialEvent, RouteCounts } from './event.ts';
import { dialEventJson, negotiatedJson, openJson } from './json.ts';
import type { DialOptions } from './options.ts';
import {
  countsText,
  dialEventLine,
  downReason,
  localOpenText,
  negotiatedText,
  remoteOpenText,
  sentText,
} from './text.ts';

/** Between two lines that only count routes. */
const PROGRESS_INTERVAL: Millis = 1000;

export class DialLog {
  readonly #options: DialOptions;
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #isJson: boolean;
  readonly #start: Millis;
  #counts: Record<Family, RouteCounts> = { 4: noRoutes(), 6: noRoutes() };
  #lastReportAt: Millis = 0;
  #lastProblem = '';
  #lastNotified: TransitionDetails | null = null;
  #peerOpen: Open | null = null;
  #established: { readonly negotiated: NegotiatedTerms; readonly at: Millis } | null = null;
  #loss: NonNullable<DialFacts['established']>['loss'] = null;

  constructor(
    options: DialOptions,
    { print, clock, isJson }: { print: (line: string) => void; clock: Clock; isJson: boolean },
  ) {
    this.#options = options;
    this.#print = print;
    this.#clock = clock;
    this.#isJson = isJson;
    this.#start = clock.now();
  }

  /** The last problem; '' for none. One with a NOTIFICATION explains more than what followed from it. */
  get problem(): string {
    return this.#lastNotified === null ? this.#lastProblem : downReason(this.#lastNotified);
  }

  /** All that was seen so far. */
  facts(announcedPrefixes: number): DialFacts {
    return {
      established:
        this.#established === null
          ? null
          : {
              negotiated: this.#established.negotiated,
              ...{ counts: this.#counts, announcedPrefixes, loss: this.#loss },
            },
      peerOpen: this.#peerOpen,
      notified: this.#lastNotified,
      problem: this.#lastProblem,
    };
  }

  writeConclusion(conclusion: DialConclusion): void {
    const { established, kind, problem, fix } = conclusion;
    this.write('conclusion', conclusionText(conclusion), { established, kind, problem, fix });
  }

  write(event: string, text: string, fields: DialEvent['fields'] = {}): void {
    const one = { seconds: (this.#clock.now() - this.#start) / 1000, event, text, fields };
    this.#print(this.#isJson ? dialEventJson(one) : dialEventLine(one));
  }

  reportProblem(text: string): void {
    this.#lastProblem = text;
    this.write('trouble', text);
  }

  stateChanged(from: StateName, to: StateName, details: TransitionDetails, peer: Open | null): void {
    const fields = { from, to, cause: details.cause };
    if (peer !== null) this.#peerOpen = peer;
    if (from === 'Established' && details.cause !== 'stopped' && this.#established !== null)
      this.#loss = { seconds: (this.#clock.now() - this.#established.at) / 1000, details };
    switch (to) {
      case 'Connect':
        this.write('state', `${to}: connecting to ${this.#remoteText()}`, fields);
        return;
      case 'Active':
        if (details.cause === 'started' || details.cause === 'rested') {
          const { address, port } = this.#options.remote;
          const text = `${to}: waiting for ${formatAddress(address)} to connect to port ${port} of this node`;
          this.write('state', text, fields);
        } else this.#writeDown(to, details, fields);
        return;
      case 'OpenSent':
        this.write('state', `${to}: ${details.text}; ${localOpenText(this.#options)}`, fields);
        return;
      case 'OpenConfirm':
        this.write('state', `${to}: ${remoteOpenText(peer)}`, { ...fields, peer: openJson(peer) });
        if (this.#isJson) return;
        for (const one of peer?.capabilities ?? []) this.write('offer', `  it offers ${capabilityText(one)}`);
        return;
      case 'Established':
        this.#counts = { 4: noRoutes(), 6: noRoutes() };
        this.#lastReportAt = this.#clock.now();
        this.write('state', to, fields);
        return;
      case 'Idle':
        this.#writeDown(to, details, fields);
    }
  }

  negotiated(
    negotiated: NegotiatedTerms,
    local: TransportAddress | null,
    remote: TransportAddress | null,
  ): void {
    this.#established = { negotiated, at: this.#clock.now() };
    this.#loss = null;
    this.write('agreed', negotiatedText(negotiated, local, remote), negotiatedJson(negotiated));
  }

  received(message: Update | RouteRefresh): void {
    if (message.kind === 'route-refresh') {
      this.write('refresh', `the router requests all ${familyText(message)} routes again (route refresh)`);
      return;
    }
    for (const { nlri } of message.announced) this.#counts[nlri.family].announced += nlri.count;
    for (const nlri of message.withdrawn) {
      this.#counts[nlri.family].withdrawn += nlri.count;
      this.#counts[nlri.family].faulty += message.faults.length > 0 ? 1 : 0;
    }
    if (message.endOfRib !== null) this.#writeCounts(message.endOfRib, 'end-of-rib', 'End-of-RIB');
    else if (this.#clock.now() - this.#lastReportAt >= PROGRESS_INTERVAL) {
      this.#lastReportAt = this.#clock.now();
      this.#writeAllCounts('so far');
    }
  }

  /** The counts at the end. */
  writeTotals(): void {
    this.#writeAllCounts('in total');
  }

  #writeAllCounts(when: string): void {
    for (const family of [4, 6] as const) {
      const { announced, withdrawn } = this.#counts[family];
      if (announced + withdrawn > 0) this.#writeCounts(family, 'routes', when);
    }
  }

  #writeCounts(family: Family, event: string, when: string): void {
    const counts = this.#counts[family];
    this.write(event, countsText(family, counts, when), { family, ...counts });
  }

  #writeDown(to: StateName, details: TransitionDetails, fields: DialEvent['fields']): void {
    const { cause, sent, received } = details;
    if (cause !== 'stopped') {
      this.#lastProblem = downReason(details);
      if ((sent ?? received) !== null) this.#lastNotified = details;
    }
    this.write('state', `${to}: ${downReason(details)}${sentText(details)}`, fields);
  }

  #remoteText(): string {
    const { remote } = this.#options;
    const from = remote.source === null ? '' : ` from ${formatAddress(remote.source)}`;
    return `${remoteName(remote)}${from}`;
  }
}

const noRoutes = (): RouteCounts => ({ announced: 0, withdrawn: 0, faulty: 0 });
