// panva's openid-client as an app at which people sign in; the same way through as the other script.

import { createInterface } from 'node:readline/promises'
import * as client from 'openid-client'

const { issuer, client_id, private_jwk, redirect_uri, scope } = JSON.parse(process.argv[2])
const proof = private_jwk
  ? client.PrivateKeyJwt(
      await crypto.subtle.importKey('jwk', private_jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    )
  : client.None()
const config = await client.discovery(new URL(issuer), client_id, undefined, proof, {
  algorithm: 'oauth2',
  execute: [client.allowInsecureRequests], // http, on this machine only
})
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const visit = await client.buildAuthorizationUrlWithPAR(
  config,
  {
    redirect_uri,
    scope,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    resource: `${issuer}/graphql`,
  },
  { DPoP },
)
console.log(visit.href)

const terminal = createInterface({ input: process.stdin })
const back = new URL(await terminal.question(''))
terminal.close()

const token = await client.authorizationCodeGrant(
  config,
  back,
  { pkceCodeVerifier: verifier, expectedState: state },
  undefined,
  { DPoP },
)
const refreshed = await client.refreshTokenGrant(config, token.refresh_token, undefined, { DPoP })
const answer = await client.fetchProtectedResource(
  config,
  refreshed.access_token,
  new URL(`${issuer}/graphql`),
  'POST',
  JSON.stringify({ query: '{ parks(first: 1) { totalCount } }' }),
  new Headers({ 'content-type': 'application/json' }),
  { DPoP },
)
await client.tokenRevocation(config, refreshed.refresh_token)
const ended = await client
  .refreshTokenGrant(config, refreshed.refresh_token, undefined, { DPoP })
  .then(() => null, (error) => error.error)

console.log(
  JSON.stringify({
    type: token.token_type,
    scope: token.scope,
    rotated: token.refresh_token !== refreshed.refresh_token,
    answer: await answer.json(),
    ended,
  }),
)
