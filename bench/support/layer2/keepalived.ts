/**
 * keepalived on each node of a segment: one virtual address by VRRP version 3 (RFC 5798), adverts every 200 ms, and a node that
 * returns takes nothing back. The kernel answers for the address, since keepalived puts it on the interface.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from '../../../test/support/real-api/server-process.ts';
import { Segment } from './segment.ts';

const ADDRESS = '10.213.128.1';
/** Around VRRP's default. */
const HIGHEST_PRIORITY = 101;

const configuration = (number: number): string => `global_defs {
  vrrp_version 3
}
vrrp_instance bench {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority ${HIGHEST_PRIORITY - number}
  advert_int 0.2
  virtual_ipaddress {
    ${ADDRESS}/32 dev eth0
  }
}
`;

export class KeepalivedBed {
  readonly address = ADDRESS;
  readonly segment: Segment;
  readonly #daemons = new Map<string, ServerProcess>();
  #starts = 0;

  constructor(nodes: number) {
    this.segment = new Segment(nodes, ADDRESS);
    for (const name of this.segment.names) this.start(name);
  }

  start(name: string): void {
    this.#starts += 1;
    // One that was killed leaves its files behind, and would be taken to run.
    const log = `keepalived-${name}-${this.#starts}`;
    const file = (suffix: string): string => join(this.segment.net.path, `${log}.${suffix}`);
    writeFileSync(file('conf'), configuration(Number(name.slice(1))));
    const files = ['-f', file('conf'), '-p', file('pid'), '-r', file('vrrp.pid')];
    const args = ['--dont-fork', '--log-console', '--vrrp', ...files];
    this.#daemons.set(name, this.segment.node(name).start(log, 'keepalived', ...args));
  }

  /** To both of its processes, which are one group. */
  signal(name: string, signal: NodeJS.Signals): void {
    const daemon = this.#daemons.get(name);
    if (daemon !== undefined) process.kill(-daemon.pid, signal);
  }

  /** A daemon that was killed leaves the address on its interface. */
  removeAddress(name: string): void {
    const space = this.segment.node(name);
    space.ip('address flush dev eth0 scope global', `address add 10.213.0.${name.slice(1)}/16 dev eth0`);
  }

  stop(): void {
    this.segment.destroy();
  }
}
