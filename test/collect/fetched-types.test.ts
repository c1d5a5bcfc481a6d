import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { CHILD_READS } from '../../src/collect/child-read.ts'
import { isQueried } from '../../src/collect/resource-query.ts'
import { lowerAzure } from '../../src/importers/azure/lower.ts'
import { makeEstate } from '../../src/importers/azure/make-estate.ts'
import { readAzure } from '../../src/importers/azure/read.ts'
import { hostsEverywhere, surroundingsOf } from '../../src/importers/azure/surroundings.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const IMPORTER = join(project, 'src/importers/azure')

/** Children that stand whole in the body of their parent, so that nobody needs to ask for them. */
const INLINE = new Set([
  'microsoft.network/networksecuritygroups/securityrules',
  'microsoft.network/routetables/routes',
  'microsoft.network/virtualnetworks/subnets',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings',
  'microsoft.network/expressroutecircuits/peerings',
  'microsoft.network/expressroutegateways/expressrouteconnections',
  'microsoft.network/serviceendpointpolicies/serviceendpointpolicydefinitions',
  // Appliances of a hub are resources of their own (networkVirtualAppliances), which name it.
  'microsoft.network/virtualhubs/networkvirtualappliances',
])

/** Children with a place and tags of their own, which are rows of the query. */
const TRACKED = new Set(['microsoft.network/dnsresolverpolicies/dnssecurityrules'])

/** Named by the importer to say that nothing of them matters, or asked for although Azure has no such list. */
const NOT_READ = new Set([
  'microsoft.dbforpostgresql/flexibleservers/virtualnetworkrules',
  'microsoft.dbformysql/flexibleservers/virtualnetworkrules',
  'microsoft.synapse/workspaces/virtualnetworkrules',
  'microsoft.network/virtualnetworks/subnets/delegations',
  'microsoft.compute/availabilitysets',
  'microsoft.compute/disks',
])

const RECORD = /^(microsoft\.network\/privatednszones)\/(?:a|aaaa|cname|mx|ptr|soa|srv|txt|all)$/

function isFetched(type: string): boolean {
  if (NOT_READ.has(type) || INLINE.has(type) || TRACKED.has(type)) return true
  if (type.split('/').length === 2) return isQueried(type)
  const listed = type.replace(RECORD, '$1/recordsets')
  return CHILD_READS.some(({ child }) => child === listed)
}

/** The types that lowering asks for when it looks at everything. */
function askedTypes(): string[] {
  const folder = join(project, 'fixtures')
  const paths = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((one) => one.endsWith('.json'))
  const files = paths.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  const { bodies } = readAzure(files)
  const samples = [...CHILD_READS.map(({ parent }) => parent), ...SERVERS].map((type) => ({
    id: `/subscriptions/s/resourceGroups/rg/providers/${idOf(type)}`,
    type,
    properties: {},
  }))
  const more = readAzure([{ path: 'samples.json', text: JSON.stringify(samples) }]).bodies
  const all = [...bodies, ...more]
  const estate = makeEstate([...all, ...surroundingsOf(all)], undefined)
  const asked = new Set<string>()
  const spy = {
    ...estate,
    ofType: (type: string) => {
      asked.add(type)
      return estate.ofType(type)
    },
  }
  lowerAzure(spy, hostsEverywhere(spy))
  return [...asked].sort()
}

const idOf = (type: string) =>
  type
    .split('/')
    .map((part, at) => (at === 0 ? part : `${part}/one`))
    .join('/')

/** The services that answer, so that their gates are asked for their rules. */
const SERVERS = namesIn(join(IMPORTER, 'services')).filter((type) => type.split('/').length === 2)

/** The types that stand as words in the importer's text. */
function namesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((one) => one.endsWith('.ts'))
  const texts = files
    .filter((one) => !/(inert-members|surroundings)\.ts$/.test(one))
    .map((one) => readFileSync(join(folder, one), 'utf8'))
  return [
    ...new Set(
      texts.flatMap((text) => [...text.matchAll(/'(microsoft\.[a-z]+\/[a-z/]+)'/g)].map(([, type = '']) => type)),
    ),
  ].sort()
}

describe('a live import fetches every type of resource that the importer reads', () => {
  test('what lowering asks the estate for', () => {
    const asked = askedTypes()
    expect(asked.length).toBeGreaterThan(60)
    expect(asked.filter((type) => !isFetched(type))).toEqual([])
  })

  test('what its text names', () => {
    const named = namesIn(IMPORTER)
    expect(named.length).toBeGreaterThan(80)
    expect(named.filter((type) => !isFetched(type))).toEqual([])
  })

  test('no list is asked for twice, and each has a parent that is read', () => {
    const keys = CHILD_READS.map(({ parent, child }) => `${parent} ${child}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { parent } of CHILD_READS) expect({ parent, read: isFetched(parent) }).toEqual({ parent, read: true })
  })
})
