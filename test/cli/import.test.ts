import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArmServer, type ArmServerOptions } from '../collect/arm-server.ts'
import { PLANT, SUBSCRIPTION } from '../collect/reading.ts'
import { inFolder, nettrace, PROJECT, type Ran } from './command-line.ts'
import { installInto, startIn } from './installed.ts'

/** The package as it is installed, and a folder a person works in. */
let installed = ''
let folder = ''

beforeAll(() => {
  installed = installInto(mkdtempSync(join(tmpdir(), 'nettrace-installed-')))
  folder = mkdtempSync(join(tmpdir(), 'nettrace-work-'))
}, 120_000)

afterAll(() => {
  for (const one of [installed, folder]) rmSync(one, { recursive: true, force: true })
})

/** Runs the installed program in the work folder. */
const start = (words: string, environment: NodeJS.ProcessEnv = {}) => startIn(folder, installed, words, environment)

const ASKED = `import azure --subscription ${SUBSCRIPTION}`

async function against(options: Partial<ArmServerOptions>, words: string): Promise<Ran> {
  const server = await ArmServer.start({ estate: PLANT, ...options })
  try {
    return await start(words, reaching(server)).ended
  } finally {
    await server.stop()
  }
}

function reaching(server: ArmServer): NodeJS.ProcessEnv {
  return { AZURE_RESOURCE_MANAGER_ENDPOINT: server.endpoint, NETTRACE_AZURE_TOKEN: server.token }
}

/** The factory's topology with its Azure side in a folder here. */
function plantTopology(resources: string): string {
  const text = readFileSync(join(PROJECT, 'topologies/vision-plant.yaml'), 'utf8')
    .replace('../fixtures/vision-plant/azure.json', resources)
    .replaceAll('../fixtures/', join(PROJECT, 'fixtures/'))
  writeFileSync(join(folder, `${resources}.yaml`), text)
  return `${resources}.yaml`
}

describe('import azure', () => {
  test('reads the estate once; what comes after is offline', async () => {
    const { code, out, err } = await against({ page: 50 }, `${ASKED} --out estate`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(`read 164 resources of 1 subscription
wrote estate/ (38 files)

write nettrace.yaml:
  nettrace: 1
  azure:
    resources: [estate]
    # service-tags: service-tags.json     from: nettrace import service-tags FILE

next   nettrace devices -t nettrace.yaml
`)
    const validated = await start(`validate ${plantTopology('estate')}`).ended
    expect(validated).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ passed, 0 failed\n$/) })
    writeFileSync(join(folder, 'nettrace.yaml'), 'nettrace: 1\nazure:\n  resources: [estate]\n')
    expect((await start('devices').ended).out).toContain('vnet-ml/snet-train')
    rmSync(join(folder, 'nettrace.yaml'))
  })

  test('what could not be read is listed, with what it needs, and the exit code is 2', async () => {
    const error = { code: 'AuthorizationFailed', message: "perform action 'Microsoft.Network/x/read' \u001b[31m" }
    const { code, out, err } = await against(
      { fault: ({ path }) => (path.endsWith('/ruleCollectionGroups') ? { status: 403, body: { error } } : undefined) },
      `${ASKED} --out partly`,
    )
    expect({ code, err }).toEqual({ code: 2, err: '' })
    expect(out).toContain(`
! could not be read, and answers that need it are unknown (1):
  rule collection groups of firewall policy afwp-hub: reading it is not allowed (403 AuthorizationFailed); needed: Microsoft.Network/x/read
`)
    expect(out).not.toContain('\u001b')
    const said = await start(`devices -v -t ${plantTopology('partly')}`).ended
    expect(said.err).toContain('rule collection groups of firewall policy afwp-hub could not be read (403)')
  })

  test.for([
    ['a refused query', { status: 403, body: { error: { code: 'AuthorizationFailed' } } }, /not allowed.*role Reader/],
    ['a refused token', { status: 401 }, /the sign-in is not accepted \(401\); a token lives about an hour/],
    ['an unknown subscription', { status: 404 }, /it is not there \(404\); az account list shows/],
    ['a proxy that wants to know who asks', { status: 407 }, /HTTPS_PROXY=/],
  ] as const)('%s: nothing is written, 69, and what to do', async ([, fault, words]) => {
    const { code, out, err } = await against({ fault: () => fault }, `${ASKED} --out never`)
    expect({ code, out, there: existsSync(join(folder, 'never')) }).toEqual({ code: 69, out: '', there: false })
    expect(err).toMatch(words)
    expect(err).toMatch(/^nettrace: .*\nnettrace: nothing was written\n$/)
  })

  test('nobody listens: 69, no stack', async () => {
    const environment = { AZURE_RESOURCE_MANAGER_ENDPOINT: 'http://127.0.0.1:9', NETTRACE_AZURE_TOKEN: 'x' }
    const { code, err } = await start(ASKED, environment).ended
    expect({ code, err }).toEqual({
      code: 69,
      err: expect.stringMatching(
        /^nettrace: Azure could not be read: .*\(ECONNREFUSED\)\nnettrace: nothing was written\n$/,
      ),
    })
  })

  test.for([
    [
      'EnvironmentCredential',
      /^nettrace: not signed in to Azure: EnvironmentCredential.*\n.*sign in with: az login\n$/,
    ],
    ['Nobody', /^nettrace: not signed in to Azure: Invalid value for AZURE_TOKEN_CREDENTIALS = Nobody/],
  ] as const)('nobody is signed in (%s): 69 before anything is asked', async ([way, message]) => {
    const server = await ArmServer.start({ estate: PLANT })
    const environment = { AZURE_RESOURCE_MANAGER_ENDPOINT: server.endpoint, AZURE_TOKEN_CREDENTIALS: way }
    const { code, out, err } = await start(`${ASKED} --out nobody`, environment).ended
    await server.stop()
    expect({ code, out, asked: server.asked }).toEqual({ code: 69, out: '', asked: [] })
    expect(err).toMatch(message)
  })

  test('a wait that Azure asks for is told and waited', async () => {
    const fault: ArmServerOptions['fault'] = ({ method, before }) =>
      method === 'POST' && before === 0 ? { status: 429, headers: { 'retry-after': '1' } } : undefined
    const { code, err } = await against({ fault }, `${ASKED} --out patient`)
    expect({ code, err }).toEqual({ code: 0, err: 'nettrace: Azure asks to wait (429): waiting 1 s\n' })
  })

  test('interrupted: 130, and it says that nothing was written', async () => {
    const server = await ArmServer.start({ estate: PLANT, delay: 200 })
    try {
      const running = start(`${ASKED} --out broken-off`, reaching(server))
      while (server.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
      running.interrupt()
      expect(await running.ended).toEqual({
        code: 130,
        out: '',
        err: 'nettrace: interrupted: nothing was written, broken-off is as it was\n',
      })
      expect(existsSync(join(folder, 'broken-off'))).toBe(false)
    } finally {
      await server.stop()
    }
  })

  test.for([
    ['import azure', /which subscription\? Add --subscription ID/],
    ['import azure -s mine', /"mine" is no subscription id: az account list shows the ids/],
    [`${ASKED} --cloud mars`, /Allowed choices are public, government, china/],
  ] as const)('%s is a wrong command line', ([words, message]) => {
    expect(nettrace(words)).toEqual({ code: 64, out: '', err: expect.stringMatching(message) })
  })

  test.for([
    ['http://192.0.2.1', /must start with https:/],
    ['ftp://127.0.0.1', /is no address/],
    ['management', /is no address/],
  ] as const)('a token is not sent to %s', async ([endpoint, message]) => {
    const environment = { AZURE_RESOURCE_MANAGER_ENDPOINT: endpoint, NETTRACE_AZURE_TOKEN: 'x' }
    expect(await start(ASKED, environment).ended).toEqual({ code: 64, out: '', err: expect.stringMatching(message) })
  })

  test('a folder with JSON of somebody else is not written to, and nothing is asked', async () => {
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'taken/package.json'), '{}')
    const { code, err } = await against({}, `${ASKED} --out taken`)
    expect(code).toBe(64)
    expect(err).toMatch(/holds package\.json, which no import wrote: give another folder with --out/)
  })

  test("Azure's packages are in a file of their own, which nothing else loads", () => {
    const main = readFileSync(join(installed, 'dist/main.cjs'), 'utf8')
    expect(main).not.toMatch(/azsdk-js-|login\.microsoftonline\.com\/common/)
    rmSync(join(installed, 'dist/elsewhere.cjs'), { force: true })
    expect(readFileSync(join(installed, 'dist/collect.cjs'), 'utf8')).toContain('azsdk-js-arm-network')
  })
})

/** A stand-in for the Azure command line tool that knows the commands we print: bash and jq over the shipped estate. */
const AZ = String.raw`#!/bin/bash
estate='${join(PROJECT, 'fixtures/vision-plant/azure.json')}'
option() { while [ $# -gt 1 ]; do [ "$1" = "$name" ] && echo "$2"; shift; done; }
below='def parent: .id | ascii_downcase | split("/")[:-2] | join("/"); def word: .id | ascii_downcase | split("/")[-2];'
case "$1 $2" in
  'account show') ;;
  'graph query')
    name=--skip-token; from=$(option "$@")
    [ "$(name=-q; option "$@" | cut -d' ' -f1)" = resources ] || { echo '{"data": []}'; exit; }
    jq --argjson from "${'$'}{from:-0}" 'map(select(.type | split("/") | length == 2) | .type |= ascii_downcase)
      | {count: 60, data: .[$from:$from + 60], skip_token: (if length > $from + 60 then ($from + 60 | tostring) else null end)}' "$estate" ;;
  'rest --url')
    path=$(echo "$3" | cut -d'?' -f1 | tr A-Z a-z)
    jq --arg parent "$(dirname "$path")" --arg word "$(basename "$path")" \
      "$below"'{value: map(select(parent == $parent and word == $word))}' "$estate" ;;
  'network private-dns')
    name=--zone-name; zone=$(option "$@")
    jq --arg zone "/$zone" "$below"'map(select((parent | endswith("/privatednszones" + $zone)) and word != "virtualnetworklinks") | . + .properties | del(.properties))' "$estate" ;;
  *) exit 9 ;;
esac
`

describe('import azure --print-commands', () => {
  const hasJq = spawnSync('bash', ['-c', 'jq --version']).status === 0

  test('prints a shell script, opens no connection and needs no sign-in', async () => {
    const server = await ArmServer.start({ estate: [] })
    const { code, out, err } = await start(
      `${ASKED} --print-commands --learned-routes --effective-routes`,
      reaching(server),
    ).ended
    await server.stop()
    expect({ code, err, asked: server.asked }).toEqual({ code: 0, err: '', asked: [] })
    expect(spawnSync('bash', ['-n'], { input: out }).status).toBe(0)
    const verbs = [...out.replaceAll(/^# .*$/gm, '').matchAll(/\baz ([a-z][a-z -]*?) (?=-)/g)].map(([, words]) => words)
    expect([...new Set(verbs)].sort()).toEqual([
      'account show',
      'graph query',
      'network express-route list-route-tables',
      'network nic show-effective-route-table',
      'network private-dns record-set list',
      'network routeserver peering list-learned-routes',
      'network vnet-gateway list-learned-routes',
      'rest',
      'vmss nic list',
    ])
    expect(out).not.toMatch(/--method|\b(create|delete|update|set-|put|post)\b/i)
  })

  /** Runs the script with the stand-in; some lists it is not allowed. */
  async function byHand(out: string, refuses = 'nothing'): Promise<{ status: number | null; stderr: string }> {
    const tools = join(folder, `tools-${out}`)
    mkdirSync(tools)
    const refusal = `#!/bin/bash\ncase "$*" in *${refuses}*) echo "(AuthorizationFailed)" >&2; exit 1;; esac\n`
    writeFileSync(join(tools, 'az'), AZ.replace('#!/bin/bash\n', refusal))
    chmodSync(join(tools, 'az'), 0o755)
    const { out: script } = await start(`${ASKED} --print-commands --out ${out}`).ended
    const env = { PATH: `${tools}:${process.env.PATH}` }
    return spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8', env })
  }

  test.skipIf(!hasJq)('the script reads the estate as import does (not run where jq is missing)', async () => {
    const { status, stderr } = await byHand('by-hand')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const validated = await start(`validate ${plantTopology('by-hand')}`).ended
    expect(validated).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ passed, 0 failed\n$/) })
    const again = spawnSync(
      'bash',
      ['--norc', '-c', (await start(`${ASKED} --print-commands --out by-hand`).ended).out],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    expect({ status: again.status, err: again.stderr }).toEqual({
      status: 1,
      err: 'by-hand is not empty: move away what is in it\n',
    })
  })

  test.skipIf(!hasJq)('what it may not read is noted, and answers know (not run where jq is missing)', async () => {
    const { status, stderr } = await byHand('by-half', '/ruleCollectionGroups')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '(AuthorizationFailed)\n' })
    const said = await start(`devices -v -t ${plantTopology('by-half')}`).ended
    expect(said.err).toContain('rule collection groups of firewall policy afwp-hub could not be read')
  })
})

test('import alone explains the ways in', () => {
  const { code, out } = nettrace('import')
  expect(code).toBe(0)
  for (const words of ['files you have', 'import azure --subscription', '--print-commands', 'import service-tags'])
    expect(out).toContain(words)
  expect(nettrace('import --help').out).toContain('Ways in:')
  expect(nettrace('import azur')).toMatchObject({
    code: 64,
    err: expect.stringMatching(/Did you mean azure\?|too many/),
  })
})

describe('import service-tags', () => {
  const list = (changeNumber: number, ...names: string[]) =>
    JSON.stringify({
      changeNumber,
      cloud: 'Public',
      values: names.map((name) => ({
        name,
        id: name,
        properties: { addressPrefixes: ['192.0.2.0/24', '2001:db8::/32'] },
      })),
    })

  test('checks the list and writes it sorted, and says its change number, also which one it replaces', () => {
    inFolder((cwd) => {
      writeFileSync('download.json', `\ufeff${list(375, 'Storage', 'AzureCloud')}`)
      expect(nettrace('import service-tags download.json', { cwd })).toEqual({
        code: 0,
        err: '',
        out: `service tags: change number 375, 2 tags, 4 prefixes
wrote service-tags.json

a topology names it:
  azure:
    service-tags: service-tags.json
`,
      })
      const names = (JSON.parse(readFileSync('service-tags.json', 'utf8')).values as { name: string }[]).map(
        (one) => one.name,
      )
      expect(names).toEqual(['AzureCloud', 'Storage'])
      writeFileSync('download.json', list(376, 'Storage'))
      expect(nettrace('import service-tags download.json', { cwd }).out).toMatch(
        /^service tags: change number 376, was 375,/,
      )
    })
  })

  test.for([
    ['not JSON', '{', /error\[NT1001\]: not JSON/],
    ['something else', '{"name": "x"}', /error\[NT1604\]: expected a list of service tags/],
    ['a list without a change number', list(0, 'Storage'), /no change number/],
    ['a list without tags', list(7), /names no tag/],
  ] as const)('%s is refused with its place, and nothing is written', ([, text, message]) => {
    inFolder((cwd) => {
      writeFileSync('download.json', text)
      const { code, out, err } = nettrace('import service-tags download.json', { cwd })
      expect({ code, out, there: existsSync('service-tags.json') }).toEqual({ code: 65, out: '', there: false })
      expect(err).toMatch(message)
      expect(err).toContain('download.json:1:')
    })
  })

  test('a file that is missing, and a target that is something else', () => {
    inFolder((cwd) => {
      expect(nettrace('import service-tags gone.json', { cwd })).toMatchObject({
        code: 65,
        err: expect.stringContaining('gone.json: there is no such file'),
      })
      writeFileSync('list.json', list(376, 'Storage'))
      writeFileSync('mine.json', '{"mine": true}')
      const { code, err } = nettrace('import service-tags list.json --out mine.json', { cwd })
      expect({ code, err }).toEqual({
        code: 64,
        err: expect.stringContaining('mine.json is there and is no list of service tags'),
      })
      expect(readFileSync('mine.json', 'utf8')).toBe('{"mine": true}')
    })
  })
})
