/** Sessions over real sockets: those that we dial, and those of peers that may dial us. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../observe/log.ts';
import type { Listener } from '../../sockets/listener.ts';
import { Peering } from '../../sockets/peering.ts';
import type { OpenLine } from '../ports.ts';

export type LineContext = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
};

/** Null `listener`: nobody can dial us. */
export const openLines =
  ({ clock, random, log }: LineContext, listener: Listener | null): OpenLine =>
  (settings, far, owner, missed) => {
    const peering = new Peering(settings, far, owner, { clock, random, missed });
    if (settings.role === 'dial') return peering;
    if (listener === null) {
      log.warn('a peer may dial us, but --listen-port is 0: it is only dialled', { peer: far.address });
      return peering;
    }
    void listener
      .expect(far, (socket) => peering.accept(socket))
      .then((because) => because !== null && log.warn('a peer cannot dial us', { because }));
    return peering;
  };
