// A strict client that none of us wrote: panva's oauth4webapi, which checks what the hub answers.
// It gets a token by private_key_jwt, bound to a DPoP key, and asks a question with it.

import * as oauth from 'oauth4webapi'

const { issuer, client_id, private_jwk } = JSON.parse(process.argv[2])
const url = new URL(issuer)
const local = { [oauth.allowInsecureRequests]: true } // http, on this machine only

const server = await oauth.processDiscoveryResponse(
  url,
  await oauth.discoveryRequest(url, { ...local, algorithm: 'oauth2' }),
)
const client = { client_id }
const key = await crypto.subtle.importKey(
  'jwk',
  private_jwk,
  { name: 'ECDSA', namedCurve: 'P-256' },
  false,
  ['sign'],
)
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))

async function again(request) {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request() // the library has kept the nonce of the answer
  }
}

const token = await again(async () =>
  oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.PrivateKeyJwt(key),
      { scope: 'park:read' },
      { ...local, DPoP },
    ),
  ),
)

const answer = await again(() =>
  oauth.protectedResourceRequest(
    token.access_token,
    'POST',
    new URL(`${issuer}/graphql`),
    new Headers({ 'content-type': 'application/json' }),
    JSON.stringify({ query: '{ parks(first: 1) { totalCount } }' }),
    { ...local, DPoP },
  ),
)

console.log(JSON.stringify({ type: token.token_type, scope: token.scope, answer: await answer.json() }))
