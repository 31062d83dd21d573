/** Sessions over real sockets: those that we dial, and those of peers that may dial us. */
import { formatAddress } from '../../net/address.ts';
import type { Log } from '../../observe/log.ts';
import type { Listener } from '../../sockets/listener.ts';
import { type Around, Peering } from '../../sockets/peering.ts';
import type { Far, OpenLine } from '../ports.ts';

export type LineContext = Around & { readonly log: Log };

/** Null `listener`: nobody can dial us. */
export const openLines =
  ({ clock, random, log }: LineContext, listener: Listener | null): OpenLine =>
  (settings, far, owner, missed) => {
    const line = new ExpectedPeering(settings, far, owner, { clock, random, missed });
    if (settings.role === 'dial') return line;
    const peer = formatAddress(far.address);
    if (listener === null)
      log.warn('a peer may dial us, but --listen-port is 0: it is only dialled', { peer });
    else
      void line.expectOn(listener, far).then((because) => {
        if (because !== null) log.warn('a peer cannot dial us', { peer, because });
      });
    return line;
  };

/** One whose peer may come to a port of ours; it is expected until the session ends for good. */
class ExpectedPeering extends Peering {
  #forget = (): void => {};

  expectOn(listener: Listener, far: Far): Promise<string | null> {
    this.#forget = () => listener.forget(far.address);
    return listener.expect(far, (socket) => this.accept(socket));
  }

  override stop(cease: number, communication: string): void {
    this.#forget();
    super.stop(cease, communication);
  }

  override abandon(): void {
    this.#forget();
    super.abandon();
  }
}
