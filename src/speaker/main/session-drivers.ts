/** Session drivers over TCP, for peers that we dial and for peers that may dial us. */

import type { Remote } from '../../bgp/session/remote.ts';
import type { BgpListener } from '../../bgp/transport/bgp-listener.ts';
import { type TcpSessionContext, TcpSessionDriver } from '../../bgp/transport/tcp-session-driver.ts';
import { formatAddress } from '../../net/address.ts';
import type { Log } from '../../observe/log.ts';
import type { OpenSession } from '../ports.ts';

export type SessionOpenerContext = TcpSessionContext & { readonly log: Log };

/** Without a `listener` no peer can dial us. */
export const sessionOpener =
  ({ clock, random, log }: SessionOpenerContext, listener: BgpListener | null): OpenSession =>
  (settings, remote, handler, connectFailed) => {
    const driver = new ListeningSessionDriver(settings, remote, handler, { clock, random, connectFailed });
    if (settings.role === 'dial') return driver;
    const peer = formatAddress(remote.address);
    if (listener === null)
      log.warn('a peer may dial us, but --listen-port is 0: it is only dialled', { peer });
    else
      void driver.acceptFrom(listener, remote).then((because) => {
        if (because !== null) log.warn('a peer cannot dial us', { peer, because });
      });
    return driver;
  };

/** A driver whose peer may dial us; the listener expects it until the session is stopped. */
class ListeningSessionDriver extends TcpSessionDriver {
  #stopExpecting = (): void => {};

  acceptFrom(listener: BgpListener, remote: Remote): Promise<string | null> {
    this.#stopExpecting = () => listener.forget(remote);
    return listener.expect(remote, (socket) => this.accept(socket));
  }

  override stop(cease: number, communication: string): void {
    this.#stopExpecting();
    super.stop(cease, communication);
  }

  override abandon(): void {
    this.#stopExpecting();
    super.abandon();
  }
}
