// A real OpenID provider on 127.0.0.1 for one test run: node provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI…
// Its own sign-in pages take any name with any password; the name is the subject.
import { generateKeyPairSync } from 'node:crypto';

import Provider from 'oidc-provider';

const [port, client_id, client_secret, ...redirect_uris] = process.argv.slice(2);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id, client_secret, redirect_uris }],
  cookies: { keys: ['of one test run'] },
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'test' }] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
