/** Negotiates the representation of a response: the object, a Table to print, or metadata only. */

export type Representation = 'object' | 'table' | 'metadata' | 'discovery';

/** The first representation in `Accept` that is supported; null where there is none. All are JSON. */
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
