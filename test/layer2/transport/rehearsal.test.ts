/** What the thread does before it begins. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Responder } from '../../../src/layer2/packets/responder.ts';
import {
  REHEARSAL_ADDRESSES,
  REHEARSAL_INTERFACE,
  REHEARSAL_ROUNDS,
  rehearse,
} from '../../../src/layer2/transport/rehearsal.ts';
import { loadLibc } from '../../../src/sockets/libc.ts';
import { PacketReader, PacketSender } from '../../../src/sockets/packet-socket.ts';
import { openSocketPair } from '../../../src/sockets/socket-pair.ts';

describe('a rehearsal', { skip: process.platform === 'linux' ? false : 'it needs Linux' }, () => {
  it('has each of its requests answered, by ARP and by NDP', async (test) => {
    const loaded = await loadLibc('the test');
    const libc = loaded.ok ? loaded.value : assert.fail(loaded.error);
    const [own, asker] = openSocketPair(libc) ?? assert.fail('no pair of sockets');
    test.after(() => {
      libc.close(own);
      libc.close(asker);
    });
    const [reader, sender] = [new PacketReader(libc), new PacketSender(libc)];
    const responder = new Responder({
      send: (_, frame) => sender.send(own, frame),
      emit: () => {},
      join: () => {},
      leave: () => {},
    });
    responder.setInterfaces([REHEARSAL_INTERFACE], 0);
    responder.changeOwned(REHEARSAL_ADDRESSES, 0);
    const frames = rehearse(libc, asker, () => {
      reader.receive(own, (frame) => responder.receive(REHEARSAL_INTERFACE.index, frame, 0));
    });
    assert.equal(frames, 2 * REHEARSAL_ROUNDS);
  });
});
