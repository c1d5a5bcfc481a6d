import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeFiles } from '../../src/collect/index.ts'
import { ArmServer, type ArmServerOptions } from '../collect/arm-server.ts'
import { PLANT, SUBSCRIPTION } from '../collect/reading.ts'
import type { Ran } from './command-line.ts'
import { installInto, startIn } from './installed.ts'

let installed = ''
let folder = ''

beforeAll(() => {
  installed = installInto(mkdtempSync(join(tmpdir(), 'nettrace-installed-')))
  folder = mkdtempSync(join(tmpdir(), 'nettrace-work-'))
}, 120_000)

afterAll(() => {
  for (const one of [installed, folder]) rmSync(one, { recursive: true, force: true })
})

async function imported(
  words: string,
  options: Partial<ArmServerOptions> = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const server = await ArmServer.start({ estate: PLANT, ...options })
  const reaching = { AZURE_RESOURCE_MANAGER_ENDPOINT: server.endpoint, NETTRACE_AZURE_TOKEN: server.token }
  const asked = `import azure -s ${SUBSCRIPTION} ${words}`
  const ran = await startIn(folder, installed, asked, { ...reaching, ...environment }).ended
  await server.stop()
  return ran
}

const contents = (name: string) =>
  readdirSync(join(folder, name)).map((one) => [one, readFileSync(join(folder, name, one), 'utf8')])

describe('an import beside an earlier one', () => {
  test('the same estate again is the same bytes; what is gone is removed and named', async () => {
    await imported('--out twice')
    const before = contents('twice')
    expect((await imported('--out twice')).out).not.toMatch(/removed|replaced/)
    expect(contents('twice')).toEqual(before)
    const estate = PLANT.filter((one) => !/keyvault/i.test(one.type))
    const { code, out } = await imported('--out twice', { estate })
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('\nremoved, as nothing of it is left: microsoft.keyvault.vaults.json\n'),
    })
  })

  test('references come in any order from Azure, and in one from us; counters are no change', async () => {
    const shuffled = PLANT.map((one) =>
      JSON.parse(JSON.stringify(one), (_, value) =>
        Array.isArray(value) && value.every((inner) => Object.keys(inner ?? {}).join() === 'id')
          ? value.reverse()
          : value,
      ),
    )
    const counted = PLANT.map((one) => ({ ...one, etag: 'W/"2"', ingressBytesTransferred: 5 }))
    await imported('--out still')
    const before = contents('still')
    for (const estate of [shuffled, counted]) {
      await imported('--out still', { estate })
      expect(contents('still')).toEqual(before)
    }
  })

  test('a narrower import in the same folder says what it took the place of', async () => {
    await imported('--out narrow')
    const { out } = await imported('--out narrow -g rg-ml')
    expect(out).toContain('! what stood there was of all resource groups, and is replaced\n')
  })

  test('a token that ends in the middle leaves the earlier import as it was', async () => {
    await imported('--out kept')
    const before = contents('kept')
    let answered = 0
    const fault: ArmServerOptions['fault'] = () => (++answered > 30 ? { status: 401 } : undefined)
    const { code, out, err } = await imported('--out kept', { fault })
    expect({ code, out }).toEqual({ code: 69, out: '' })
    expect(err).toMatch(/the sign-in is not accepted \(401\); .*az login.*\nnettrace: nothing was written\n$/)
    expect(contents('kept')).toEqual(before)
  })

  test('a disk that does not take the last file leaves the earlier import as it was', async () => {
    const place = join(folder, 'full')
    writeFiles(
      place,
      new Map([
        ['nettrace-import.json', '{"nettraceImport": 1, "resources": {"a/b": 1}}'],
        ['a.b.json', 'old'],
      ]),
    )
    // What stands in the way of the second file is a folder: writing fails there as on a full disk.
    mkdirSync(join(place, 'c.d.json.part'))
    const files = new Map([
      ['a.b.json', 'new'],
      ['c.d.json', 'new'],
      ['nettrace-import.json', '{}'],
    ])
    expect(() => writeFiles(place, files)).toThrow(/full cannot be written \(EISDIR\): give another folder with --out/)
    expect(readFileSync(join(place, 'a.b.json'), 'utf8')).toBe('old')
    expect(readdirSync(place).sort()).toEqual(['a.b.json', 'c.d.json.part', 'nettrace-import.json'])
  })

  test('a manifest that somebody wrote names no file outside of its folder', () => {
    const place = join(folder, 'forged')
    mkdirSync(place)
    writeFileSync(join(folder, 'mine.learned-routes.json'), 'mine')
    const forged = { nettraceImport: 1, resources: { '../mine': 1 }, routes: ['../mine.learned-routes.json'] }
    writeFileSync(join(place, 'nettrace-import.json'), JSON.stringify(forged))
    writeFiles(place, new Map([['nettrace-import.json', '{}']]))
    expect(readFileSync(join(folder, 'mine.learned-routes.json'), 'utf8')).toBe('mine')
  })
})

test('HTTPS_PROXY and its like are used', async () => {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(407).end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const { code, err } = await imported('--out proxied', {}, { HTTP_PROXY: address, HTTPS_PROXY: address })
  await new Promise((resolve) => proxy.close(resolve))
  expect(code).toBe(69)
  expect(err).toContain('the proxy wants a sign-in: HTTPS_PROXY=http://user:password@proxy:port (407)')
  expect(asked[0]).toContain(`/subscriptions/${SUBSCRIPTION}`)
})
