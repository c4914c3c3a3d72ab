import { createHmac } from 'node:crypto';

const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Unix seconds, so many from now. */
export const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

/** Signs claims as an app's own server does. An algorithm that is no HMAC gets an HMAC all the same. */
export function sign(claims, secret, algorithm = 'HS256') {
  const signed = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac(hashes[algorithm] ?? 'sha256', secret).update(signed).digest('base64url')}`;
}

/** A token that says that it needs no signature. */
export const unsigned = (claims) => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
