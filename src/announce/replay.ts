/** A cluster, its speakers and its routers, and what becomes of them when things are done to them one by one. */

import { compareText } from '../base/text.ts';
import { fieldsOf, type Raw, textOf } from '../cluster/fields.ts';
import { answerFor, type NodeAnswer } from './answer.ts';
import { nested, type Observed, seenConfig, seenSessions } from './observed.ts';
import { changeRouter, type Router } from './router.ts';
import { ObjectStore } from './store.ts';
import type { SpeakerFlags } from './verdict.ts';

/** MetalLB's own, where a case says nothing else. */
export const HOME = 'metallb-system';

/** `running: false`: nothing of what it wrote into the cluster is taken away, and its sessions are gone. */
type Process = { readonly running: boolean; readonly answer: NodeAnswer | null };

export class Replay {
  readonly #store = new ObjectStore(HOME);
  readonly #flags: SpeakerFlags;
  readonly #routers: Map<string, Router>;
  readonly #processes = new Map<string, Process>();
  readonly #assigned = new Map<string, Set<string>>();

  /** `speakers` is null for one on every node. */
  constructor(
    objects: readonly Raw[],
    given: {
      readonly flags: SpeakerFlags;
      readonly routers: ReadonlyMap<string, Router>;
      readonly speakers: readonly string[] | null;
    },
  ) {
    this.#flags = given.flags;
    this.#routers = new Map(given.routers);
    for (const raw of objects) this.#store.create(raw);
    for (const node of given.speakers ?? this.#store.nodeNames())
      this.#processes.set(node, { running: true, answer: null });
    this.#look();
  }

  /** One action, seen to its end: a speaker does not wait for the next one. */
  act(action: Raw): void {
    this.#store.tick();
    const [kill, start] = [textOf(action['kill']) || textOf(action['stop']), textOf(action['start'])];
    const [down, up] = [textOf(action['routerDown']), textOf(action['routerUp'])];
    const [patch, gone] = [textOf(action['patch']), textOf(action['delete'])];
    if (action['create'] !== undefined) this.#store.create(fieldsOf(action['create']));
    if (patch !== '') this.#store.patch(patch, action['with']);
    if (gone !== '') this.#store.delete(gone);
    if (kill !== '') this.#stop(kill);
    if (start !== '') this.#processes.set(start, { running: true, answer: null });
    if (down !== '') this.#router(down, (router) => ({ ...router, up: false }));
    if (up !== '')
      this.#router(up, (router) => ({ ...changeRouter(router, fieldsOf(action['as'])), up: true }));
    this.#look();
  }

  observed(): Observed {
    const processes = [...this.#processes].sort(([a], [b]) => compareText(a, b));
    const all = processes.flatMap(([node, { running, answer }]) =>
      answer === null ? [] : [{ node, running, answer }],
    );
    const routers = [...this.#routers.values()];
    const sessions = all.flatMap(({ node, running, answer }) => {
      const seen = Object.entries(running ? seenSessions(node, answer, routers) : {});
      return seen.map(([router, session]) => [node, router, session] as const);
    });
    const meant = all.flatMap(({ node, answer }) =>
      [...answer.meant].map(([service, peers]) => [service, node, [...peers].sort()] as const),
    );
    return {
      nodes: nested(sessions),
      config: Object.fromEntries(all.map(({ node, answer }) => [node, seenConfig(answer)])),
      status: nested(meant),
      assigned: Object.fromEntries(
        [...this.#assigned].map(([service, nodes]) => [service, [...nodes].sort()] as const).sort(),
      ),
    };
  }

  #look(): void {
    const objects = this.#store.objects();
    for (const [node, { running, answer }] of this.#processes) {
      if (!running) continue;
      const now = answerFor({ node, namespace: HOME, flags: this.#flags }, objects, answer);
      this.#processes.set(node, { running, answer: now });
      for (const service of now.assigned) {
        const nodes = this.#assigned.get(service) ?? new Set<string>();
        this.#assigned.set(service, nodes.add(node));
      }
    }
  }

  #stop(node: string): void {
    const process = this.#processes.get(node);
    if (process !== undefined) this.#processes.set(node, { ...process, running: false });
  }

  #router(name: string, change: (router: Router) => Router): void {
    const router = this.#routers.get(name);
    if (router !== undefined) this.#routers.set(name, change(router));
  }
}
