/** Sentences of a status document, which is read leniently: a speaker of another version may leave one out. */
import { type Raw, textOf } from '../../../base/json.ts';

/** Null where there is none, or a blank one: an optional part of a sentence is left out then. */
export const givenText = (value: unknown): string | null => textOf(value).trim() || null;

/** Ends a sentence, so it is never empty. */
export const givenReason = ({ says }: Raw): string => givenText(says) ?? 'its speaker gives no reason';
