/** The responses of speakers as JSON. */
import type { SpeakerResponse } from './status-query.ts';

/** Every speaker with its document, or with the error. */
export const speakersJson = (responses: readonly SpeakerResponse[]) =>
  responses.map(({ node, pod, document }) => ({
    ...{ node, pod },
    ...(document.ok ? { error: null, ...document.value } : { error: document.error }),
  }));
