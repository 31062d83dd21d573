import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RequestHead, refuseData, refusePage } from '../../../src/cli/dashboard/access.ts';

const rules = { hosts: new Set(['127.0.0.1:80', 'localhost:80']), token: 'secret' };
const good: RequestHead = { host: '127.0.0.1:80', origin: undefined, authorization: 'Bearer secret' };

describe('a request to the dashboard', () => {
  const rows: readonly [string, Partial<RequestHead>, 'all' | 'pages' | 'nothing'][] = [
    ['with the token gets all', {}, 'all'],
    ['by the name localhost gets all', { host: 'localhost:80' }, 'all'],
    ['from its own page gets all', { origin: 'http://127.0.0.1:80' }, 'all'],
    ['without a token gets pages', { authorization: undefined }, 'pages'],
    ['with another token gets pages', { authorization: 'Bearer secreT' }, 'pages'],
    ['with a part of the token gets pages', { authorization: 'Bearer secre' }, 'pages'],
    ['with the token in another scheme gets pages', { authorization: 'Basic secret' }, 'pages'],
    ['by a name that leads here gets nothing', { host: 'evil.example:80' }, 'nothing'],
    ['by another port gets nothing', { host: '127.0.0.1:81' }, 'nothing'],
    ['without a name gets nothing', { host: undefined }, 'nothing'],
    ['from the page of another port gets nothing', { origin: 'http://127.0.0.1:81' }, 'nothing'],
    ['from a page of nowhere gets nothing', { origin: 'null' }, 'nothing'],
  ];
  for (const [sentence, change, expected] of rows)
    it(sentence, () => {
      const head = { ...good, ...change };
      const gets =
        refuseData(head, rules) === null ? 'all' : refusePage(head, rules) === null ? 'pages' : 'nothing';
      assert.equal(gets, expected);
    });
});
