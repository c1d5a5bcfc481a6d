import { describe, expect, test } from 'vitest'
import { expanded, GROUP } from './evaluated.ts'

const THING = 'Microsoft.Network/things'
const inner = { expressionEvaluationOptions: { scope: 'inner' } }

function nested(name: string, template: object, more: object = {}, properties: object = {}): object {
  const type = 'Microsoft.Resources/deployments'
  return {
    type,
    apiVersion: '2022-09-01',
    name,
    ...more,
    properties: { mode: 'Incremental', ...inner, ...properties, template },
  }
}

function propertiesOf(parts: object, values?: object): unknown {
  return expanded(parts, values).bodies[0]?.properties
}

/** Learn: Use symbolic names, definitions and user-defined functions in ARM templates (languageVersion 2.0). */
describe('languageVersion 2.0', () => {
  const definitions = {
    region: { type: 'string', nullable: true },
    who: { $ref: '#/definitions/text' },
    text: { type: 'string' },
    choice: { type: 'string', allowedValues: ['a', 'b'] },
  }
  test.for<readonly [string, object, unknown]>([
    ['nullable, by itself', { type: 'object', nullable: true }, null],
    ['nullable, by its definition', { $ref: '#/definitions/region' }, null],
    ['with a default of its own', { $ref: '#/definitions/region', defaultValue: 'x' }, 'x'],
    ['a text by a definition of a definition', { $ref: '#/definitions/who' }, "[parameters('p')]"],
    ['that must be chosen', { $ref: '#/definitions/choice' }, "[parameters('p')]"],
  ])('a parameter %s', ([, p, value]) => {
    const resources = { one: { type: THING, name: 'a', properties: { value: "[parameters('p')]" } } }
    const made = propertiesOf({ languageVersion: '2.0', definitions, parameters: { p }, resources })
    const shown = (made as { value: unknown }).value
    expect(shown === '{p}' ? "[parameters('p')]" : shown).toEqual(value)
  })

  test('functions of the namespace that Bicep makes call each other', () => {
    const parameters = [{ name: 'name', type: 'string' }]
    const functions = [
      {
        namespace: '__bicep',
        members: {
          prefixed: { parameters, output: { type: 'string', value: "[format('vnet-{0}', parameters('name'))]" } },
          twice: {
            parameters,
            output: { type: 'string', value: "[__bicep.prefixed(__bicep.prefixed(parameters('name')))]" },
          },
        },
      },
    ]
    const resources = { one: { type: THING, name: "[__bicep.twice('x')]", properties: {} } }
    expect(expanded({ languageVersion: '2.0', functions, resources }).bodies[0]?.name).toBe('vnet-vnet-x')
  })

  test('an existing resource of a nested deployment is the one that is deployed around it', () => {
    const template = {
      languageVersion: '2.0',
      resources: {
        net: { existing: true, type: THING, name: 'net' },
        user: { type: THING, name: 'user', properties: { id: "[reference('net').prefix]" } },
      },
    }
    const { bodies } = expanded({
      resources: {
        net: { type: THING, name: 'net', properties: { prefix: '10.0.0.0/8' } },
        inside: nested('inside', template),
      },
    })
    expect(bodies[1]?.properties).toEqual({ id: '10.0.0.0/8' })
  })

  test('an existing resource elsewhere has an id, and no state', () => {
    const zone = { existing: true, type: THING, name: 'z', resourceGroup: 'rg-dns', subscriptionId: 's-2' }
    const user = {
      type: THING,
      name: 'user',
      properties: { id: "[resourceInfo('zone').id]", state: "[reference('zone').x]" },
    }
    expect(propertiesOf({ languageVersion: '2.0', resources: { zone, user } })).toEqual({
      id: '/subscriptions/s-2/resourceGroups/rg-dns/providers/Microsoft.Network/things/z',
      state: "[reference('zone').x]",
    })
  })

  test('asserts, imports and extensions are no resources', () => {
    const made = expanded({
      languageVersion: '2.1-experimental',
      asserts: { a: '[equals(1, 1)]' },
      imports: { graph: { provider: 'MicrosoftGraph', version: '1.0.0' } },
      resources: { a: { type: THING, name: 'a', asserts: { b: true } } },
    })
    expect(made.bodies.map((one) => Object.keys(one))).toEqual([['id', 'name', 'type']])
  })
})

describe('outputs of a nested deployment', () => {
  const asked = (outputs: object, expression: string): unknown => {
    const user = { type: THING, name: 'user', properties: { value: expression } }
    const made = propertiesOf({ resources: [user, nested('inside', { resources: [], outputs })] })
    return (made as { value: unknown }).value
  }
  test.for<readonly [string, object, string, unknown]>([
    [
      'a loop',
      { list: { type: 'array', copy: { count: 3, input: '[copyIndex(1)]' } } },
      "[reference('inside').outputs.list.value]",
      [1, 2, 3],
    ],
    [
      'a loop over what the template has',
      {
        ids: {
          type: 'array',
          copy: { count: 2, input: { id: "[resourceId('Microsoft.Network/things', concat('t', copyIndex()))]" } },
        },
      },
      "[reference('inside').outputs.ids.value[1].id]",
      `${GROUP}/providers/${THING}/t1`,
    ],
    [
      'a condition that holds',
      { x: { type: 'int', condition: true, value: 4 } },
      "[reference('inside').outputs.x.value]",
      4,
    ],
    [
      'a condition that does not',
      { x: { type: 'int', condition: false, value: 4 } },
      "[coalesce(tryGet(reference('inside').outputs, 'x'), 'none')]",
      'none',
    ],
  ])('%s', ([, outputs, expression, wanted]) => {
    expect(asked(outputs, expression)).toEqual(wanted)
  })

  test('are told to one that is listed before it, though they speak of its resources', () => {
    const vnet = { type: THING, name: 'net', properties: { subnets: [{ name: 's' }] } }
    const maker = {
      languageVersion: '2.0',
      resources: { net: vnet },
      outputs: { subnet: { type: 'string', value: "[reference('net').subnets[0].name]" } },
    }
    const taker = {
      parameters: { subnet: { type: 'string' } },
      resources: [{ type: THING, name: "[concat('in-', parameters('subnet'))]" }],
    }
    const given = { parameters: { subnet: { value: "[reference('maker').outputs.subnet.value]" } } }
    const { bodies, diagnostics } = expanded({ resources: [nested('taker', taker, {}, given), nested('maker', maker)] })
    expect(diagnostics).toEqual([])
    expect(bodies.map((one) => one.name).sort()).toEqual(['in-s', 'net'])
  })
})

describe('where a nested deployment goes', () => {
  test.for<readonly [string, object, string]>([
    [
      'a resource group',
      { resourceGroup: 'rg-b' },
      '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-b',
    ],
    [
      'another subscription',
      { resourceGroup: 'rg-b', subscriptionId: 's-2' },
      '/subscriptions/s-2/resourceGroups/rg-b',
    ],
  ])('%s', ([, more, below]) => {
    const template = { resources: [{ type: THING, name: 'a' }] }
    expect(expanded({ resources: [nested('n', template, more)] }).bodies[0]?.id).toBe(`${below}/providers/${THING}/a`)
  })

  test('the region of a resource group that the template makes is the one it says', () => {
    const group = { type: 'Microsoft.Resources/resourceGroups', name: 'rg-new', location: 'northeurope' }
    const template = { resources: [{ type: THING, name: 'a', location: '[resourceGroup().location]' }] }
    const { bodies } = expanded({ resources: [group, nested('n', template, { resourceGroup: 'rg-new' })] })
    expect(bodies[1]?.location).toBe('northeurope')
  })

  test('the region of another resource group is not that of the deployment', () => {
    const template = { resources: [{ type: THING, name: 'a', properties: { at: '[resourceGroup().location]' } }] }
    const { bodies, diagnostics } = expanded({ resources: [nested('n', template, { resourceGroup: 'rg-old' })] })
    expect(bodies[0]?.properties).toEqual({ at: '{location}' })
    expect(diagnostics.map((one) => one.code)).toContain('NT1651')
  })
})

describe('loops', () => {
  test.for<readonly [string, object, unknown]>([
    [
      'a resource loop with its name and offset inside a property loop',
      { copy: [{ name: 'list', count: 2, input: "[concat(copyIndex('outer'), '-', copyIndex('list', 5))]" }] },
      { list: ['0-5', '0-6'] },
    ],
    [
      'a property loop inside another',
      {
        copy: [
          {
            name: 'a',
            count: 2,
            input: { copy: [{ name: 'b', count: 2, input: "[add(mul(copyIndex('a'), 10), copyIndex('b'))]" }] },
          },
        ],
      },
      { a: [{ b: [0, 1] }, { b: [10, 11] }] },
    ],
    ['a property that is called copy', { copy: true }, { copy: true }],
    ['a loop of none', { copy: [{ name: 'a', count: 0, input: 1 }] }, { a: [] }],
  ])('%s', ([, properties, wanted]) => {
    const one = { type: THING, name: "[concat('r', copyIndex())]", copy: { name: 'outer', count: 1 }, properties }
    expect(propertiesOf({ resources: [one] })).toEqual(wanted)
  })

  test('a loop of variables inside an object of variables', () => {
    const variables = { o: { copy: [{ name: 'disks', count: 2, input: { lun: "[copyIndex('disks')]" } }], other: 1 } }
    const resources = [{ type: THING, name: 'a', properties: "[variables('o')]" }]
    expect(propertiesOf({ variables, resources })).toEqual({ disks: [{ lun: 0 }, { lun: 1 }], other: 1 })
  })

  test('a loop of nested deployments', () => {
    const template = {
      parameters: { n: { type: 'int' } },
      resources: [{ type: THING, name: "[concat('t', parameters('n'))]" }],
    }
    const one = nested(
      "[concat('d', copyIndex())]",
      template,
      { copy: { name: 'd', count: 2 } },
      { parameters: { n: { value: '[copyIndex()]' } } },
    )
    expect(expanded({ resources: [one] }).bodies.map((body) => body.name)).toEqual(['t0', 't1'])
  })
})

test('an extension by type and name stands below the resource of its own resource group', () => {
  const lock = {
    type: 'Microsoft.Authorization/locks',
    name: 'l',
    scope: "[format('Microsoft.Network/things/{0}', 'a')]",
  }
  expect(expanded({ resources: [lock] }).bodies[0]?.id).toBe(
    `${GROUP}/providers/${THING}/a/providers/Microsoft.Authorization/locks/l`,
  )
})

test('functions, parameters, variables and members are found in any case', () => {
  const parts = {
    parameters: { vnetName: { type: 'String', defaultValue: 'hub' } },
    variables: { Prefix: { Hub: '10.0.0.0/16' } },
    resources: [
      {
        Type: THING,
        Name: "[Parameters('VNETNAME')]",
        Properties: { value: "[VARIABLES('prefix').hub]", same: "[EQUALS(toupper('a'), 'A')]" },
      },
    ],
  }
  const { bodies } = expanded(parts)
  expect(bodies[0]).toMatchObject({ name: 'hub', id: `${GROUP}/providers/${THING}/hub` })
  expect(bodies[0]?.Properties ?? bodies[0]?.properties).toEqual({ value: '10.0.0.0/16', same: true })
})
