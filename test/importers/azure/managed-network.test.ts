import { describe, expect, test } from 'vitest'
import { resolve } from '../../../src/dns/index.ts'
import { formatIp, UDP } from '../../../src/net/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { body, flow, id, imported, type Json, networkOf, type Properties, story, tags } from './arm.ts'

const ML = 'Microsoft.MachineLearningServices/workspaces/mlw'
const STORAGE = 'Microsoft.Storage/storageAccounts/stml'
const VAULT = 'Microsoft.KeyVault/vaults/kvml'

const serviceTags = tags({
  AzureMachineLearning: ['13.69.64.0/24'],
  AzureActiveDirectory: ['20.190.0.0/16'],
  'BatchNodeManagement.westeurope': ['13.69.65.0/24'],
  AzureResourceManager: ['13.69.114.0/24'],
  'AzureFrontDoor.FirstParty': ['13.107.253.0/24'],
  MicrosoftContainerRegistry: ['150.171.69.0/24'],
  AzureMonitor: ['13.69.106.0/24'],
  'Storage.westeurope': ['20.60.0.0/16'],
})

const workspace = (isolationMode: string, outboundRules: Properties = {}): Json =>
  body(ML, {
    storageAccount: id(STORAGE),
    keyVault: id(VAULT),
    managedNetwork: { isolationMode, outboundRules, status: { status: 'Active' } },
  })

const estate = (mode: string, rules: Properties = {}, publicNetworkAccess = 'Disabled') =>
  imported(
    [
      workspace(mode, rules),
      body(STORAGE, { publicNetworkAccess, primaryEndpoints: { blob: 'https://stml.blob.core.windows.net/' } }),
      body(VAULT, { publicNetworkAccess: 'Enabled', vaultUri: 'https://kvml.vault.azure.net/' }),
    ],
    { serviceTags },
  )

const FROM = 'mlw/managed-compute'
const SOURCE = '100.96.0.4'
const outcome = (part: ReturnType<typeof estate>, to: string, port: number, serverName?: string) =>
  story(part, FROM, { ...flow(SOURCE, to, port), ...(serverName !== undefined && { serverName }) })

describe('a managed network that allows the internet', () => {
  const part = estate('AllowInternetOutbound')

  test('reaches any public address', () => {
    expect(outcome(part, '93.184.216.34', 443).there).toBe('exits-network')
  })

  test('has a private endpoint of its own for a storage account that is closed to the public, and none for an open vault', () => {
    const endpoints = part.devices.filter((one) => one.kind === 'private-endpoint').map((one) => one.name)
    expect(endpoints).toEqual(['mlw/managed-endpoint-stml-blob', 'mlw/managed-endpoint-stml-file'])
  })

  test('has the address of that endpoint in a private zone of its own', () => {
    const answer = resolve(prepare(networkOf(part)), { device: FROM, name: 'stml.privatelink.blob.core.windows.net' })
    expect(answer.addresses.map(formatIp)).toEqual(['100.96.0.132'])
    expect(outcome(part, '100.96.0.132', 443).there).toBe('accepted')
  })

  test('reaches no private network: it has no peering and no gateway', () => {
    expect(outcome(part, '10.0.0.4', 443).there).toBe('unsupported')
  })
})

describe('a managed network with approved outbound only', () => {
  const user: Properties = {
    packages: {
      type: 'ServiceTag',
      destination: { serviceTag: 'Storage.westeurope', protocol: 'TCP', portRanges: '443,445' },
    },
  }
  const part = estate('AllowOnlyApprovedOutbound', user)

  test.for<readonly [string, number, string]>([
    ['20.60.1.1', 443, 'exits-network'],
    ['20.60.1.1', 445, 'exits-network'],
    ['20.60.1.1', 80, 'denied'],
    ['13.69.64.5', 18881, 'exits-network'],
    ['20.190.1.1', 443, 'exits-network'],
    ['93.184.216.34', 443, 'denied'],
  ])('%s port %i: %s', ([to, port, there]) => {
    expect(outcome(part, to, port).there).toBe(there)
  })

  test('lets the data plane of compute out over UDP 5831', () => {
    const question = { ...flow(SOURCE, '13.69.64.5', 5831), protocol: UDP }
    expect(story(part, FROM, question).there).toBe('exits-network')
  })

  test('has endpoints for the storage account, the vault and the workspace itself', () => {
    const endpoints = part.devices.filter((one) => one.kind === 'private-endpoint').map((one) => one.name)
    expect(endpoints).toEqual([
      'mlw/managed-endpoint-stml-blob',
      'mlw/managed-endpoint-stml-file',
      'mlw/managed-endpoint-kvml-vault',
      'mlw/managed-endpoint-mlw-amlworkspace',
    ])
  })

  test('names the outbound rule of the workspace as what decides', () => {
    expect(outcome(part, '93.184.216.34', 443).decision).toContain('everything else')
  })
})

describe('a managed network with approved outbound and rules for names', () => {
  const part = estate('AllowOnlyApprovedOutbound', {
    pypi: { type: 'FQDN', destination: 'pypi.org', category: 'UserDefined' },
    conda: { type: 'FQDN', destination: '*.anaconda.org' },
  })

  test.for<readonly [string, number, string]>([
    ['pypi.org', 443, 'exits-network'],
    ['conda.anaconda.org', 443, 'exits-network'],
    ['conda.anaconda.org', 80, 'exits-network'],
    ['pypi.org', 8443, 'denied'],
    ['github.com', 443, 'denied'],
  ])('%s port %i: %s', ([name, port, there]) => {
    const found = outcome(part, '93.184.216.34', port, name)
    expect(found.there).toBe(there)
    expect(found.devices).toContain('mlw/managed-firewall')
  })
})

test.for<readonly [string, number]>([
  ['Inactive', 0],
  ['Active', 1],
])('an endpoint rule that is %s lets %i packets through', ([status, count]) => {
  const part = estate('AllowInternetOutbound', {
    vault: {
      type: 'PrivateEndpoint',
      status,
      destination: { serviceResourceId: id(VAULT), subresourceTarget: 'vault' },
    },
  })
  const device = part.devices.find((one) => one.name === 'mlw/managed-endpoint-kvml-vault')
  const to = device?.interfaces[0]?.addresses[0]?.ip
  expect(outcome(part, to === undefined ? '' : formatIp(to), 443).there === 'accepted').toBe(count === 1)
})

test('outbound rules that are resources of their own count', () => {
  const rule = body(`${ML}/outboundRules/pypi`, { type: 'FQDN', destination: 'pypi.org' })
  const part = imported([workspace('AllowOnlyApprovedOutbound'), rule], { serviceTags })
  expect(outcome(part, '93.184.216.34', 443, 'pypi.org').there).toBe('exits-network')
})

test.for(['Disabled', 'Something'])('mode %s makes no network', (mode) => {
  expect(imported([workspace(mode)], { serviceTags }).devices).toEqual([])
})

describe('what is made for a managed network', () => {
  const rules = {
    search: {
      type: 'PrivateEndpoint',
      destination: { serviceResourceId: id(STORAGE), subresourceTarget: 'queue' },
    },
    bus: { type: 'ServiceTag', destination: { serviceTag: 'AzureMonitor', protocol: 'TCP', portRanges: '5671' } },
  }
  const part = estate('AllowOnlyApprovedOutbound', rules)
  const device = (name: string) => part.devices.find((one) => one.name === name)

  test('stands at the outbound rule that asks for it', () => {
    const endpoint = device('mlw/managed-endpoint-stml-queue')
    expect(endpoint?.source).toMatchObject({
      kind: 'pointer',
      pointer: expect.stringMatching(/outboundRules\/search$/),
    })
    const all = Object.values(device(FROM)?.ruleSets ?? {}).flatMap((one) => one.rules)
    const bus = all.find((one) => /\bbus\b/.test(one.name))
    expect(bus?.source).toMatchObject({ kind: 'pointer', pointer: expect.stringMatching(/outboundRules\/bus/) })
    const own = device('mlw/managed-endpoint-stml-blob')
    expect(own?.source).toMatchObject({ kind: 'pointer', pointer: expect.stringMatching(/managedNetwork$/) })
  })

  test('has zones that explain nothing to others', () => {
    const zones = part.devices
      .flatMap((one) => one.resolver?.zones ?? [])
      .filter((one) => one.name.includes('privatelink'))
    expect(zones.length).toBeGreaterThan(0)
    expect(zones.every((one) => one.closed)).toBe(true)
  })
})

describe('an outbound rule of a managed network with address prefixes (Learn: workspaces/outboundRules)', () => {
  const to = (serviceTag: string) => ({
    type: 'ServiceTag',
    destination: { serviceTag, addressPrefixes: ['20.99.0.0/16'], protocol: 'TCP', portRanges: '443', action: 'Allow' },
  })
  const named = { name: { type: 'FQDN', destination: 'example.org' } }
  test.for<[string, Properties, string, string]>([
    ['lets those addresses out', { own: to('') }, '20.99.1.1', 'exits-network'],
    ['ignores the tag beside them', { own: to('Storage.westeurope') }, '20.60.1.1', 'denied'],
    ['lets them out by the firewall too', { own: to(''), ...named }, '20.99.1.1', 'exits-network'],
  ])('%s', ([, rules, address, wanted]) => {
    expect(outcome(estate('AllowOnlyApprovedOutbound', rules), address, 443).there).toBe(wanted)
  })
})
