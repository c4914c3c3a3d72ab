import assert from 'node:assert/strict';

/** Asserts that a call of an app server was answered with problem details. */
export function assertProblem(answer, status, code, word = '') {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.match(answer.type, /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.code, code);
  assert.equal(typeof answer.body.error, 'string');
  assert.equal(typeof answer.body.retryable, 'boolean');
  assert.ok(answer.body.detail.includes(word), answer.body.detail);
}
