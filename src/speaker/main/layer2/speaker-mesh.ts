/** Wires what one speaker knows of the others: BFD with those that it watches, their common secret, and the API server. */
import type { BfdSessions } from '../../../bfd/sessions.ts';
import type { SpeakerPresence } from '../../../layer2/membership/speaker-presence.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import { Isolation, type IsolationState } from '../../layer2/isolation.ts';
import { type BfdMesh, Membership, type MembershipInputs } from '../../layer2/membership.ts';
import { SpeakerKeys } from '../../layer2/speaker-keys.ts';
import { isApiAnswering } from './api-answering.ts';
import { ReportSocket } from './report-socket.ts';
import { readSecret, type SecretSource, secretFix } from './secret-source.ts';

const ALONE = 'no BFD session with another speaker is up, and the API server does not answer';
const OUTSIDE =
  'most speakers have no BFD session with this one or its neighbours, others answer for its addresses';

/** BFD between the speakers, as the flags say. */
export type MeshSettings = {
  readonly sessions: BfdSessions;
  /** UDP port of all speakers. */
  readonly port: number;
  readonly secret: SecretSource;
  /** Of this process, random. */
  readonly boot: string;
};

export type SpeakerMeshOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  readonly node: string;
  /** Null: then the API server alone says who runs. */
  readonly settings: MeshSettings | null;
  /** Reads again who answers for what; false where it cannot. */
  readonly refresh: () => Promise<boolean>;
  /** What is known differs, or the SpeakerStatus does. */
  readonly changed: () => void;
  /** A speaker that was lost is back, and is the same process: its part of the network was cut off. */
  readonly partReturned: () => void;
  /** After that, `refresh` has ended. */
  readonly healed: () => void;
  readonly linkChanged: (node: string, isUp: boolean) => void;
};

export class SpeakerMesh {
  readonly #options: SpeakerMeshOptions;
  readonly #keys: SpeakerKeys;
  readonly #membership: Membership;
  readonly #isolation: Isolation;
  readonly #socket: ReportSocket | null;
  readonly #stopReading = new AbortController();
  #reading: Promise<void> | null = null;
  #isLooking = false;

  constructor(options: SpeakerMeshOptions) {
    this.#options = options;
    const { context, node, settings, refresh, changed } = options;
    const { clock, log } = context;
    const fix = settings === null ? '' : secretFix(settings.secret, options.namespace);
    this.#isolation = new Isolation({
      ...{ clock, ask: () => this.isApiAnswering(), refresh },
      changed: (state) => {
        if (state === 'cut-off') log.warn(this.#isolation.isOutside ? OUTSIDE : ALONE);
        changed();
      },
    });
    this.#keys = new SpeakerKeys({ clock, log, fix, changed });
    this.#socket =
      settings === null
        ? null
        : new ReportSocket({
            port: settings.port + 1,
            received: (octets) => this.#received(octets),
            failed: (because) =>
              log.warn('losses are reported by the API server alone, the UDP port cannot be opened', {
                because,
              }),
          });
    this.#membership = new Membership({
      ...{ clock, node, mesh: settings === null ? null : this.#bfdMesh(settings) },
      changed: () => {
        this.#isolation.setAlone(this.#membership.isAlone);
        changed();
      },
      linkChanged: (other, isUp) => {
        if (isUp) log.info('BFD session with a speaker is up', { speaker: other });
        else log.warn('BFD session with a speaker is down', { speaker: other });
        options.linkChanged(other, isUp);
      },
      returned: (speaker) => void this.#lookAgain(speaker),
    });
  }

  get isolation(): IsolationState {
    return this.#isolation.state;
  }

  /** See `Membership`. */
  get linked(): readonly string[] {
    return this.#membership.linked;
  }

  get lost(): readonly string[] {
    return this.#membership.lost;
  }

  get sequence(): number {
    return this.#membership.sequence;
  }

  /** Of this process; '' without a mesh. */
  get boot(): string {
    return this.#options.settings?.boot ?? '';
  }

  /** This speaker can answer: its secret is read, and sessions begin. */
  start(): void {
    const { context, namespace, settings } = this.#options;
    if (settings === null || this.#reading !== null) return;
    const read: Parameters<typeof readSecret>[0]['read'] = (secret) => this.#keys.read(secret);
    this.#reading = readSecret(
      { context, namespace, source: settings.secret, read },
      this.#stopReading.signal,
    );
  }

  presence(inputs: MembershipInputs): SpeakerPresence {
    const address = this.#keys.isRead ? inputs.address : null;
    if (address !== null && this.#keys.keys.length > 0) this.#socket?.open(address.family);
    const presence = this.#membership.presence({ ...inputs, address });
    this.#isolation.setOutside(presence.isOutside);
    return presence;
  }

  isApiAnswering(): Promise<boolean> {
    const { context, namespace, node } = this.#options;
    return isApiAnswering(context.client, { namespace, node });
  }

  async stop(): Promise<void> {
    this.#isolation.stop();
    this.#keys.stop();
    this.#stopReading.abort();
    await Promise.all([this.#membership.stop(), this.#reading]);
    await this.#socket?.close();
  }

  #bfdMesh({ sessions, port, boot }: MeshSettings): BfdMesh {
    return {
      ...{ sessions, port, boot },
      authentication: () => this.#keys.authentication,
      keys: () => this.#keys.keys,
      send: (octets, to) => this.#socket?.send(octets, to),
    };
  }

  /** A network is whole again whose parts may both have answered: what was recorded meanwhile on the other side counts. */
  async #lookAgain(speaker: string): Promise<void> {
    this.#options.partReturned();
    if (this.#isLooking) return;
    const { context, refresh, healed } = this.#options;
    context.log.info('a speaker that was lost can be reached again, reading who answers', { speaker });
    this.#isLooking = true;
    const isRead = await refresh();
    this.#isLooking = false;
    if (isRead) healed();
  }

  #received(octets: Uint8Array): void {
    const outcome = this.#membership.receive(octets);
    if (outcome !== 'accepted')
      this.#options.context.log.debug('a report of losses was dropped', { because: outcome });
  }
}
