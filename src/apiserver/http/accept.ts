/** Which form of an answer the client wants: the object itself, a Table to print, or only metadata. */

export type Form = 'object' | 'table' | 'metadata' | 'discovery';

/** The first form in `Accept` that this server speaks; null when there is none. It speaks JSON only. */
export function formOf(accept: string | undefined): Form | null {
  if (accept === undefined || accept === '') return 'object';
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const as = parameters.find((part) => part.startsWith('as='))?.slice(3);
    const version = parameters.find((part) => part.startsWith('v='))?.slice(2);
    if (as === undefined) return 'object';
    if (as === 'Table' && version === 'v1') return 'table';
    if ((as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') && version === 'v1')
      return 'metadata';
    if (as === 'APIGroupDiscoveryList' && version === 'v2') return 'discovery';
  }
  return null;
}
