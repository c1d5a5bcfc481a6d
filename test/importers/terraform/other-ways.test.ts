import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/azure/index.ts'
import { armBodies, GROUP, NETWORK, resource, state } from './terraform-file.ts'

const SUBNET = `${NETWORK}/virtualNetworks/vnet/subnets/RouteServerSubnet`

describe('other ways that resources come into Azure', () => {
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { name: { type: 'string' } },
    resources: [
      {
        type: 'Microsoft.Network/virtualNetworks',
        name: "[parameters('name')]",
        properties: { addressSpace: { addressPrefixes: ['10.7.0.0/16'] } },
      },
      { type: 'Microsoft.Network/things', name: 'y', properties: { z: "[parameters('none')]" } },
    ],
  }
  test('azurerm_resource_group_template_deployment deploys its template', () => {
    const values = {
      id: `${GROUP}/providers/Microsoft.Resources/deployments/d`,
      ...{ name: 'd', resource_group_name: 'rg', deployment_mode: 'Incremental' },
      template_content: JSON.stringify(template),
      parameters_content: JSON.stringify({ name: { value: 'in-template' } }),
    }
    const { bodies, messages, document, raw } = armBodies(
      state(resource('azurerm_resource_group_template_deployment.d', values)),
    )
    expect(bodies[0]).toMatchObject({
      id: `${NETWORK}/virtualNetworks/in-template`,
      properties: { addressSpace: { addressPrefixes: ['10.7.0.0/16'] } },
    })
    expect(document.pointerOf(raw[0], 'id')).toBe('/values/root_module/resources/0/values/template_content')
    expect(messages.join()).toContain(
      'NT1659 template of azurerm_resource_group_template_deployment.d: properties.z of things y cannot be evaluated',
    )
  })

  test('an azapi_resource in a plan is found by what refers to it, and stands in the group its expression names', () => {
    const plan = {
      format_version: '1.2',
      terraform_version: '1.11.4',
      planned_values: {
        root_module: {
          resources: [
            resource('azurerm_resource_group.rg', { name: 'rg-new', location: 'westeurope' }),
            resource('azapi_resource.table', {
              type: 'Microsoft.Network/routeTables@2024-05-01',
              name: 'rt',
              location: 'westeurope',
              body: { properties: { routes: [] } },
            }),
            resource('azurerm_subnet_route_table_association.a', { subnet_id: SUBNET }),
            resource('azurerm_subnet.s', {
              id: SUBNET,
              name: 'RouteServerSubnet',
              virtual_network_name: 'vnet',
              resource_group_name: 'rg',
              address_prefixes: ['10.0.0.0/24'],
            }),
          ],
        },
      },
      resource_changes: [
        {
          address: 'azapi_resource.table',
          change: { actions: ['create'], after_unknown: { id: true, parent_id: true } },
        },
        {
          address: 'azurerm_subnet_route_table_association.a',
          change: { actions: ['create'], after_unknown: { id: true, route_table_id: true } },
        },
      ],
      configuration: {
        root_module: {
          resources: [
            {
              address: 'azapi_resource.table',
              expressions: { parent_id: { references: ['azurerm_resource_group.rg.id', 'azurerm_resource_group.rg'] } },
            },
            {
              address: 'azurerm_subnet_route_table_association.a',
              expressions: { route_table_id: { references: ['azapi_resource.table.id', 'azapi_resource.table'] } },
            },
          ],
        },
      },
    }
    const { bodies, messages } = armBodies(plan)
    expect(messages).toEqual([])
    const table =
      '/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/rg-new/providers/Microsoft.Network/routeTables/rt'
    expect(bodies.find((one) => one.type === 'Microsoft.Network/routeTables')?.id).toBe(table)
    expect(bodies.find((one) => one.id === SUBNET)?.properties).toMatchObject({ routeTable: { id: table } })
  })

  test('what Terraform will forget stays in Azure as it was', () => {
    const before = resource('azurerm_route_table.rt', {
      id: `${NETWORK}/routeTables/rt`,
      name: 'rt',
      resource_group_name: 'rg',
    })
    const plan = {
      format_version: '1.2',
      terraform_version: '1.11.4',
      planned_values: { root_module: { resources: [] } },
      prior_state: { values: { root_module: { resources: [before] } } },
      resource_changes: [
        {
          address: 'azurerm_route_table.rt',
          type: 'azurerm_route_table',
          name: 'rt',
          change: { actions: ['forget'], before: before.values, after: null },
        },
      ],
    }
    expect(armBodies(plan).bodies.map((one) => one.id)).toEqual([`${NETWORK}/routeTables/rt`])
  })

  test.for<readonly [string, string]>([
    ['azurerm_network_manager_routing_rule', 'warning'],
    ['azurerm_virtual_hub_security_partner_provider', 'warning'],
    ['azurerm_mariadb_firewall_rule', 'warning'],
    ['azurerm_app_service_virtual_network_swift_connection', 'warning'],
    ['azurerm_palo_alto_next_generation_firewall_virtual_hub_panorama', 'warning'],
    ['azapi_update_resource', 'warning'],
    ['azurerm_network_ddos_protection_plan', 'note'],
    ['azurerm_spring_cloud_service', 'note'],
  ])('%s has no table, which is a %s', ([type, severity]) => {
    const text = JSON.stringify(state(resource(`${type}.x`, { name: 'x' })))
    const { diagnostics } = importAzure([{ path: 'tf.json', text }], { placements: [] })
    expect(diagnostics.find((one) => one.code === 'NT1660')).toMatchObject({
      severity,
      message: expect.stringContaining(type),
    })
  })
})
