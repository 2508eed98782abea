// panva's oidc-provider as the city's own: people sign in there by any name, which is their `sub`.
// It prints its issuer, reads where the hub takes the answers, and serves until it is told to end.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import Provider from 'oidc-provider'

const { client_id, client_secret } = JSON.parse(process.argv[2])
const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const issuer = `http://127.0.0.1:${server.address().port}`
console.log(issuer)

const lines = createInterface({ input: process.stdin })
const [redirect_uri] = await once(lines, 'line')
const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey)
const provider = new Provider(issuer, {
  clients: [
    { client_id, client_secret, redirect_uris: [redirect_uri], id_token_signed_response_alg: 'ES256' },
  ],
  jwks: { keys: [{ kty, crv, x, y, d, use: 'sig', alg: 'ES256', kid: 'one' }] },
  cookies: { keys: ['for the time of a test'] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
})
server.on('request', provider.callback())
console.log('ready')
await once(lines, 'close')
process.exit(0)
