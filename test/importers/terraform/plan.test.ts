import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/index.ts'
import { armBodies, type Json, resource, state } from './terraform-file.ts'

const ROOT = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network'

interface Planned {
  readonly resources: readonly Json[]
  /** What is known only after apply, by address; `id` always is. */
  readonly unknown?: Readonly<Record<string, Json>>
  /** Expressions by the resource's address in its module: `references` as Terraform 1.11 lists them. */
  readonly written?: Readonly<Record<string, Json>>
  readonly modules?: readonly Json[]
  readonly calls?: Json
  readonly changes?: readonly Json[]
  readonly prior?: readonly Json[]
}

function refs(...references: readonly string[]): Json {
  return { references }
}

function plan({
  resources,
  unknown = {},
  written = {},
  modules = [],
  calls = {},
  changes = [],
  prior = [],
}: Planned): Json {
  const inModules = modules.flatMap((one) => one.resources as Json[])
  const made = [...resources, ...inModules].map((one) => ({
    address: one.address,
    type: one.type,
    change: { actions: ['create'], before: null, after_unknown: { id: true, ...unknown[String(one.address)] } },
  }))
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: { resources, child_modules: modules } },
    resource_changes: [...made, ...changes],
    prior_state: { values: { root_module: { resources: prior } } },
    configuration: {
      root_module: {
        resources: Object.entries(written).map(([address, expressions]) => ({ address, expressions })),
        module_calls: calls,
      },
    },
  }
}

const vnet = resource('azurerm_virtual_network.v', {
  name: 'vnet',
  resource_group_name: 'rg',
  address_space: ['10.0.0.0/16'],
})
const subnetNamed = (address: string, name: string) =>
  resource(address, {
    name,
    resource_group_name: 'rg',
    virtual_network_name: 'vnet',
    address_prefixes: ['10.0.1.0/24'],
  })
const subnet = subnetNamed('azurerm_subnet.a', 'a')
const nic = resource('azurerm_network_interface.n', {
  name: 'n',
  resource_group_name: 'rg',
  ip_configuration: [{ name: 'c' }],
})

/** The subnet that the NIC's configuration refers to. */
function subnetOfNic(planned: Partial<Planned>, expression: Json | undefined): { subnet: unknown; messages: string[] } {
  const { bodies, messages } = armBodies(
    plan({
      resources: [vnet, subnet, nic],
      unknown: { 'azurerm_network_interface.n': { ip_configuration: [{ subnet_id: true }] } },
      ...planned,
      written: {
        'azurerm_network_interface.n': {
          ip_configuration: [{ name: { constant_value: 'c' }, ...(expression && { subnet_id: expression }) }],
        },
        ...planned.written,
      },
    }),
  )
  const found = bodies.find((one) => one.name === 'n') as {
    properties: { ipConfigurations: { properties?: { subnet?: Json } }[] }
  }
  return { subnet: found.properties.ipConfigurations[0]?.properties?.subnet?.id, messages }
}

describe('ids that are known only after apply', () => {
  test('are made of resource group, parents and names', () => {
    const { bodies, messages } = armBodies(plan({ resources: [vnet, subnet] }))
    expect(bodies[0]).toMatchObject({
      id: `${ROOT}/virtualNetworks/vnet`,
      properties: { subnets: [{ id: `${ROOT}/virtualNetworks/vnet/subnets/a` }] },
    })
    expect(messages).toEqual([])
  })

  test('are in the subscription that known ids name', () => {
    const known = resource('azurerm_public_ip.p', {
      id: '/subscriptions/5/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/p',
      name: 'p',
    })
    const { bodies } = armBodies(plan({ resources: [known, vnet] }))
    expect(bodies[1]?.id).toBe('/subscriptions/5/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet')
  })

  test('a name that is known only after apply is replaced by the one in the configuration', () => {
    const { bodies, messages } = armBodies(
      plan({ resources: [resource('azurerm_storage_account.data', { resource_group_name: 'rg' })] }),
    )
    expect(bodies[0]?.name).toBe('data')
    expect(messages.join()).toContain('NT1662 azurerm_storage_account.data: its name is known only after apply')
  })
})

describe('references to them are found by the expressions of the plan', () => {
  const many = [vnet, subnetNamed('azurerm_subnet.s["a"]', 'sa'), subnetNamed('azurerm_subnet.s["b"]', 'sb'), nic]
  const inModule = {
    address: 'module.net',
    resources: [
      subnetNamed('module.net.azurerm_subnet.s["a"]', 'sa'),
      subnetNamed('module.net.azurerm_subnet.s["b"]', 'sb'),
    ],
  }
  const calls = {
    net: {
      module: {
        resources: [{ address: 'azurerm_subnet.s', expressions: {} }],
        outputs: {
          ids: { expression: refs('azurerm_subnet.s') },
          first: { expression: refs('azurerm_subnet.s["a"].id', 'azurerm_subnet.s["a"]', 'azurerm_subnet.s') },
        },
      },
    },
  }

  const FOUND: [string, Partial<Planned>, Json, string][] = [
    ['a resource', {}, refs('azurerm_subnet.a.id', 'azurerm_subnet.a'), 'a'],
    [
      'one of several by its key',
      { resources: many },
      refs('azurerm_subnet.s["b"].id', 'azurerm_subnet.s["b"]', 'azurerm_subnet.s'),
      'sb',
    ],
    [
      'an output of a module',
      { resources: [vnet, nic], modules: [inModule], calls },
      refs('module.net.first', 'module.net'),
      'sa',
    ],
    [
      'one entry of an output',
      { resources: [vnet, nic], modules: [inModule], calls },
      refs('module.net.ids["b"]', 'module.net.ids', 'module.net'),
      'sb',
    ],
    [
      'the attribute of an association',
      {
        resources: [vnet, subnet, nic, resource('azurerm_subnet_route_table_association.x', { route_table_id: 'rt' })],
        unknown: {
          'azurerm_network_interface.n': { ip_configuration: [{ subnet_id: true }] },
          'azurerm_subnet_route_table_association.x': { subnet_id: true },
        },
        written: {
          'azurerm_subnet_route_table_association.x': { subnet_id: refs('azurerm_subnet.a.id', 'azurerm_subnet.a') },
        },
      },
      refs('azurerm_subnet_route_table_association.x.subnet_id', 'azurerm_subnet_route_table_association.x'),
      'a',
    ],
  ]
  test.for(FOUND)('%s', ([, planned, expression, wanted]) => {
    expect(subnetOfNic(planned, expression).subnet).toBe(`${ROOT}/virtualNetworks/vnet/subnets/${wanted}`)
  })

  const LOST: [string, Partial<Planned>, Json | undefined][] = [
    ['a local value, which no plan prints', {}, refs('local.subnet_id')],
    ['either of two', { resources: many }, refs('azurerm_subnet.s')],
    ['a subnet inside a network', {}, refs('azurerm_virtual_network.v.subnet', 'azurerm_virtual_network.v')],
    ['a block that the configuration does not show (dynamic)', {}, undefined],
  ]
  test.for(LOST)('not found, and said: %s', ([, planned, expression]) => {
    const { subnet: found, messages } = subnetOfNic(planned, expression)
    expect(found).toBe('known-after-apply/subnet_id of azurerm_network_interface.n')
    expect(messages.join()).toContain('NT1661 azurerm_network_interface.n: subnet_id is known only after apply')
  })

  test('with each.key, the one with the same key', () => {
    const nics = ['a', 'b'].map((key) =>
      resource(`azurerm_network_interface.n["${key}"]`, {
        name: `n${key}`,
        resource_group_name: 'rg',
        network_security_group_id: null,
      }),
    )
    const { bodies } = armBodies(
      plan({
        resources: [
          ...many.slice(0, 3),
          resource('azurerm_private_endpoint.p["b"]', { name: 'p', resource_group_name: 'rg' }),
          ...nics,
        ],
        unknown: { 'azurerm_private_endpoint.p["b"]': { subnet_id: true } },
        written: { 'azurerm_private_endpoint.p': { subnet_id: refs('azurerm_subnet.s', 'each.key') } },
      }),
    )
    expect(bodies.find((one) => one.name === 'p')).toMatchObject({
      properties: { subnet: { id: `${ROOT}/virtualNetworks/vnet/subnets/sb` } },
    })
  })

  test('through a variable of a module', () => {
    const inner = resource('module.vm.azurerm_network_interface.n', {
      name: 'n',
      resource_group_name: 'rg',
      ip_configuration: [{}],
    })
    const { bodies } = armBodies(
      plan({
        resources: [vnet, subnet],
        modules: [{ address: 'module.vm', resources: [inner] }],
        unknown: { 'module.vm.azurerm_network_interface.n': { ip_configuration: [{ subnet_id: true }] } },
        calls: {
          vm: {
            expressions: { subnet_id: refs('azurerm_subnet.a.id', 'azurerm_subnet.a') },
            module: {
              resources: [
                {
                  address: 'azurerm_network_interface.n',
                  expressions: { ip_configuration: [{ subnet_id: refs('var.subnet_id') }] },
                },
              ],
            },
          },
        },
      }),
    )
    expect(JSON.stringify(bodies.find((one) => one.name === 'n'))).toContain('/subnets/a"')
  })

  test('a list is taken only when the expression names as many as the plan counts', () => {
    const vm = resource('azurerm_linux_virtual_machine.m', { name: 'm', resource_group_name: 'rg' })
    const written = {
      'azurerm_linux_virtual_machine.m': {
        network_interface_ids: refs(
          'azurerm_network_interface.n.id',
          'azurerm_network_interface.n',
          'azurerm_network_interface.o.id',
          'azurerm_network_interface.o',
        ),
      },
    }
    const other = resource('azurerm_network_interface.o', { name: 'o', resource_group_name: 'rg' })
    const idsOf = (count: boolean[]) => {
      const unknown = { 'azurerm_linux_virtual_machine.m': { network_interface_ids: count } }
      const { bodies, messages } = armBodies(plan({ resources: [nic, other, vm], unknown, written }))
      return { text: JSON.stringify(bodies.find((one) => one.name === 'm')), messages: messages.join() }
    }
    expect(idsOf([true, true]).text).toContain('networkInterfaces/o')
    expect(idsOf([true]).text).not.toContain('networkInterfaces/n')
    expect(idsOf([true]).messages).toContain('network_interface_ids is known only after apply')
  })
})

describe('what a plan changes', () => {
  const group = (rules: readonly string[]) =>
    resource('azurerm_network_security_group.g', {
      name: 'nsg',
      resource_group_name: 'rg',
      security_rule: rules.map((name) => ({ name, priority: 100 })),
    })

  test('a rule that is destroyed is gone, although its group still lists it', () => {
    const before = { name: 'old', network_security_group_name: 'nsg', resource_group_name: 'rg' }
    const change = { actions: ['delete'], before, after: null, after_unknown: {} }
    const changes = [
      { address: 'azurerm_network_security_rule.old', type: 'azurerm_network_security_rule', name: 'old', change },
    ]
    const { bodies } = armBodies(plan({ resources: [group(['old', 'kept'])], changes }))
    expect(bodies[0]).toMatchObject({ properties: { securityRules: [{ name: 'kept' }] } })
  })

  test('an association that is destroyed no longer guards the subnet', () => {
    const subnetId = `${ROOT}/virtualNetworks/vnet/subnets/a`
    const listed = resource('azurerm_virtual_network.v', {
      id: `${ROOT}/virtualNetworks/vnet`,
      name: 'vnet',
      resource_group_name: 'rg',
      subnet: [{ id: subnetId, name: 'a', security_group: 'nsg' }],
    })
    const before = { subnet_id: subnetId, network_security_group_id: 'nsg' }
    const type = 'azurerm_subnet_network_security_group_association'
    const changes = [{ address: `${type}.x`, type, name: 'x', change: { actions: ['delete'], before } }]
    expect(JSON.stringify(armBodies(plan({ resources: [listed, subnet] })).bodies)).toContain('"id":"nsg"')
    expect(JSON.stringify(armBodies(plan({ resources: [listed, subnet], changes })).bodies)).not.toContain('"id":"nsg"')
  })

  test('data sources read before the plan are used when they say enough', () => {
    const data = resource('data.azurerm_virtual_network.hub', {
      id: `${ROOT}/virtualNetworks/hub`,
      name: 'hub',
      address_space: ['10.9.0.0/16'],
    })
    const account = resource('data.azurerm_storage_account.s', { id: '/subscriptions/0/x', name: 's' })
    const { bodies, messages } = armBodies(plan({ resources: [vnet], prior: [data, account] }))
    expect(bodies.map((one) => one.name)).toEqual(['vnet', 'hub'])
    expect(messages.join()).toContain('NT1663 data source data.azurerm_storage_account.s does not say all')
  })

  test('a name in a private zone is unknown while the address of its endpoint is', () => {
    const zone = resource('azurerm_private_dns_zone.z', {
      name: 'privatelink.blob.core.windows.net',
      resource_group_name: 'rg',
    })
    const link = resource('azurerm_private_dns_zone_virtual_network_link.l', {
      name: 'l',
      resource_group_name: 'rg',
      private_dns_zone_name: 'privatelink.blob.core.windows.net',
      virtual_network_id: `${ROOT}/virtualNetworks/vnet`,
    })
    const record = resource('azurerm_private_dns_a_record.r', {
      name: 'other',
      resource_group_name: 'rg',
      zone_name: 'privatelink.blob.core.windows.net',
      records: ['10.0.1.9'],
    })
    const endpoint = resource('azurerm_private_endpoint.p', {
      name: 'p',
      resource_group_name: 'rg',
      subnet_id: `${ROOT}/virtualNetworks/vnet/subnets/a`,
      private_service_connection: [
        {
          private_connection_resource_id:
            '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st',
          subresource_names: ['blob'],
        },
      ],
      private_dns_zone_group: [
        { name: 'default', private_dns_zone_ids: [`${ROOT}/privateDnsZones/privatelink.blob.core.windows.net`] },
      ],
    })
    const text = JSON.stringify(plan({ resources: [vnet, subnet, zone, link, record, endpoint] }))
    const part = importAzure([{ path: 'plan.json', text }], { placements: [] })
    const zones = part.devices.flatMap((one) => one.resolver?.zones ?? [])
    const found = zones.find((one) => one.name === 'privatelink.blob.core.windows.net')
    expect(found?.onMissing).toBe('unknown')
    expect(found?.records.map((one) => one.name)).toEqual(['other.privatelink.blob.core.windows.net'])
    expect(part.diagnostics.map((one) => one.code)).toContain('NT1734')
  })
})

describe('what is not understood', () => {
  test('is noted once for each type; what decides about no packet is not', () => {
    const { messages } = armBodies(
      state(
        resource('azurerm_resource_group.g', { name: 'g' }),
        resource('random_string.s', { result: 'x' }),
        resource('azurerm_frontdoor.a', { name: 'a' }),
        resource('azurerm_frontdoor.b', { name: 'b' }),
        vnet,
      ),
    )
    expect(messages).toEqual([
      'NT1660 resources of type azurerm_frontdoor are not understood and left out; the first is azurerm_frontdoor.a',
    ])
  })

  const OTHERS: [string, Json, string][] = [
    ['an empty state', { format_version: '1.0', terraform_version: '1.11.4' }, 'NT1664'],
    ['a state file itself', { version: 4, terraform_version: '1.11.4', lineage: 'x', resources: [] }, 'NT1667'],
    ['a plan made in spite of errors', { ...plan({ resources: [vnet] }), errored: true }, 'NT1666'],
  ]
  test.for(OTHERS)('%s is told apart', ([, value, code]) => {
    const part = importAzure([{ path: 'tf.json', text: JSON.stringify(value) }], { placements: [] })
    expect(part.diagnostics.map((one) => one.code)).toContain(code)
  })
})

describe('what guards a subnet and cannot be told', () => {
  const type = 'azurerm_subnet_network_security_group_association'
  const association = resource(`${type}.x`, {})
  const later = { [`${type}.x`]: { subnet_id: true, network_security_group_id: true } }
  const written = {
    [`${type}.x`]: {
      subnet_id: refs('azurerm_subnet.a.id', 'azurerm_subnet.a'),
      network_security_group_id: refs('local.nsg_id'),
    },
  }

  test('is referred to and not in the file, so that the subnet is not open', () => {
    const text = JSON.stringify(plan({ resources: [vnet, subnet, association], unknown: later, written }))
    const part = importAzure([{ path: 'plan.json', text }], { placements: [] })
    expect(text).toContain('local.nsg_id')
    expect(JSON.stringify(armBodies(JSON.parse(text)).bodies)).toContain(
      `known-after-apply/network_security_group_id of ${type}.x`,
    )
    expect(part.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('a rule whose application security groups are not all known names none', () => {
    const rule = resource('azurerm_network_security_rule.r', {
      name: 'r',
      network_security_group_name: 'nsg',
      resource_group_name: 'rg',
    })
    const asg = resource('azurerm_application_security_group.g', { name: 'g', resource_group_name: 'rg' })
    const { bodies, messages } = armBodies(
      plan({
        resources: [rule, asg],
        unknown: { 'azurerm_network_security_rule.r': { source_application_security_group_ids: [true, true] } },
        written: {
          'azurerm_network_security_rule.r': {
            source_application_security_group_ids: refs(
              'azurerm_application_security_group.g.id',
              'azurerm_application_security_group.g',
              'local.more',
            ),
          },
        },
      }),
    )
    expect(JSON.stringify(bodies)).not.toContain('sourceApplicationSecurityGroups')
    expect(messages.join()).toContain('source_application_security_group_ids is known only after apply')
  })
})
