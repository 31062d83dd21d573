/** Which form of an answer the client wants: the object itself, a Table to print, or only metadata. */

export type Representation = 'object' | 'table' | 'metadata' | 'discovery';

/** The first form in `Accept` that this server speaks; null when there is none. It speaks JSON only. */
export function negotiateRepresentation(accept: string | undefined): Representation | null {
  if (accept === undefined || accept === '') return 'object';
  for (const mediaRange of accept.split(',')) {
    const [type = '', ...parameters] = mediaRange.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const asParameter = parameters.find((part) => part.startsWith('as='))?.slice(3);
    const version = parameters.find((part) => part.startsWith('v='))?.slice(2);
    if (asParameter === undefined) return 'object';
    if (asParameter === 'Table' && version === 'v1') return 'table';
    if (
      (asParameter === 'PartialObjectMetadata' || asParameter === 'PartialObjectMetadataList') &&
      version === 'v1'
    )
      return 'metadata';
    if (asParameter === 'APIGroupDiscoveryList' && version === 'v2') return 'discovery';
  }
  return null;
}
