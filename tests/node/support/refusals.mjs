import assert from 'node:assert/strict';

/** The codes that these tests meet, with their names; and those that may pass when the same call is made later. */
const names = {
  10005: 'INVALID_TOKEN',
  10006: 'INVALID_USER_ID',
  10008: 'INVALID_CHANNEL_NAME',
  10009: 'TOKEN_EXPIRED',
  10012: 'LOGIN_REJECTED',
  10014: 'INVALID_PARAMETER',
  10017: 'DUPLICATE_OPERATION',
  10019: 'INVALID_CHANNEL_TYPE',
  10021: 'OPERATION_RATE_EXCEED_LIMITATION',
  11001: 'CHANNEL_NOT_JOINED',
  11002: 'CHANNEL_NOT_SUBSCRIBED',
  11003: 'CHANNEL_EXCEED_TOPIC_USER_LIMITATION',
  11005: 'CHANNEL_INSTANCE_EXCEED_LIMITATION',
  11007: 'CHANNEL_JOIN_FAILED',
  11008: 'CHANNEL_INVALID_TOPIC_NAME',
  11010: 'CHANNEL_MESSAGE_LENGTH_EXCEED_LIMITATION',
  11011: 'CHANNEL_INVALID_USER_LIST',
  11013: 'CHANNEL_TOPIC_NOT_SUBSCRIBED',
  11014: 'CHANNEL_EXCEED_TOPIC_LIMITATION',
  11015: 'CHANNEL_JOIN_TOPIC_FAILED',
  11016: 'CHANNEL_TOPIC_NOT_JOINED',
  11018: 'CHANNEL_INVALID_TOPIC_META',
  11020: 'CHANNEL_SUBSCRIBE_TOO_FREQUENT',
  11025: 'CHANNEL_PUBLISH_MESSAGE_TOO_FREQUENT',
  11029: 'CHANNEL_CUSTOM_TYPE_LENGTH_OVERFLOW',
  11031: 'CHANNEL_UNSUPPORTED_MESSAGE_TYPE',
  11033: 'CHANNEL_RECEIVER_OFFLINE',
};
const retryable = [10021, 11020, 11025];

/** Checks that a reply, or an answer over HTTP, is this refusal, whole and well-formed. */
export function assertRefused(reply, code, message = /\S/) {
  assert.equal(reply.code, code, JSON.stringify(reply));
  assert.equal(reply.error, names[code]);
  assert.match(reply.message, message);
  assert.equal(reply.retryable, retryable.includes(code));
  assert.equal('data' in reply, false);
}
