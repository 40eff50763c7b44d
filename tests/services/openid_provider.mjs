// A real OpenID provider (npm oidc-provider) whose tokens carry the claims of Keycloak.
//
// node openid_provider.mjs MODULES PORT: serves the issuer http://127.0.0.1:PORT/realms/taskforce.
// POST /rotate makes new keys; POST /rotate?keep=1 publishes the old ones, too.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [, , modules, port] = process.argv
const entry = createRequire(`${modules}/`).resolve('oidc-provider')
const { default: Provider } = await import(pathToFileURL(entry))

const REALM = '/realms/taskforce'
const AUDIENCE = 'taskforce'
// client: how its tokens are signed, for how long they last, what its service account may
const CLIENTS = {
  'ci-rs256': { alg: 'RS256', seconds: 300, realm: ['operator', 'offline_access'], own: [] },
  'ci-es256': { alg: 'ES256', seconds: 300, realm: [], own: ['viewer'] },
  brief: { alg: 'RS256', seconds: 5, realm: ['operator'], own: [] },
  platform: { alg: 'RS256', seconds: 300, realm: ['admin'], own: [] },
  web: { alg: 'RS256', seconds: 300, realm: ['approver'], own: [] },
}
const SECRET = 'not-a-secret-of-anybody'

const pair = (alg) => {
  const kind = alg === 'RS256' ? ['rsa', { modulusLength: 2048 }] : ['ec', { namedCurve: 'P-256' }]
  const { privateKey } = generateKeyPairSync(...kind)
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() }
}

const provider = (keys) => {
  const made = new Provider(`http://127.0.0.1:${port}${REALM}`, {
    jwks: { keys },
    clients: Object.keys(CLIENTS).map((client_id) => ({
      client_id,
      client_secret: SECRET,
      grant_types: client_id === 'web' ? ['authorization_code'] : ['client_credentials'],
      response_types: client_id === 'web' ? ['code'] : [],
      redirect_uris: client_id === 'web' ? ['http://127.0.0.1:1/back'] : [],
    })),
    cookies: { keys: ['of a test'] },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: (_, token) => ({
      azp: token.clientId,
      typ: 'Bearer',
      preferred_username: token.accountId ?? `service-account-${token.clientId}`,
      realm_access: { roles: CLIENTS[token.clientId].realm },
      resource_access: { [AUDIENCE]: { roles: CLIENTS[token.clientId].own }, account: { roles: ['admin'] } },
    }),
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${AUDIENCE}`,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, _resource, client) => ({
          scope: 'openid',
          audience: AUDIENCE,
          accessTokenTTL: CLIENTS[client.clientId].seconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: CLIENTS[client.clientId].alg } },
        }),
      },
    },
  })
  return made.callback()
}

let keys = [pair('RS256'), pair('ES256')]
let answer = provider(keys)

createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1')
  if (request.method === 'POST' && url.pathname === '/rotate') {
    const fresh = [pair('RS256'), pair('ES256')]
    keys = url.searchParams.has('keep') ? [...fresh, ...keys] : fresh
    answer = provider(keys)
    response.end('rotated')
    return
  }
  if (!request.url.startsWith(REALM)) {
    response.writeHead(404).end()
    return
  }
  request.originalUrl = request.url
  request.url = request.url.slice(REALM.length) || '/'
  answer(request, response)
}).listen(Number(port), '127.0.0.1', () => console.log('ready'))
