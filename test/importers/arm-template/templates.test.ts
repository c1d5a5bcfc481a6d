import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ExpandedTemplate, expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { type AzurePart, importAzure, type Placement } from '../../../src/importers/azure/index.ts'
import { implied } from '../../../src/model/index.ts'
import { formatIp, ip } from '../../../src/net/index.ts'
import type { TextFile } from '../../../src/text/index.ts'
import { flow, nextHop, story } from '../azure/arm.ts'
import { parametersText } from './evaluated.ts'

const FOLDER = join(process.env.NETTRACE_DATA ?? join(import.meta.dirname, '../../../../shared/data'), 'arm-templates')
const there = existsSync(FOLDER)
if (!there) console.warn(`skipped: ARM templates are read from ${FOLDER}, which is not there (set NETTRACE_DATA)`)

const WORKSPACE = '03-aml-workspace-vnet.json'
const FIREWALL = '05-azure-firewall-dns-proxy.json'
const HUB = '09-mspnp-hub-spoke.json'
const END_TO_END = '01-aml-end-to-end-secure.json'
const RESOLVER = '08-azure-dns-private-resolver.json'

function file(name: string): TextFile {
  return { path: name, text: readFileSync(join(FOLDER, name), 'utf8') }
}

function given(values: object): TextFile {
  return { path: 'given.parameters.json', text: parametersText(values) }
}

function bodiesOf({ bodies }: ExpandedTemplate, type: string) {
  return bodies.filter((one) => String(one.type).toLowerCase() === type.toLowerCase())
}

function propertiesOf<T>(body: unknown): T {
  return (body as { properties: T }).properties
}

/** VNets, subnets inside them or beside, NSGs, private endpoints, private zones. */
function counted(made: ExpandedTemplate): readonly number[] {
  const vnets = bodiesOf(made, 'Microsoft.Network/virtualNetworks')
  const inside = vnets.flatMap((one) => propertiesOf<{ subnets?: readonly unknown[] }>(one).subnets ?? [])
  const beside = bodiesOf(made, 'Microsoft.Network/virtualNetworks/subnets')
  const others = ['networkSecurityGroups', 'privateEndpoints', 'privateDnsZones']
  return [
    vnets.length,
    inside.length + beside.length,
    ...others.map((one) => bodiesOf(made, `Microsoft.Network/${one}`).length),
  ]
}

describe.skipIf(!there)('the real templates (needs NETTRACE_DATA)', () => {
  test.for<readonly [string, object, readonly number[], readonly number[]]>([
    // Resources, then VNets, subnets, NSGs, private endpoints, private zones: read off the templates.
    [END_TO_END, {}, [40], [1, 3, 1, 5, 6]],
    [END_TO_END, { prefix: 'plant', location: 'westeurope', deployJumphost: false }, [34], [1, 2, 1, 5, 6]],
    [WORKSPACE, {}, [4], [0, 0, 0, 0, 0]],
    [
      WORKSPACE,
      { workspaceName: 'w', location: 'westeurope', privateEndpointType: 'AutoApproval' },
      [12],
      [1, 1, 0, 1, 2],
    ],
    [
      WORKSPACE,
      { workspaceName: 'w', location: 'westeurope', privateEndpointType: 'ManualApproval' },
      [7],
      [1, 1, 0, 1, 0],
    ],
    [FIREWALL, {}, [70], [3, 6, 4, 3, 3]],
    [RESOLVER, {}, [7], [1, 2, 0, 0, 0]],
    [HUB, {}, [35], [3, 7, 3, 0, 0]],
    [HUB, { location: 'westeurope', deployVpnGateway: true, deployVirtualMachines: true }, [45], [3, 7, 3, 0, 0]],
  ])('%s with %j deploys %j resources, %j of them networks', ([name, values, [total], wanted]) => {
    const made = expandTemplate(file(name), given(values))
    expect(counted(made)).toEqual(wanted)
    expect(made.bodies).toHaveLength(total ?? 0)
  })

  test.for<readonly [string, number, number]>([
    [END_TO_END, 261, 4],
    [WORKSPACE, 64, 2],
    [FIREWALL, 339, 14],
    [RESOLVER, 24, 5],
    [HUB, 96, 0],
  ])('%s by its defaults: every expression is evaluated or reported', ([name, least, unknown]) => {
    const made = expandTemplate(file(name))
    console.info(
      `${name}: ${made.counts.expressions} expressions, ${made.counts.unknown} unknown, ${made.bodies.length} bodies`,
    )
    expect(made.counts.expressions).toBeGreaterThanOrEqual(least)
    expect(made.counts.unknown).toBe(unknown)
    expect(made.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    // What is left as an expression was reported, and nothing else looks like one.
    const left = JSON.stringify(made.bodies).match(/"\[(?:[^"\\]|\\.)*\]"/g) ?? []
    expect(left.length).toBeLessThanOrEqual(made.counts.unknown)
    for (const one of made.diagnostics) expect(one.source).toMatchObject({ kind: 'pointer', file: name })
  })

  test.for([END_TO_END, WORKSPACE, FIREWALL, RESOLVER, HUB])('%s is imported, with its lines', (name) => {
    const part = importAzure([file(name)], { placements: [] })
    expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    const sources = part.devices.map((one) => one.source).filter((one) => one.kind === 'pointer')
    for (const one of sources) expect(one.line).toBeGreaterThan(1)
  })
})

function place(name: string, subnet: string, address: string): Placement {
  return { name, subnet, address: ip(address), source: implied('the test says so') }
}

function device(part: AzurePart, name: string) {
  return part.devices.find((one) => one.name === name)
}

describe.skipIf(!there)('the hub and spokes of mspnp (needs NETTRACE_DATA)', () => {
  const made = there ? expandTemplate(file(HUB), given({ location: 'westeurope' })) : undefined
  const part = there
    ? importAzure([file(HUB), given({ location: 'westeurope' })], {
        placements: [
          place('one', 'vnet-westeurope-spoke-one/snet-resources', '10.100.0.10'),
          place('two', 'vnet-westeurope-spoke-two/snet-resources', '10.200.0.10'),
        ],
      })
    : undefined

  test('no peering lets gateways or forwarded traffic through', () => {
    const peerings = made ? bodiesOf(made, 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings') : []
    expect(peerings).toHaveLength(4)
    for (const one of peerings) {
      expect(propertiesOf(one)).toMatchObject({
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: false,
        allowVirtualNetworkAccess: true,
      })
    }
  })

  test('the firewall has the first free address of its subnet, and no line says so', () => {
    const inner = part && device(part, 'fw-westeurope')?.interfaces[0]?.addresses[0]
    expect(inner && formatIp(inner.ip)).toBe('10.0.3.4')
    expect(inner?.source.kind).toBe('implied')
    expect(part && nextHop(part, 'vnet-westeurope-spoke-one/snet-resources', '8.8.8.8')).toBe(
      'VirtualAppliance 10.0.3.4',
    )
  })

  test('a spoke does not reach the other one, nor the internet: the firewall only lets DNS pass', () => {
    if (!part) return
    const across = story(part, 'one', flow('10.100.0.10', '10.200.0.10', 443))
    expect(across.devices).toContain('fw-westeurope')
    expect(across.there).not.toBe('accepted')
    expect(story(part, 'one', flow('10.100.0.10', '20.50.1.1', 443)).there).not.toBe('accepted')
  })

  test('the endpoints of a spoke can be reached on 443 and not on 445', () => {
    const groups = made ? bodiesOf(made, 'Microsoft.Network/networkSecurityGroups') : []
    const endpoints = groups.find((one) => one.name === 'nsg-spoke-privatelinkendpoints')
    const { securityRules } = propertiesOf<{ securityRules: { properties: { access: string; direction: string } }[] }>(
      endpoints,
    )
    const allowed = securityRules.filter((one) => one.properties.access === 'Allow')
    expect(allowed).toMatchObject([{ properties: { destinationPortRange: '443', direction: 'Inbound' } }])
  })

  test('bastion is let in by the prefix that the hub gives its subnet', () => {
    const groups = made ? bodiesOf(made, 'Microsoft.Network/networkSecurityGroups') : []
    const resources = groups.find((one) => one.name === 'nsg-spoke-resources')
    expect(JSON.stringify(resources)).toContain('"sourceAddressPrefix":"10.0.1.0/26"')
  })
})

describe.skipIf(!there)('the firewall that is the DNS proxy (needs NETTRACE_DATA)', () => {
  const made = there ? expandTemplate(file(FIREWALL)) : undefined
  const part = there ? importAzure([file(FIREWALL)], { placements: [] }) : undefined

  test('zones of private link are linked to the hub only, and the spokes ask the firewall', () => {
    const links = made ? bodiesOf(made, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks') : []
    const privateLinks = links.filter((one) => String(one.id).includes('privatelink'))
    expect(privateLinks).toHaveLength(2)
    for (const one of privateLinks) expect(JSON.stringify(one)).toContain('/virtualNetworks/HubVnet"')
    const firewall = part && device(part, 'HubFirewall')?.interfaces[0]?.addresses[0]
    const servers = (name: string) => part && device(part, name)?.stubResolver?.servers.map((one) => one.ip)
    expect(firewall).toBeDefined()
    expect(servers('DevVm')).toEqual([firewall?.ip])
    expect(servers('ProdVm')).toEqual([firewall?.ip])
    expect(part && device(part, 'HubFirewall')?.resolver?.label).toBe('DNS proxy of Azure Firewall HubFirewall')
  })

  test.for<readonly [number, boolean]>([
    [443, true],
    [80, true],
    [445, false],
    [8787, false],
    [18881, false],
    [3306, false],
    [9093, false],
  ])('to the internet, tcp %i passes: %j', ([port, passes]) => {
    const address = part && device(part, 'DevVm')?.interfaces[0]?.addresses[0]?.ip
    const result = part && address && story(part, 'DevVm', flow(formatIp(address), '20.50.1.1', port))
    expect(result?.devices.includes('HubFirewall')).toBe(true)
    expect(result?.devices.includes('internet')).toBe(passes)
  })

  test('three endpoints in one subnet each have an address that stands for the one they get', () => {
    const endpoints = part?.devices.filter((one) => one.kind === 'private-endpoint') ?? []
    const addresses = endpoints.flatMap((one) => one.interfaces.flatMap((each) => each.addresses))
    expect(addresses.map(({ ip }) => formatIp(ip)).sort()).toEqual(['192.168.1.4', '192.168.1.5', '192.168.1.6'])
    for (const one of addresses) expect(one.standsFor?.because).toContain('Azure assigns it at deployment')
    const codes = part?.diagnostics.map((one) => one.code) ?? []
    expect(codes.filter((one) => one === 'NT1720' || one === 'NT1734')).toEqual([])
  })
})

describe.skipIf(!there)('the machine learning templates (needs NETTRACE_DATA)', () => {
  test('end to end: the NSG lets the old batch ports in and has no rule for UDP 5831', () => {
    const made = expandTemplate(file(END_TO_END), given({ prefix: 'plant', location: 'westeurope' }))
    const [group] = bodiesOf(made, 'Microsoft.Network/networkSecurityGroups')
    const { securityRules } = propertiesOf<{ securityRules: { name: string; properties: Record<string, unknown> }[] }>(
      group,
    )
    expect(securityRules).toHaveLength(9)
    expect(securityRules[0]).toMatchObject({
      name: 'BatchNodeManagement',
      properties: { destinationPortRange: '29876-29877', direction: 'Inbound', access: 'Allow' },
    })
    expect(securityRules.some((one) => one.properties.destinationPortRange === '5831')).toBe(false)
    expect(JSON.stringify(group)).toContain('"destinationAddressPrefix":"Storage.westeurope"')
    const [cluster] = bodiesOf(made, 'Microsoft.ContainerService/managedClusters')
    expect(JSON.stringify(cluster)).toContain('"serviceCidr":"10.0.0.0/16"')
    const groups = bodiesOf(made, 'Microsoft.Network/privateEndpoints').map((one) => JSON.stringify(one))
    expect(groups.some((one) => /"(queue|table)"/.test(one))).toBe(false)
  })

  test('end to end: what was made in one deployment is found in the next', () => {
    const part = importAzure([file(END_TO_END), given({ prefix: 'plant', location: 'westeurope' })], { placements: [] })
    const training = part.devices.find((one) => one.name.endsWith('/snet-training'))
    expect(training).toBeDefined()
    // The endpoints stand in a subnet that is known, so that each has an address of it, or several.
    expect(part.diagnostics.filter((one) => one.code === 'NT1721' || one.code === 'NT1720')).toEqual([])
    const endpoints = part.devices.filter((one) => one.kind === 'private-endpoint')
    expect(endpoints.map((one) => one.interfaces[0]?.addresses.length)).toEqual([1, 1, 1, 2, 3])
  })

  test('workspace: by default the storage account is closed and nobody is let in', () => {
    const made = expandTemplate(file(WORKSPACE))
    const [account] = bodiesOf(made, 'Microsoft.Storage/storageAccounts')
    expect(JSON.stringify(account)).toMatch(/"defaultAction":"deny"/)
  })

  test('workspace: a manual connection is pending', () => {
    const values = { workspaceName: 'w', location: 'westeurope', privateEndpointType: 'ManualApproval' }
    const made = expandTemplate(file(WORKSPACE), given(values))
    const [endpoint] = bodiesOf(made, 'Microsoft.Network/privateEndpoints')
    const { privateLinkServiceConnections, manualPrivateLinkServiceConnections } =
      propertiesOf<Record<string, unknown>>(endpoint)
    expect(privateLinkServiceConnections).toBeNull()
    expect(JSON.stringify(manualPrivateLinkServiceConnections)).toContain('"amlworkspace"')
  })

  test('resolver: what it forwards goes to 10.0.0.4 and 10.0.0.5, which no network here has', () => {
    const part = importAzure([file(RESOLVER)], { placements: [] })
    const forwards = part.devices
      .flatMap((one) => one.resolver?.forwards ?? [])
      .filter((one) => one.suffix === 'contoso.com')
    const servers = forwards
      .flatMap((one) => one.to)
      .map((one) => (one.kind === 'server' ? formatIp(one.ip) : one.kind))
    expect(servers).toEqual(['10.0.0.4', '10.0.0.5'])
  })
})
