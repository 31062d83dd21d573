/** What happens while a router is dialled, told line by line: sentences for people, or an object a line. */
import type { Clock, Millis } from '../../base/clock.ts';
import { plural } from '../../base/text.ts';
import type { Why } from '../../bgp/session/event.ts';
import type { StateName } from '../../bgp/session/session.ts';
import type { Agreement } from '../../bgp/wire/agreement.ts';
import { capabilityText, familyText } from '../../bgp/wire/capabilitytext.ts';
import type { Open, RouteRefresh, Update } from '../../bgp/wire/message.ts';
import { notificationText } from '../../bgp/wire/notificationtext.ts';
import { type Family, formatAddress, formatIPv4 } from '../../net/address.ts';
import type { End } from '../../sockets/connection.ts';
import { nameOf } from '../../sockets/remote.ts';
import type { Terminal } from '../context.ts';
import type { DialOrder } from './dialorder.ts';

type Fields = Readonly<Record<string, unknown>>;

type Count = { announced: number; withdrawn: number; faulty: number };

/** Between two lines that only say that there are more routes. */
const PROGRESS: Millis = 1000;

export class DialStory {
  readonly #order: DialOrder;
  readonly #stdout: Terminal;
  readonly #clock: Clock;
  readonly #json: boolean;
  readonly #start: Millis;
  #counts: Record<Family, Count> = { 4: none(), 6: none() };
  #toldAt: Millis = 0;
  #last = '';
  #said = '';

  constructor(
    order: DialOrder,
    { stdout, clock }: { readonly stdout: Terminal; readonly clock: Clock },
    json: boolean,
  ) {
    this.#order = order;
    this.#stdout = stdout;
    this.#clock = clock;
    this.#json = json;
    this.#start = clock.now();
  }

  /** The last trouble; one that either side gave a reason for says more than what followed from it. '' for none. */
  get trouble(): string {
    return this.#said || this.#last;
  }

  say(event: string, says: string, fields: Fields = {}): void {
    const seconds = (this.#clock.now() - this.#start) / 1000;
    const line = this.#json
      ? JSON.stringify({ seconds: Number(seconds.toFixed(3)), event, says, ...fields })
      : `${seconds.toFixed(3).padStart(8)}  ${says}`;
    this.#stdout.write(`${line}\n`);
  }

  missed(says: string): void {
    this.#last = says;
    this.say('trouble', says);
  }

  moved(from: StateName, to: StateName, why: Why, peer: Open | null): void {
    const fields = { from, to, cause: why.cause };
    switch (to) {
      case 'Connect':
        this.say('state', `${to}: dialling ${nameOf(this.#order.remote)}${this.#fromText()}`, fields);
        return;
      case 'Active':
        if (why.cause === 'started' || why.cause === 'rested') {
          const { address, port } = this.#order.remote;
          const says = `${to}: waiting for ${formatAddress(address)} to dial port ${port} of this node`;
          this.say('state', says, fields);
        } else this.#down(to, why, fields);
        return;
      case 'OpenSent':
        this.say('state', `${to}: ${why.says}; ${this.#openText()}`, fields);
        return;
      case 'OpenConfirm':
        this.say('state', `${to}: the router ${openWords(peer)}`, { ...fields, peer: openFields(peer) });
        if (this.#json) return;
        for (const one of peer?.capabilities ?? []) this.say('offer', `  it offers ${capabilityText(one)}`);
        return;
      case 'Established':
        this.#counts = { 4: none(), 6: none() };
        this.#toldAt = this.#clock.now();
        this.say('state', `${to}: both sides are content`, fields);
        return;
      case 'Idle':
        this.#down(to, why, fields);
    }
  }

  agreed(agreement: Agreement, local: End | null, remote: End | null): void {
    const { families, holdTime, internal } = agreement;
    const words = [
      internal ? 'internal (iBGP)' : 'external (eBGP)',
      holdTime === 0 ? 'no hold time' : `hold time ${holdTime} s`,
      ...families.map((family) => `IPv${family} unicast`),
      ...(agreement.routeRefresh ? ['route refresh'] : []),
      ...(agreement.fourOctetAs ? [] : ['AS numbers of two octets only']),
      ...(agreement.gracefulRestart ? ['End-of-RIB'] : []),
    ];
    const ends = local && remote ? `, between ${endText(local)} and ${endText(remote)}` : '';
    const fields = { holdTime, families, internal, routeRefresh: agreement.routeRefresh };
    this.say('agreed', `agreed: ${words.join(', ')}${ends}`, fields);
  }

  received(message: Update | RouteRefresh): void {
    if (message.kind === 'route-refresh') {
      this.say('refresh', `the router asks for all ${familyText(message)} routes again`);
      return;
    }
    for (const { nlri } of message.announced) this.#counts[nlri.family].announced += nlri.count;
    for (const nlri of message.withdrawn) {
      this.#counts[nlri.family].withdrawn += nlri.count;
      this.#counts[nlri.family].faulty += message.faults.length > 0 ? 1 : 0;
    }
    if (message.endOfRib !== null) this.#routes(message.endOfRib, 'end-of-rib', 'that is all (End-of-RIB)');
    else if (this.#clock.now() - this.#toldAt >= PROGRESS) {
      this.#toldAt = this.#clock.now();
      for (const family of [4, 6] as const) if (this.#heard(family)) this.#routes(family, 'routes', 'so far');
    }
  }

  /** The counts, when it is over. */
  finish(): void {
    for (const family of [4, 6] as const) if (this.#heard(family)) this.#routes(family, 'routes', 'in all');
  }

  #routes(family: Family, event: string, when: string): void {
    const { announced, withdrawn, faulty } = this.#counts[family];
    const words = [
      plural(announced, 'announcement'),
      ...(withdrawn === 0 ? [] : [plural(withdrawn, 'withdrawal')]),
      ...(faulty === 0 ? [] : [`${plural(faulty, 'message')} with an error (RFC 7606)`]),
    ];
    this.say(event, `IPv${family}: ${words.join(', ')} received, ${when}`, {
      family,
      announced,
      withdrawn,
      faulty,
    });
  }

  #heard(family: Family): boolean {
    const { announced, withdrawn } = this.#counts[family];
    return announced + withdrawn > 0;
  }

  #down(to: StateName, { cause, says, sent, received }: Why, fields: Fields): void {
    const told = sent === null ? '' : `; the router was told ${notificationText(sent)}`;
    const heard = received === null ? '' : 'the router says ';
    if (cause !== 'stopped') this.#last = `${heard}${says}`;
    if (cause !== 'stopped' && (sent ?? received) !== null) this.#said = this.#last;
    this.say('state', `${to}: ${heard}${says}${told}`, fields);
  }

  #fromText(): string {
    const { source } = this.#order.remote;
    return source === null ? '' : ` from ${formatAddress(source)}`;
  }

  #openText(): string {
    const { asn, routerId, holdTime } = this.#order.settings;
    return `OPEN sent: AS ${asn}, identifier ${formatIPv4(routerId)}, hold time ${holdTime} s`;
  }
}

const none = (): Count => ({ announced: 0, withdrawn: 0, faulty: 0 });

const endText = ({ address, port }: End): string => `${formatAddress(address)} port ${port}`;

const openWords = (open: Open | null): string =>
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
