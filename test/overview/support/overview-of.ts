/** The overview of whole objects, as a reader of a live cluster makes it. */
import type { Raw } from '../../../src/base/json.ts';
import { decodeService } from '../../../src/objects/service.ts';
import type { OverviewDocument } from '../../../src/overview/document.ts';
import { OVERVIEW_KINDS } from '../../../src/overview/kinds.ts';
import { type KindObjects, readKind } from '../../../src/overview/knowledge.ts';
import { Overview } from '../../../src/overview/overview.ts';
import { OPTIONS } from '../../allocation/support/test-cluster.ts';
import { NAMESPACE } from './live-cluster.ts';

export type OverviewSetup = {
  readonly objects: readonly Raw[];
  readonly wall: number;
  /** Kinds that were not read. */
  readonly unread?: readonly KindObjects[];
};

export function overviewOf({ objects, wall, unread = [] }: OverviewSetup): OverviewDocument {
  const overview = new Overview({
    ...OPTIONS,
    source: 'a test',
    namespace: NAMESPACE,
    servicesFrom: 'status',
  });
  const of = (kind: string): readonly Raw[] => objects.filter((raw) => raw['kind'] === kind);
  for (const kind of OVERVIEW_KINDS)
    overview.setKind(kind, unread.find(({ reading }) => reading.kind === kind) ?? readKind(kind, of(kind)));
  overview.setServicesReading(readKind('Service', of('Service')).reading);
  for (const raw of of('Service')) {
    const service = decodeService(raw);
    if (service !== null) overview.putService(service);
  }
  return overview.document(wall);
}

/** The answer to its list was 403. */
export const forbidden = (kind: string): KindObjects => ({
  reading: { kind, state: 'forbidden', objects: null, namespace: null, says: `${kind} cannot be read` },
  objects: [],
});
