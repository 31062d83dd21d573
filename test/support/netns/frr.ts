/** FRR as a router in a namespace: zebra, which keeps the kernel's table, and bgpd, with files and sockets of their own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireNetworkBinaries } from '../network-binaries.ts';
import type { ServerProcess } from '../real-api/server-process.ts';
import type { TablePath } from './bird-output.ts';
import { kernelRoutes } from './kernel-routes.ts';
import type { NetworkNamespace } from './network.ts';

export type FrrRoute = {
  readonly prefix: string;
  readonly forwardsTo: readonly string[];
  /** Each `protocol` is the address of the neighbor that sent the path. */
  readonly paths: readonly TablePath[];
};

type ListedPath = {
  readonly aspath: { readonly string: string };
  readonly bestpath?: { readonly overall?: boolean };
  readonly nexthops: readonly { readonly ip: string }[];
  readonly community?: { readonly string: string };
  readonly largeCommunity?: { readonly string: string };
  readonly peer: { readonly peerId: string };
};

export class Frr {
  readonly #space: NetworkNamespace;
  readonly #folder: string;
  readonly #servers = new Map<string, ServerProcess>();

  constructor(space: NetworkNamespace) {
    this.#space = space;
    this.#folder = join(space.folder, 'frr');
    mkdirSync(this.#folder);
  }

  /** `text` is what bgpd reads, `bfd` what bfdd reads; null: there is no bfdd. */
  start(text: string, bfd: string | null = null): void {
    writeFileSync(join(this.#folder, 'zebra.conf'), 'hostname router\n');
    writeFileSync(join(this.#folder, 'bgpd.conf'), text, { mode: 0o600 });
    if (bfd !== null) writeFileSync(join(this.#folder, 'bfdd.conf'), bfd);
    writeFileSync(this.#groups, groupsWithRoot(readFileSync('/etc/group', 'utf8')));
    for (const daemon of bfd === null ? ['zebra', 'bgpd'] : ['zebra', 'bfdd', 'bgpd']) {
      const file = join(this.#folder, daemon);
      const server = this.#space.start(
        daemon,
        ...(['unshare', '--mount', 'sh', '-ec'] as const),
        ...[daemon === 'zebra' ? WITH_GROUPS : `${AFTER_ZEBRA}${WITH_GROUPS}`, this.#groups],
        join(requireNetworkBinaries().frrFolder, daemon),
        ...['-u', 'root', '-g', 'root', '--vty_socket', this.#folder, '-P', '0'],
        ...['-f', `${file}.conf`, '-i', `${file}.pid`, '-z', join(this.#folder, 'zserv.api')],
        ...['--log', 'stdout'],
        ...(daemon === 'bfdd' ? ['--bfdctl', join(this.#folder, 'bfdd.sock')] : []),
      );
      this.#servers.set(daemon, server);
    }
  }

  get #groups(): string {
    return join(this.#folder, 'group');
  }

  /** The IPv4 routes that neighbors sent, and where the kernel sends packets for them. */
  async routes(): Promise<readonly FrrRoute[]> {
    const hops = new Map((await kernelRoutes(this.#space, 4, 'bgp')).map(({ prefix, via }) => [prefix, via]));
    const { routes } = await this.json<{ routes: object }>('show bgp ipv4 unicast json');
    return Promise.all(
      Object.keys(routes).map(async (prefix) => {
        const detail = await this.json<{ paths: readonly ListedPath[] }>(
          `show bgp ipv4 unicast ${prefix} json`,
        );
        return { prefix, forwardsTo: hops.get(prefix) ?? [], paths: detail.paths.map(readPath) };
      }),
    );
  }

  /** What `show ... json` answers. */
  async json<T>(command: string): Promise<T> {
    return JSON.parse(await this.ask(command));
  }

  /** What bgpd alone answers, while another daemon is frozen. */
  askBgpd(command: string): Promise<string> {
    const { vtysh } = requireNetworkBinaries();
    return this.#space.run(vtysh, '--vty_socket', this.#folder, '-d', 'bgpd', '-c', command);
  }

  /** Commands, one after the other, as typed at its terminal. */
  ask(...commands: readonly string[]): Promise<string> {
    const { vtysh } = requireNetworkBinaries();
    const args = commands.flatMap((command) => ['-c', command]);
    return this.#space.run(vtysh, '--vty_socket', this.#folder, ...args);
  }

  /** To a daemon: to freeze it, or to let it go on. */
  signal(signal: NodeJS.Signals, daemon: 'bgpd' | 'bfdd' = 'bgpd'): void {
    const server = this.#servers.get(daemon);
    if (server !== undefined) process.kill(server.pid, signal);
  }

  /** The last lines of bgpd's log. */
  tail(): string {
    return this.#servers.get('bgpd')?.tail() ?? '';
  }
}

/**
 * The daemons run as root, since their files are where only root may look, and will not without root being in a group of
 * theirs. So they see a list of groups in which it is; the machine's stays as it is.
 */
const WITH_GROUPS = 'mount --bind "$0" /etc/group; exec "$@"';

/** A daemon that finds no zebra tries again only after 10 s, and a bgpd without it installs no session of BFD. */
const AFTER_ZEBRA = 'until [ -S "$(dirname "$0")/zserv.api" ]; do sleep 0.05; done; ';

const groupsWithRoot = (text: string): string =>
  text.replace(/^(frrvty:.*:)(.*)$/m, (_, head, members) => `${head}${members ? `${members},` : ''}root`);

const readPath = (path: ListedPath): TablePath => ({
  protocol: path.peer.peerId,
  best: path.bestpath?.overall === true,
  nextHop: path.nexthops[0]?.ip ?? '',
  asPath: path.aspath.string,
  communities: words(path.community),
  largeCommunities: words(path.largeCommunity),
  localPref: null,
});

const words = (list: { readonly string: string } | undefined): readonly string[] =>
  list === undefined ? [] : list.string.split(' ');
