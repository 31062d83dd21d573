/** A bed with two segments and an observer. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import { Layer2Network, nodeAddress } from './layer2-network.ts';
import { Observer } from './observer.ts';
import { SpeakerBed } from './speaker-bed.ts';

const SPEAKER_PORT = '7946';

export class Layer2Bed {
  readonly speakers: SpeakerBed;
  readonly network: Layer2Network;
  readonly observer: Observer;
  readonly #secret: string;

  private constructor(speakers: SpeakerBed, network: Layer2Network, observer: Observer) {
    this.speakers = speakers;
    this.network = network;
    this.observer = observer;
    this.#secret = join(network.hub.folder, 'secretkey');
    writeFileSync(this.#secret, 'a secret of all speakers', { mode: 0o600 });
  }

  static async start(): Promise<Layer2Bed> {
    const network = new Layer2Network();
    const speakers = await SpeakerBed.start(network);
    return new Layer2Bed(speakers, network, await Observer.start(network));
  }

  async stop(): Promise<void> {
    this.observer.stop();
    await this.speakers.stop();
  }

  async clear(): Promise<void> {
    this.observer.endWatches();
    await this.speakers.clear();
    this.network.reset();
  }

  /** With the flags of the case, and its list of interfaces to exclude. */
  startSpeaker(node: string, one: AnyObject): Promise<void> {
    // Also in cases of MetalLB without its memberlist: Berth's speakers have sessions wherever a node has an address.
    const links = [
      ...['--ml-bindaddr', nodeAddress(node), '--ml-bindport', SPEAKER_PORT],
      ...['--ml-secret-key-path', this.#secret],
    ];
    const prefix = one.exclude === undefined ? [] : this.#withExcludedFile(node, one.exclude);
    // As MetalLB, which gives a node its addresses as soon as it returns.
    const args = [...links, '--l2-failback-delay=0', ...(one.args ?? [])];
    return this.speakers.startSpeaker(node, args, prefix);
  }

  /** In a mount namespace of its own, the process has an /etc with that file alone. */
  #withExcludedFile(node: string, patterns: readonly string[]): readonly string[] {
    const folder = join(this.network.hub.folder, `etc-${node}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'metallb'), { recursive: true });
    const text = JSON.stringify({ announcedInterfacesToExclude: patterns });
    writeFileSync(join(folder, 'metallb', 'excludel2.yaml'), text);
    const script = 'mount --bind "$0" /etc && exec "$@"';
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, folder];
  }
}
