// panva's oauth4webapi as an app at which people sign in: a pushed request, a code, a refresh, an
// end; everything bound to a DPoP key, the client proved by private_key_jwt or, without a key, by
// PKCE alone. It prints where the browser goes, and reads back where the browser was sent.

import { createInterface } from 'node:readline/promises'
import * as oauth from 'oauth4webapi'

const { issuer, client_id, private_jwk, redirect_uri, scope } = JSON.parse(process.argv[2])
const url = new URL(issuer)
const local = { [oauth.allowInsecureRequests]: true } // http, on this machine only

const server = await oauth.processDiscoveryResponse(
  url,
  await oauth.discoveryRequest(url, { ...local, algorithm: 'oauth2' }),
)
const client = { client_id }
const proof = private_jwk
  ? oauth.PrivateKeyJwt(
      await crypto.subtle.importKey('jwk', private_jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    )
  : oauth.None()
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))

async function again(request) {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return await request() // the library has kept the nonce of the answer
  }
}

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const asked = {
  response_type: 'code',
  client_id,
  redirect_uri,
  scope,
  state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  resource: `${issuer}/graphql`,
}
const pushed = await again(async () =>
  oauth.processPushedAuthorizationResponse(
    server,
    client,
    await oauth.pushedAuthorizationRequest(server, client, proof, asked, { ...local, DPoP }),
  ),
)
const visit = new URL(server.authorization_endpoint)
visit.searchParams.set('client_id', client_id)
visit.searchParams.set('request_uri', pushed.request_uri)
console.log(visit.href)

const terminal = createInterface({ input: process.stdin })
const back = new URL(await terminal.question(''))
terminal.close()
const parameters = oauth.validateAuthResponse(server, client, back, state) // checks iss (RFC 9207)

const token = await again(async () =>
  oauth.processAuthorizationCodeResponse(
    server,
    client,
    await oauth.authorizationCodeGrantRequest(server, client, proof, parameters, redirect_uri, verifier, { ...local, DPoP }),
  ),
)
const refreshed = await again(async () =>
  oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, proof, token.refresh_token, { ...local, DPoP }),
  ),
)
const answer = await again(() =>
  oauth.protectedResourceRequest(
    refreshed.access_token,
    'POST',
    new URL(`${issuer}/graphql`),
    new Headers({ 'content-type': 'application/json' }),
    JSON.stringify({ query: '{ parks(first: 1) { totalCount } }' }),
    { ...local, DPoP },
  ),
)
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, proof, refreshed.refresh_token, local),
)
const ended = await oauth
  .refreshTokenGrantRequest(server, client, proof, refreshed.refresh_token, { ...local, DPoP })
  .then((response) => response.json())

console.log(
  JSON.stringify({
    type: token.token_type,
    scope: token.scope,
    rotated: token.refresh_token !== refreshed.refresh_token,
    answer: await answer.json(),
    ended: ended.error,
  }),
)
