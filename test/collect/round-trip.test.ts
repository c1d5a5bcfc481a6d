import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkFolder, filesOf, UnusableFolder, writeFiles } from '../../src/collect/index.ts'
import { checkPromise, connect } from '../../src/diagnose/index.ts'
import { resolve } from '../../src/dns/index.ts'
import { connectionJson, devicesText } from '../../src/report/index.ts'
import { loadTopology, type Topology } from '../../src/topology/index.ts'
import { type PreparedNetwork, prepare } from '../../src/trace/index.ts'
import type { ArmBody, ArmServerOptions, Asked } from './arm-server.ts'
import { PLANT, reading } from './reading.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'nettrace-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The factory, its Azure side read from a server, written to disk and read from there. */
async function imported(name: string, options: Omit<ArmServerOptions, 'estate'> = {}): Promise<Topology> {
  const { collection } = await reading({ estate: PLANT, ...options })
  writeFiles(join(folder, name), filesOf(collection))
  return topologyOf(name, name)
}

/** What the factory's gateway and connection say once they speak BGP, by the resource's name. */
const SPEAKS_BGP: Readonly<Record<string, object>> = {
  'vgw-hub': { enableBgp: true, bgpSettings: { asn: 65515, bgpPeeringAddress: '10.100.0.4' } },
  'lng-plant': { bgpSettings: { asn: 65010, bgpPeeringAddress: '10.20.0.1' } },
  'cn-plant': { enableBgp: true },
}
const ANNOUNCED: readonly ArmBody[] = PLANT.map((one) => {
  const more = SPEAKS_BGP[one.id.slice(one.id.lastIndexOf('/') + 1)]
  const { properties } = one as { readonly properties?: object }
  return more ? { ...one, properties: { ...properties, ...more } } : one
})

/** The factory itself, its bodies in the order an import writes them: addresses that stand in for unknown ones follow it. */
function original(): Topology {
  const key = ({ type, id }: ArmBody) => `${type.toLowerCase().replaceAll('/', '.')}.json ${id.toLowerCase()}`
  const bodies = [...PLANT].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  writeFileSync(join(folder, 'original.json'), JSON.stringify(bodies))
  return topologyOf('original', 'original.json')
}

function topologyOf(name: string, resources: string): Topology {
  const text = readFileSync(join(project, 'topologies/vision-plant.yaml'), 'utf8')
    .replace('../fixtures/vision-plant/azure.json', resources)
    .replaceAll('../fixtures/', join(project, 'fixtures/'))
  writeFileSync(join(folder, `${name}.yaml`), text)
  return loadTopology(join(folder, `${name}.yaml`))
}

/** An answer without where its facts stand. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'source' ? undefined : inner)))
}

describe('an estate that was read from Azure', () => {
  let source: Topology
  let copy: Topology
  beforeAll(async () => {
    source = original()
    copy = await imported('azure', { page: 40 })
  })

  test('is the estate: the same devices, and nothing to say about it that the source does not say', () => {
    expect(devicesText(copy.network)).toBe(devicesText(source.network))
    const said = ({ diagnostics }: Topology) => diagnostics.map((one) => `${one.code} ${one.message}`).sort()
    expect(said(copy)).toEqual(said(source))
  })

  test('keeps every promise, by the same steps', () => {
    const [before, after] = [prepare(source.network), prepare(copy.network)]
    expect(copy.expectations.length).toBeGreaterThanOrEqual(62)
    for (const one of copy.expectations) {
      expect({ id: one.id, state: checkPromise(after, one).state }).toEqual({ id: one.id, state: 'kept' })
      const answer = (network: PreparedNetwork) => withoutPlaces(connectionJson(connect(network, one.from, one.to)))
      expect(answer(after)).toEqual(answer(before))
    }
  })

  test('written again it is the same bytes; a type that is gone leaves no file behind', async () => {
    const place = join(folder, 'azure')
    const bytes = () => readdirSync(place).map((name) => [name, readFileSync(join(place, name), 'utf8')])
    const first = bytes()
    writeFiles(place, filesOf((await reading({ estate: PLANT })).collection))
    expect(bytes()).toEqual(first)
    const fewer = PLANT.filter((one) => !one.type.toLowerCase().startsWith('microsoft.keyvault'))
    writeFiles(place, filesOf((await reading({ estate: fewer })).collection))
    expect(readdirSync(place)).toEqual(first.map(([name]) => name).filter((name) => !name?.includes('keyvault')))
    writeFiles(place, filesOf((await reading({ estate: PLANT })).collection))
  })

  test('a folder with JSON that no import wrote is left alone', () => {
    writeFileSync(join(folder, 'azure', 'mine.json'), '[]')
    expect(() => checkFolder(join(folder, 'azure'))).toThrow(UnusableFolder)
    rmSync(join(folder, 'azure', 'mine.json'))
    expect(() => checkFolder(join(folder, 'azure'))).not.toThrow()
    expect(() => checkFolder(join(folder, 'nowhere'))).not.toThrow()
    expect(() => checkFolder(join(folder, 'azure.yaml'))).toThrow(/azure\.yaml cannot be written \(ENOTDIR\)/)
  })
})

const fails =
  (ending: string) =>
  ({ path }: Asked) =>
    path.endsWith(ending) ? ({ status: 403, body: { error: { code: 'AuthorizationFailed' } } } as const) : undefined

describe('what could not be read makes answers unknown, never wrong', () => {
  test.for([
    ['the links of a private zone', '/privatelink.file.core.windows.net/virtualNetworkLinks'],
    ['the records of a private zone', '/privatelink.file.core.windows.net/ALL'],
  ] as const)('%s: a name below it', async ([, ending]) => {
    const { network, diagnostics } = await imported(`unread-${ending.length}`, { fault: fails(ending) })
    const prepared = prepare(network)
    for (const name of ['stmlvision.file.core.windows.net', 'nobody.privatelink.file.core.windows.net']) {
      const { answer } = resolve(prepared, { device: 'train', name, type: 'A' })
      // Records that private endpoints register are known from the endpoints; nothing else of the zone is.
      if (name.startsWith('stmlvision') && ending.endsWith('ALL')) expect(answer.kind).toBe('answer')
      else expect({ name, kind: answer.kind }).toEqual({ name, kind: 'unknown' })
    }
    const said = diagnostics.find((one) => one.code === 'NT1680')
    expect(said?.message).toMatch(/of private DNS zone privatelink\.file\.core\.windows\.net could not be read \(403\)/)
  })

  test('the rules of a firewall policy: what goes through the firewall', async () => {
    const { network } = await imported('unread-firewall', { fault: fails('/afwp-hub/ruleCollectionGroups') })
    const prepared = prepare(network)
    expect(connect(prepared, 'train', 'mcr.microsoft.com:443').works).toBe('unknown')
    expect(
      connect(
        prepare(loadTopology(join(project, 'topologies/vision-plant.yaml')).network),
        'train',
        'mcr.microsoft.com:443',
      ).works,
    ).not.toBe('unknown')
  })
})

describe('the routes a gateway learned, as an import writes them', () => {
  test.for([
    [true, 'a route'],
    [false, 'unknown'],
  ] as const)('read with learned routes %j: a prefix that only BGP announces is %s', async ([learnedRoutes]) => {
    const { collection } = await reading({ estate: ANNOUNCED }, { learnedRoutes })
    const name = `learned-${learnedRoutes}`
    writeFiles(join(folder, name), filesOf(collection))
    const prepared = prepare(topologyOf(name, name).network)
    const { works, paths } = connect(prepared, 'jump', '10.77.0.9:443')
    const steps = paths[0]?.forward.hops.flatMap((hop) => hop.steps) ?? []
    const learned = steps.some(
      (step) => step.kind === 'route' && step.route?.listing?.source === 'VirtualNetworkGateway',
    )
    expect(learned).toBe(learnedRoutes)
    if (!learnedRoutes) expect(works).toBe('unknown')
  })
})
