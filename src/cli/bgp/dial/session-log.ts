/** What happens while a router is dialled, told line by line: sentences for people, or an object a line. */
import type { Clock, Millis } from '../../../base/clock.ts';
import { plural } from '../../../base/text.ts';
import type { TransitionDetails } from '../../../bgp/session/events.ts';
import type { TransportAddress } from '../../../bgp/session/remote.ts';
import { remoteName } from '../../../bgp/session/remote.ts';
import type { StateName } from '../../../bgp/session/session.ts';
import { capabilityText, familyText } from '../../../bgp/wire/capability/text.ts';
import type { Open, RouteRefresh, Update } from '../../../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { notificationText } from '../../../bgp/wire/notification-text.ts';
import { type Family, formatAddress, formatIPv4 } from '../../../net/address.ts';
import type { Terminal } from '../../framework/context.ts';
import type { DialOptions } from './options.ts';

type Fields = Readonly<Record<string, unknown>>;

type RouteCounts = { announced: number; withdrawn: number; faulty: number };

/** Between two lines that only say that there are more routes. */
const PROGRESS_INTERVAL: Millis = 1000;

export class DialLog {
  readonly #options: DialOptions;
  readonly #stdout: Terminal;
  readonly #clock: Clock;
  readonly #json: boolean;
  readonly #start: Millis;
  #counts: Record<Family, RouteCounts> = { 4: noRoutes(), 6: noRoutes() };
  #lastReportAt: Millis = 0;
  #lastProblem = '';
  #lastNotified = '';

  constructor(
    options: DialOptions,
    { stdout, clock }: { readonly stdout: Terminal; readonly clock: Clock },
    json: boolean,
  ) {
    this.#options = options;
    this.#stdout = stdout;
    this.#clock = clock;
    this.#json = json;
    this.#start = clock.now();
  }

  /** The last trouble; one that either side gave a reason for says more than what followed from it. '' for none. */
  get problem(): string {
    return this.#lastNotified || this.#lastProblem;
  }

  write(event: string, text: string, fields: Fields = {}): void {
    const seconds = (this.#clock.now() - this.#start) / 1000;
    const line = this.#json
      ? JSON.stringify({ seconds: Number(seconds.toFixed(3)), event, says: text, ...fields })
      : `${seconds.toFixed(3).padStart(8)}  ${text}`;
    this.#stdout.write(`${line}\n`);
  }

  reportProblem(text: string): void {
    this.#lastProblem = text;
    this.write('trouble', text);
  }

  stateChanged(from: StateName, to: StateName, details: TransitionDetails, peer: Open | null): void {
    const fields = { from, to, cause: details.cause };
    switch (to) {
      case 'Connect':
        this.write('state', `${to}: dialling ${remoteName(this.#options.remote)}${this.#fromText()}`, fields);
        return;
      case 'Active':
        if (details.cause === 'started' || details.cause === 'rested') {
          const { address, port } = this.#options.remote;
          const text = `${to}: waiting for ${formatAddress(address)} to dial port ${port} of this node`;
          this.write('state', text, fields);
        } else this.#writeDown(to, details, fields);
        return;
      case 'OpenSent':
        this.write('state', `${to}: ${details.text}; ${this.#openText()}`, fields);
        return;
      case 'OpenConfirm':
        this.write('state', `${to}: the router ${openSummary(peer)}`, { ...fields, peer: openFields(peer) });
        if (this.#json) return;
        for (const one of peer?.capabilities ?? []) this.write('offer', `  it offers ${capabilityText(one)}`);
        return;
      case 'Established':
        this.#counts = { 4: noRoutes(), 6: noRoutes() };
        this.#lastReportAt = this.#clock.now();
        this.write('state', `${to}: both sides are content`, fields);
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
    const { families, holdTime, internal } = negotiated;
    const parts = [
      internal ? 'internal (iBGP)' : 'external (eBGP)',
      holdTime === 0 ? 'no hold time' : `hold time ${holdTime} s`,
      ...families.map((family) => `IPv${family} unicast`),
      ...(negotiated.routeRefresh ? ['route refresh'] : []),
      ...(negotiated.fourOctetAs ? [] : ['AS numbers of two octets only']),
      ...(negotiated.gracefulRestart ? ['End-of-RIB'] : []),
    ];
    const endpoints = local && remote ? `, between ${endpointText(local)} and ${endpointText(remote)}` : '';
    const fields = { holdTime, families, internal, routeRefresh: negotiated.routeRefresh };
    this.write('agreed', `agreed: ${parts.join(', ')}${endpoints}`, fields);
  }

  received(message: Update | RouteRefresh): void {
    if (message.kind === 'route-refresh') {
      this.write('refresh', `the router asks for all ${familyText(message)} routes again`);
      return;
    }
    for (const { nlri } of message.announced) this.#counts[nlri.family].announced += nlri.count;
    for (const nlri of message.withdrawn) {
      this.#counts[nlri.family].withdrawn += nlri.count;
      this.#counts[nlri.family].faulty += message.faults.length > 0 ? 1 : 0;
    }
    if (message.endOfRib !== null)
      this.#writeCounts(message.endOfRib, 'end-of-rib', 'that is all (End-of-RIB)');
    else if (this.#clock.now() - this.#lastReportAt >= PROGRESS_INTERVAL) {
      this.#lastReportAt = this.#clock.now();
      for (const family of [4, 6] as const)
        if (this.#hasCounts(family)) this.#writeCounts(family, 'routes', 'so far');
    }
  }

  /** The counts, when it is over. */
  writeTotals(): void {
    for (const family of [4, 6] as const)
      if (this.#hasCounts(family)) this.#writeCounts(family, 'routes', 'in all');
  }

  #writeCounts(family: Family, event: string, when: string): void {
    const { announced, withdrawn, faulty } = this.#counts[family];
    const parts = [
      plural(announced, 'announcement'),
      ...(withdrawn === 0 ? [] : [plural(withdrawn, 'withdrawal')]),
      ...(faulty === 0 ? [] : [`${plural(faulty, 'message')} with an error (RFC 7606)`]),
    ];
    this.write(event, `IPv${family}: ${parts.join(', ')} received, ${when}`, {
      family,
      announced,
      withdrawn,
      faulty,
    });
  }

  #hasCounts(family: Family): boolean {
    const { announced, withdrawn } = this.#counts[family];
    return announced + withdrawn > 0;
  }

  #writeDown(to: StateName, { cause, text, sent, received }: TransitionDetails, fields: Fields): void {
    const sentText = sent === null ? '' : `; the router was told ${notificationText(sent)}`;
    const receivedText = received === null ? '' : 'the router says ';
    if (cause !== 'stopped') this.#lastProblem = `${receivedText}${text}`;
    if (cause !== 'stopped' && (sent ?? received) !== null) this.#lastNotified = this.#lastProblem;
    this.write('state', `${to}: ${receivedText}${text}${sentText}`, fields);
  }

  #fromText(): string {
    const { source } = this.#options.remote;
    return source === null ? '' : ` from ${formatAddress(source)}`;
  }

  #openText(): string {
    const { asn, routerId, holdTime } = this.#options.settings;
    return `OPEN sent: AS ${asn}, identifier ${formatIPv4(routerId)}, hold time ${holdTime} s`;
  }
}

const noRoutes = (): RouteCounts => ({ announced: 0, withdrawn: 0, faulty: 0 });

const endpointText = ({ address, port }: TransportAddress): string =>
  `${formatAddress(address)} port ${port}`;

const openSummary = (open: Open | null): string =>
  open === null
    ? 'answers'
    : `answers: AS ${open.asn}, identifier ${formatIPv4(open.routerId)}, hold time ${open.holdTime} s`;

const openFields = (open: Open | null): Fields | null =>
  open === null
    ? null
    : {
        asn: open.asn,
        routerId: formatIPv4(open.routerId),
        holdTime: open.holdTime,
        offers: open.capabilities.map(capabilityText),
      };
