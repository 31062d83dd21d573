/** One who announces the addresses of a Service, or would: what it is asked, and what it answers. */
import type { AnnouncementExplanation } from '../../calico/report/announcement-explanation.ts';
import type { Address } from '../../net/address.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import type { ServiceWay } from '../../overview/answers.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import type { CliContext } from '../framework/context.ts';

export type AnnouncerQuery = {
  /** The Service of the addresses; null for an address that no Service has. */
  readonly service: ServiceKey | null;
  readonly addresses: readonly Address[];
  readonly services: ReadonlyMap<ServiceKey, Service>;
  readonly opened: OpenedSource;
  readonly context: Pick<CliContext, 'clock' | 'stderr'>;
  /** Of the speakers: they serve only Services of this class; '' for those without one. */
  readonly lbClass: string;
};

export type SectionOptions = {
  /** Another one announces it: then what this one would need for that mends nothing. */
  readonly hidesFix: boolean;
  /** The conclusion and the change are printed above the sections. */
  readonly isConcluded: boolean;
};

/** One who announces, or would: it runs in the cluster. */
export type Announcer = {
  readonly by: 'calico' | 'bgp-speakers' | 'layer2-speakers';
  /** Null if that is not known. */
  readonly announced: boolean | null;
  readonly conclusion: string;
  readonly change: string | null;
  readonly ways: readonly ServiceWay[];
  readonly sections: (format: TextFormat, options: SectionOptions) => readonly (readonly string[])[];
};

export type Announcers = {
  readonly announcers: readonly Announcer[];
  /** What Calico's model says of each address; null without addresses, or in a cluster without Calico. */
  readonly calico: readonly AnnouncementExplanation[] | null;
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
};

/** What one of them finds; nothing where it does not run. */
export type Found = Partial<Announcers>;
