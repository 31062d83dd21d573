import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownValue, setOwnValue } from '../../src/base/own-value.ts';

describe('own values', () => {
  for (const key of ['__proto__', 'constructor', 'toString']) {
    it(`${key}: undefined until it is set, and then a key as any other`, () => {
      const object: Record<string, unknown> = {};
      assert.equal(ownValue(object, key), undefined);
      setOwnValue(object, key, { a: 1 });
      assert.deepEqual(ownValue(object, key), { a: 1 });
      assert.equal(JSON.stringify(object), `{"${key}":{"a":1}}`);
      assert.equal(Object.getPrototypeOf(object), Object.prototype);
    });
  }
});
