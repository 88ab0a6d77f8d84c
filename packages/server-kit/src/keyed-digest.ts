import { createHmac, randomBytes } from 'node:crypto';

/**
 * A one-way name for secrets, other in each process. Secrets are looked up by it: how long the look-up takes says
 * nothing about a secret, because nobody outside can choose a digest, and memory never holds the secret itself.
 */
export function keyedDigest(): (secret: string) => string {
  const key = randomBytes(32);
  return (secret) => createHmac('sha256', key).update(secret).digest('base64');
}
