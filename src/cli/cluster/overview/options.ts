/** What a command says of the overview that it wants. */
import type { OverviewOptions } from '../../../overview/overview.ts';
import { allocatorOptions } from '../snapshot.ts';

export type OverviewFlags = {
  readonly namespace: string;
  readonly 'all-namespaces': boolean;
  readonly 'pool-namespace': string;
  readonly 'lb-class': string;
  readonly 'foreign-addresses': string;
  readonly 'unmet-requests': string;
  readonly calico: string;
};

export const overviewOptions = (
  flags: OverviewFlags,
  { source, servicesFrom, notRead = [] }: Pick<OverviewOptions, 'source' | 'servicesFrom' | 'notRead'>,
): OverviewOptions => ({
  ...allocatorOptions(flags),
  ...{ source, servicesFrom, notRead, namespace: flags['pool-namespace'] },
});
