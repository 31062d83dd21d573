/** Calico's BGPPeers, of whichever of its API groups there is. Who may not see them does without. */
import type { Raw } from '../../cluster/fields.ts';
import { identityOf } from '../../config/identity.ts';
import type { Resource } from '../../kube/resource.ts';
import { Picture, type PictureContext } from '../../program/main/picture.ts';
import { takenByCalico } from '../besidecalico.ts';
import { type WatchedRaw, watchedRaw, whereItDiffers } from './objects.ts';
import type { Watching } from './secrets.ts';

const GROUPS = [
  ['projectcalico.org', 'v3'],
  ['crd.projectcalico.org', 'v1'],
] as const;

const resourceOf = ([group, version]: (typeof GROUPS)[number]): Resource => ({
  group,
  version,
  plural: 'bgppeers',
  kind: 'BGPPeer',
  namespaced: false,
});

export class CalicoPeers {
  readonly #pictures: readonly Picture<WatchedRaw>[];

  constructor(context: PictureContext, { changed, whole }: Watching) {
    this.#pictures = GROUPS.map(
      (group) =>
        new Picture<WatchedRaw>(context, {
          resource: resourceOf(group),
          translate: watchedRaw,
          keyOf: ({ name }) => name,
          changed: whereItDiffers(changed),
          deleted: changed,
          mayBeAbsent: true,
          ...whole,
        }),
    );
  }

  /** Nothing once each is known, or is known to be out of reach. */
  get missing(): readonly Pick<Picture<never>, 'name' | 'trouble'>[] {
    return this.#pictures.filter(({ known, trouble }) => !known && trouble === null);
  }

  /** To whom Calico peers from the Node; see `takenByCalico`. */
  takenOn(node: unknown): ReadonlyMap<string, string> {
    const raws = this.#pictures.flatMap(({ store }) => [...store.values()].map(({ raw }): Raw => raw));
    return raws.length === 0 || node === null ? new Map() : takenByCalico(raws, identityOf(node));
  }

  /** Until `signal` is aborted and all have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#pictures.map((picture) => picture.run(signal)));
  }
}
