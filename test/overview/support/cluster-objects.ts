/** Objects of a cluster as the API server has them, for tests of the overview. */
import { fieldsOf, type Raw } from '../../../src/base/json.ts';

/** A copy, as it comes over the wire. */
export const toRaw = (object: object): Raw => fieldsOf(JSON.parse(JSON.stringify(object)));
