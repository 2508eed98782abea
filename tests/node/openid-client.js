// A strict client that none of us wrote: panva's openid-client, as most Node services use it.
// It gets a token by private_key_jwt, bound to a DPoP key, and asks a question with it.

import * as client from 'openid-client'

const { issuer, client_id, private_jwk } = JSON.parse(process.argv[2])
const key = await crypto.subtle.importKey(
  'jwk',
  private_jwk,
  { name: 'ECDSA', namedCurve: 'P-256' },
  false,
  ['sign'],
)
const config = await client.discovery(
  new URL(issuer),
  client_id,
  undefined,
  client.PrivateKeyJwt(key),
  { algorithm: 'oauth2', execute: [client.allowInsecureRequests] }, // http, on this machine only
)
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

const token = await client.clientCredentialsGrant(config, { scope: 'park:read' }, { DPoP })
const answer = await client.fetchProtectedResource(
  config,
  token.access_token,
  new URL(`${issuer}/graphql`),
  'POST',
  JSON.stringify({ query: '{ parks(first: 1) { totalCount } }' }),
  new Headers({ 'content-type': 'application/json' }),
  { DPoP },
)

console.log(JSON.stringify({ type: token.token_type, scope: token.scope, answer: await answer.json() }))
