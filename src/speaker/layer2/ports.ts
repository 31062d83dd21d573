/** Ports of layer 2 in the speaker: the interfaces that its main implements with a real wire and a real API server. */

import type { Result } from '../../base/result.ts';
import type { Layer2Service } from '../../layer2/election/layer2-service.ts';
import type { WatchedRecord } from '../../layer2/objects/watched-objects.ts';
import type { Layer2Wire, WireOptions } from '../../layer2/packets/layer2-wire.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';

/** The error is a sentence: without the right to open packet sockets there is no layer 2. */
export type OpenWire = (options: WireOptions) => Promise<Result<Layer2Wire, string>>;

/** The effect of each call shows in the cache before its promise settles. */
export interface OwnerRecordApi {
  /** The name follows from the Service's UID, so that of two creators one succeeds. */
  create(service: Layer2Service): Promise<RequestOutcome<WatchedRecord>>;
  setInterfaces(record: WatchedRecord, interfaces: readonly string[]): Promise<RequestOutcome<unknown>>;
  /** Only that very object in that version. */
  delete(record: WatchedRecord): Promise<RequestOutcome<unknown>>;
}
