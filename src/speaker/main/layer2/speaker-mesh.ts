/** Wires what one speaker knows of the others: BFD with those that it watches, their common secret, and the API server. */
import type { BfdSessions } from '../../../bfd/sessions.ts';
import type { SpeakerPresence } from '../../../layer2/membership/speaker-presence.ts';
import type { InformerContext } from '../../../runtime/main/informer.ts';
import { Isolation, type IsolationState } from '../../layer2/isolation.ts';
import { Membership, type MembershipInputs } from '../../layer2/membership.ts';
import { SpeakerKeys } from '../../layer2/speaker-keys.ts';
import { isApiAnswering } from './api-answering.ts';
import { readSecret, type SecretSource } from './secret-source.ts';

/** BFD between the speakers, as the flags say. */
export type MeshSettings = {
  readonly sessions: BfdSessions;
  /** UDP port of all speakers. */
  readonly port: number;
  readonly secret: SecretSource;
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
  readonly linkChanged: (node: string, isUp: boolean) => void;
};

export class SpeakerMesh {
  readonly #options: SpeakerMeshOptions;
  readonly #keys: SpeakerKeys;
  readonly #membership: Membership;
  readonly #isolation: Isolation;
  readonly #stopReading = new AbortController();
  #reading: Promise<void> | null = null;

  constructor(options: SpeakerMeshOptions) {
    this.#options = options;
    const { context, node, settings, refresh, changed } = options;
    const { clock, log } = context;
    this.#isolation = new Isolation({
      ...{ clock, ask: () => this.isApiAnswering(), refresh },
      changed: (state) => {
        if (state === 'cut-off')
          log.warn('no BFD session with another speaker is up, and the API server does not answer');
        changed();
      },
    });
    this.#keys = new SpeakerKeys({ clock, log, changed });
    const authentication = () => this.#keys.authentication;
    this.#membership = new Membership({
      ...{ clock, node, mesh: settings === null ? null : { ...settings, authentication } },
      changed: () => {
        this.#isolation.setAlone(this.#membership.isAlone);
        changed();
      },
      linkChanged: (other, isUp) => {
        if (isUp) log.info('BFD session with a speaker is up', { speaker: other });
        else log.warn('BFD session with a speaker is down', { speaker: other });
        options.linkChanged(other, isUp);
      },
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
    const { address } = inputs;
    return this.#membership.presence({ ...inputs, address: this.#keys.isRead ? address : null });
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
  }
}
