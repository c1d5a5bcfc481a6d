import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importAzure } from '../../../src/importers/index.ts'
import { readTerraform } from '../../../src/importers/terraform/index.ts'
import { TABLES } from '../../../src/importers/terraform/tables.ts'
import { readJson } from '../../../src/text/index.ts'
import { armBodies, type Json, resource, state } from './terraform-file.ts'

const ADDRESSES = [
  'azurerm_firewall.a.ip_configuration[0].private_ip_address',
  'azurerm_network_interface.a.private_ip_address',
  'azurerm_public_ip.a.ip_address',
  'azurerm_private_endpoint.a.private_service_connection[0].private_ip_address',
]
const SEED = { seed: 20261122, numRuns: 60 }
const text = readFileSync('fixtures/vision-plant/terraform.json', 'utf8')
const read = (value: string) => importAzure([{ path: 'tf.json', text: value }], { placements: [] })

describe('reading never throws', () => {
  test('on the fixture cut anywhere', () => {
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        expect(read(text.slice(0, at)).diagnostics.length).toBeGreaterThan(0)
      }),
      { ...SEED, numRuns: 15 },
    )
  })

  test('on any JSON in the place of any attribute of any type', () => {
    const attributes = [...attributeNames(JSON.parse(text))]
    const value = fc.jsonValue({ maxDepth: 3 })
    const values = fc.dictionary(fc.constantFrom(...attributes, 'id', 'name', '__proto__'), value)
    const one = fc.record({
      address: fc.string(),
      mode: fc.constantFrom('managed', 'data'),
      type: fc.constantFrom(
        ...TABLES.keys(),
        'azapi_resource',
        'azurerm_subnet_route_table_association',
        'azurerm_frontdoor',
      ),
      name: fc.oneof(fc.string(), fc.constant('a')),
      values,
    })
    const unknown = fc.oneof(
      value,
      fc.dictionary(fc.constantFrom(...attributes), fc.constantFrom(true, [true], [{ id: true }])),
    )
    const expressions = fc.dictionary(
      fc.constantFrom(...attributes),
      fc.oneof(
        value,
        fc.record({
          references: fc.array(
            fc.oneof(
              fc.string(),
              fc.constantFrom('module.a.b', 'var.x', 'each.key', 'each.value', 'azurerm_subnet.a.id', ...ADDRESSES),
            ),
          ),
        }),
      ),
    )
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), unknown, expressions, (resources, later, written) => {
        const changes = resources.map(({ address }) => ({
          address,
          change: { after_unknown: later, actions: ['delete'], before: {} },
        }))
        const configured = resources.map(({ type, name }) => ({ address: `${type}.${name}`, expressions: written }))
        const plan = {
          format_version: '1.2',
          planned_values: { root_module: { resources, child_modules: [{ address: 'module.a', resources }] } },
          resource_changes: changes,
          configuration: {
            root_module: {
              resources: configured,
              module_calls: { a: { module: { resources: configured, outputs: { b: { expression: written } } } } },
            },
          },
        }
        expect(Array.isArray(read(JSON.stringify(plan)).devices)).toBe(true)
      }),
      SEED,
    )
  })

  test('on resources that are each their own parent', () => {
    const pool = {
      address: 'azurerm_lb_backend_address_pool.p',
      change: { after_unknown: { id: true, loadbalancer_id: true } },
    }
    const rule = resource('azurerm_lb_backend_address_pool.p', { name: 'p' })
    const expressions = {
      loadbalancer_id: { references: ['azurerm_lb_backend_address_pool.p.id', 'azurerm_lb_backend_address_pool.p'] },
    }
    const { bodies } = armBodies({
      format_version: '1.2',
      planned_values: { root_module: { resources: [rule] } },
      resource_changes: [pool],
      configuration: { root_module: { resources: [{ address: 'azurerm_lb_backend_address_pool.p', expressions }] } },
    })
    expect(bodies).toHaveLength(1)
  })
})

function attributeNames(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return names
  for (const [key, one] of Object.entries(value)) {
    if (/[a-z]/.test(key)) names.add(key)
    attributeNames(one, names)
  }
  return names
}

describe('every fact points at the Terraform file', () => {
  const secret = 'Secret!42'
  const values: Json = {
    id: '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/connections/c',
    name: 'c',
    type: 'IPsec',
    shared_key: secret,
    authorization_key: secret,
  }

  test('at the attribute a property was made of', () => {
    const { document, raw } = armBodies(state(resource('azurerm_virtual_network_gateway_connection.c', values)))
    const body = raw[0] as { properties: object }
    expect(document.pointerOf(body.properties, 'connectionType')).toBe('/values/root_module/resources/0/values/type')
    expect(document.line(document.placeOf(body.properties, 'connectionType').line)).toContain('"type": "IPsec"')
  })

  test('a file of one line shows the attribute alone, and no secret beside it', () => {
    const made = state(
      resource('azurerm_virtual_network_gateway_connection.c', { ...values, padding: 'x'.repeat(500) }),
    )
    const { document, bodies } = readTerraform(readJson(JSON.stringify(made)), 'tf.json')
    const body = bodies[0] as { properties: object }
    expect(document.textOf?.(body.properties, 'connectionType')).toBe('"type": "IPsec"')
    expect(document.textOf?.(body)).toBe('{"name": "c"}')
  })

  test('no secret of the fixture reaches the network', () => {
    const sensitive = text.replaceAll('"shared_key": null', `"shared_key": "${secret}"`)
    expect(sensitive).toContain(secret)
    expect(inspect(read(sensitive), { depth: null })).not.toContain(secret)
  })

  test('reading twice gives the same', () => {
    const once = () => JSON.stringify(readTerraform(readJson(text), 'tf.json').bodies)
    expect(once()).toBe(once())
  })
})
