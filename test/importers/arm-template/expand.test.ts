import { describe, expect, test } from 'vitest'
import { expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { expanded, GROUP, parametersText, templateText } from './evaluated.ts'

type Resource = Readonly<Record<string, unknown>>

const THING = 'Microsoft.Network/things'

/** The names behind `.../providers/` of what some resources become. */
function idsOf(resources: unknown, parts: object = {}): string[] {
  return expanded({ ...parts, resources }).bodies.map((one) => String(one.id).replace(`${GROUP}/providers/`, ''))
}

function thing(name: string, properties: object = {}, more: object = {}): Resource {
  return { type: THING, name, properties, ...more }
}

describe('which resources a template deploys', () => {
  test.for<readonly [string, unknown, readonly string[]]>([
    ['one resource', [thing('a')], ['Microsoft.Network/things/a']],
    [
      'a loop, in its order',
      [
        thing(
          "[concat('a', copyIndex(), '-', copyIndex('l'), '-', copyIndex(1))]",
          {},
          { copy: { name: 'l', count: 2 } },
        ),
      ],
      ['Microsoft.Network/things/a0-0-1', 'Microsoft.Network/things/a1-1-2'],
    ],
    ['a loop of none', [thing('a', {}, { copy: { name: 'l', count: 0 } })], []],
    [
      'a batch size changes nothing',
      [thing("[concat('a', copyIndex())]", {}, { copy: { name: 'l', count: 1, mode: 'serial', batchSize: 1 } })],
      ['Microsoft.Network/things/a0'],
    ],
    ['a condition that holds', [thing('a', {}, { condition: '[equals(1, 1)]' })], ['Microsoft.Network/things/a']],
    ['a condition that does not', [thing('a', {}, { condition: false })], []],
    [
      'a condition in a loop',
      [
        thing(
          "[concat('a', copyIndex())]",
          {},
          { condition: '[greater(copyIndex(), 0)]', copy: { name: 'l', count: 2 } },
        ),
      ],
      ['Microsoft.Network/things/a1'],
    ],
    [
      'a child in its parent',
      [thing('a', {}, { resources: [{ type: 'parts', name: 'b' }] })],
      ['Microsoft.Network/things/a', 'Microsoft.Network/things/a/parts/b'],
    ],
    [
      'a child in its parent by its full type',
      [thing('a', {}, { resources: [{ type: `${THING}/parts`, name: 'b' }] })],
      ['Microsoft.Network/things/a', 'Microsoft.Network/things/a/parts/b'],
    ],
    [
      'a child of a parent that is not deployed',
      [thing('a', {}, { condition: false, resources: [{ type: 'parts', name: 'b' }] })],
      ['Microsoft.Network/things/a/parts/b'],
    ],
    ['a child by type and name', [{ type: `${THING}/parts`, name: 'a/b' }], ['Microsoft.Network/things/a/parts/b']],
    [
      'an extension in its resource',
      [thing('a', {}, { resources: [{ type: 'providers/locks', name: 'Microsoft.Authorization/l' }] })],
      ['Microsoft.Network/things/a', 'Microsoft.Network/things/a/providers/Microsoft.Authorization/locks/l'],
    ],
    [
      'an extension by scope',
      [{ type: 'Microsoft.Authorization/locks', name: 'l', scope: `[resourceId('${THING}', 'a')]` }],
      ['Microsoft.Network/things/a/providers/Microsoft.Authorization/locks/l'],
    ],
    [
      'a resource of another namespace written in one',
      [thing('a', {}, { resources: [{ type: 'Microsoft.Other/things', name: 'b' }] })],
      ['Microsoft.Network/things/a', 'Microsoft.Other/things/b'],
    ],
    ['symbolic names', { one: thing('a'), two: thing('b', {}, { existing: true }) }, ['Microsoft.Network/things/a']],
  ])('%s', ([, resources, wanted]) => {
    expect(idsOf(resources)).toEqual(wanted)
  })

  test.for<readonly [string, Resource, string]>([
    ['an unknown condition', thing('a', {}, { condition: "[parameters('x')]" }), 'the condition of a (it is left out)'],
    ['an unknown name', thing("[parameters('x')]"), `the name of this ${THING} (it is left out)`],
    [
      'an unknown count',
      thing('a', {}, { copy: { name: 'l', count: "[parameters('x')]" } }),
      'how often this resource',
    ],
    ['a name that does not fit its type', thing('a/b'), 'its type, name and scope do not make an id'],
    ['no type', { name: 'a' }, 'the type of this resource (it is left out)'],
    ['a count too large', thing('a', {}, { copy: { name: 'l', count: 801 } }), 'a number from 0 to 800'],
  ])('%s leaves a resource out and says so', ([, resource, why]) => {
    const { bodies, diagnostics } = expanded({ parameters: { x: { type: 'bool' } }, resources: [resource] })
    expect(bodies).toEqual([])
    expect(diagnostics.map((one) => `${one.severity} ${one.message}`).join()).toContain(why)
    expect(diagnostics[0]?.source.kind).toBe('pointer')
  })
})

describe('nested deployments', () => {
  const nested = (template: object, properties: object = {}, more: object = {}): Resource => ({
    type: 'Microsoft.Resources/deployments',
    name: 'inside',
    properties: { mode: 'Incremental', template, ...properties },
    ...more,
  })
  const parts = { parameters: { who: { type: 'string', defaultValue: 'outer' } } }
  const template = {
    parameters: { who: { type: 'string', defaultValue: 'inner' } },
    resources: [thing("[parameters('who')]")],
    outputs: { id: { type: 'string', value: `[resourceId('${THING}', parameters('who'))]` } },
  }
  const inner = { expressionEvaluationOptions: { scope: 'inner' } }

  test.for<readonly [string, Resource, readonly string[]]>([
    ['speak with the outer names by default', nested(template), ['Microsoft.Network/things/outer']],
    ['speak with their own names in inner scope', nested(template, inner), ['Microsoft.Network/things/inner']],
    [
      'take parameters from outside',
      nested(template, { ...inner, parameters: { who: { value: "[concat(parameters('who'), '-given')]" } } }),
      ['Microsoft.Network/things/outer-given'],
    ],
    [
      'deploy to another resource group',
      nested(template, inner, { resourceGroup: 'rg-other' }),
      [
        '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-other/providers/Microsoft.Network/things/inner',
      ],
    ],
    ['are not deployed when their condition does not hold', nested(template, inner, { condition: false }), []],
  ])('%s', ([, deployment, wanted]) => {
    expect(idsOf([deployment], parts)).toEqual(wanted)
  })

  test('hand their outputs to the resources around them', () => {
    const id = "[reference(resourceId('Microsoft.Resources/deployments', 'inside')).outputs.id.value]"
    const { bodies } = expanded({ ...parts, resources: [nested(template, inner), thing('user', { id })] })
    expect(bodies[0]?.properties).toEqual({ id: `${GROUP}/providers/Microsoft.Network/things/inner` })
  })

  test('that link to a file nobody read are reported', () => {
    const linked = {
      type: 'Microsoft.Resources/deployments',
      name: 'linked',
      properties: { templateLink: { uri: 'https://x/y.json' } },
    }
    const { bodies, diagnostics } = expanded({ resources: [linked] })
    expect(bodies).toEqual([])
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'NT1653' }])
  })
})

describe('the body of a resource', () => {
  test.for<readonly [string, object, object]>([
    [
      'a property loop becomes an array',
      { copy: [{ name: 'list', count: 2, input: { n: "[copyIndex('list', 1)]" } }] },
      { list: [{ n: 1 }, { n: 2 }] },
    ],
    [
      'a property loop inside an array of a variable',
      {
        copy: [
          { name: 'list', count: "[length(variables('names'))]", input: "[variables('names')[copyIndex('list')]]" },
        ],
      },
      { list: ['x', 'y'] },
    ],
    ['names of members are evaluated too', { "[concat('a', 'b')]": 1 }, { ab: 1 }],
    [
      'what is no expression stays',
      { a: null, b: [1, { c: true }], d: '[[x]' },
      { a: null, b: [1, { c: true }], d: '[x]' },
    ],
    ['an unknown value keeps its text', { a: "[parameters('x')]" }, { a: "[parameters('x')]" }],
  ])('%s', ([, properties, wanted]) => {
    const { bodies } = expanded({
      parameters: { x: { type: 'int' } },
      variables: { names: ['x', 'y'] },
      resources: [thing('a', properties)],
    })
    expect(bodies[0]).toEqual({ id: `${GROUP}/providers/${THING}/a`, name: 'a', type: THING, properties: wanted })
  })

  test('how a resource is deployed is no part of it', () => {
    const control = { apiVersion: '2024-01-01', dependsOn: ['x'], condition: true, comments: 'c', metadata: {} }
    const { bodies } = expanded({
      resources: [thing('a', { p: 1 }, { ...control, location: 'westeurope', tags: { t: '1' } })],
    })
    expect(Object.keys(bodies[0] ?? {}).sort()).toEqual(['id', 'location', 'name', 'properties', 'tags', 'type'])
  })
})

describe('what one resource tells of another', () => {
  const vnet = {
    type: 'Microsoft.Network/virtualNetworks',
    name: 'v',
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [
        { name: 's', properties: { addressPrefix: '10.0.1.0/24' } },
        { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.0.2.0/26' } },
      ],
    },
  }
  const subnet = (name: string) => `[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', '${name}')]`
  const nic = (name: string, properties: object = {}) => ({
    type: 'Microsoft.Network/networkInterfaces',
    name,
    properties: { ipConfigurations: [{ name: 'c', properties: { subnet: { id: subnet('s') }, ...properties } }] },
  })
  const firewall = {
    type: 'Microsoft.Network/azureFirewalls',
    name: 'fw',
    properties: { ipConfigurations: [{ name: 'c', properties: { subnet: { id: subnet('AzureFirewallSubnet') } } }] },
  }
  const asked = (expression: string, resources: readonly object[]) => {
    const made = expanded({ resources: [thing('asker', { value: expression }), ...resources] })
    const properties = made.bodies[0]?.properties as { value: unknown } | undefined
    return properties?.value
  }

  test.for<readonly [string, string, readonly object[], unknown]>([
    [
      'a property by id',
      "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v')).addressSpace.addressPrefixes[0]]",
      [vnet],
      '10.0.0.0/16',
    ],
    ['a property by name', "[reference('v').addressSpace.addressPrefixes[0]]", [vnet], '10.0.0.0/16'],
    [
      'a property by type and name',
      "[reference('Microsoft.Network/virtualNetworks/v').addressSpace.addressPrefixes[0]]",
      [vnet],
      '10.0.0.0/16',
    ],
    ['the whole resource', "[reference('v', '2024-01-01', 'Full').location]", [vnet], 'westeurope'],
    [
      'a subnet inside its VNet',
      "[reference(resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')).addressPrefix]",
      [vnet],
      '10.0.1.0/24',
    ],
    [
      'a fixed address',
      "[reference('n').ipConfigurations[0].properties.privateIPAddress]",
      [vnet, nic('n', { privateIPAddress: '10.0.1.9' })],
      '10.0.1.9',
    ],
    [
      'the only address asked for',
      "[reference('n').ipConfigurations[0].properties.privateIPAddress]",
      [vnet, nic('n')],
      '10.0.1.4',
    ],
    [
      'the only one beside a fixed one',
      "[reference('n').ipConfigurations[0].properties.privateIPAddress]",
      [vnet, nic('n'), nic('m', { privateIPAddress: '10.0.1.4' })],
      '10.0.1.5',
    ],
    [
      'the firewall of a VNet',
      "[reference('fw').ipConfigurations[0].properties.privateIPAddress]",
      [vnet, firewall],
      '10.0.2.4',
    ],
    [
      'one of two that race is given one that stands for it',
      "[reference('m').ipConfigurations[0].properties.privateIPAddress]",
      [vnet, nic('n'), nic('m')],
      '10.0.1.5',
    ],
    ['what only Azure knows', "[reference('v').provisioningState]", [vnet], "[reference('v').provisioningState]"],
    [
      'whether it has what only Azure knows',
      "[contains(reference('v'), 'x')]",
      [vnet],
      "[contains(reference('v'), 'x')]",
    ],
  ])('%s', ([, expression, resources, wanted]) => {
    expect(asked(expression, resources)).toEqual(wanted)
  })

  test('symbolic names and loops of them', () => {
    const { bodies } = expanded({
      languageVersion: '2.0',
      resources: {
        asker: thing('asker', {
          one: "[reference('other').value]",
          second: "[reference('loop[1]').value]",
          all: "[map(references('loop'), lambda('r', lambdaVariables('r').value))]",
          id: "[resourceInfo('other').id]",
          outside: "[reference('there').value]",
        }),
        other: thing('other', { value: 7 }),
        loop: thing("[concat('l', copyIndex())]", { value: '[copyIndex()]' }, { copy: { name: 'loop', count: 2 } }),
        there: thing('there', {}, { existing: true }),
      },
    })
    expect(bodies[0]?.properties).toEqual({
      one: 7,
      second: 1,
      all: [0, 1],
      id: `${GROUP}/providers/${THING}/other`,
      outside: "[reference('there').value]",
    })
  })

  test('two that ask for each other are unknown', () => {
    const { bodies, diagnostics } = expanded({
      resources: [thing('a', { v: "[reference('b').v]" }), thing('b', { v: "[reference('a').v]" })],
    })
    expect(bodies).toHaveLength(2)
    expect(diagnostics.some((one) => one.message.includes('depends on itself'))).toBe(true)
  })
})

describe('parameters', () => {
  const template = { parameters: { who: { type: 'string' }, size: { type: 'string', defaultValue: 'small' } } }

  test('of a file come before defaults', () => {
    const made = expanded(
      { ...template, resources: [thing("[concat(parameters('who'), '-', parameters('size'))]")] },
      { who: 'me', size: 'large' },
    )
    expect(made.bodies[0]?.name).toBe('me-large')
    expect(made.diagnostics).toEqual([])
  })

  test('that are texts without a value are stood in for in names, and decide nothing', () => {
    const resources = [
      thing("[concat('vnet-', parameters('who'))]", { whole: "[parameters('who')]" }),
      thing('b', {}, { condition: "[equals(parameters('who'), 'x')]" }),
    ]
    const { bodies, diagnostics } = expanded({ ...template, resources })
    expect(bodies.map((one) => one.name)).toEqual(['vnet-{who}'])
    expect(diagnostics.map((one) => one.code)).toEqual(['NT1656', 'NT1651', 'NT1651'])
    expect(diagnostics[0]?.source).toMatchObject({ kind: 'pointer', pointer: '/parameters/who' })
  })

  test('outside the allowed values are reported', () => {
    const parameters = { who: { type: 'string', allowedValues: ['a'] } }
    const { diagnostics } = expanded({ parameters, resources: [thing("[parameters('who')]")] }, { who: 'b' })
    expect(diagnostics).toMatchObject([{ code: 'NT1654', severity: 'warning' }])
  })

  test('that are secrets in a key vault stay unknown', () => {
    const text = parametersText({}).replace('"parameters":{}', '"parameters":{"who":{"reference":{"secretName":"s"}}}')
    const { diagnostics } = expandTemplate(
      { path: 'a.json', text: templateText({ ...template, resources: [thing('a', { v: "[parameters('who')]" })] }) },
      { path: 'a.parameters.json', text },
    )
    expect(diagnostics[0]?.message).toContain('parameter "who" is a secret in a key vault')
  })
})

describe('places', () => {
  const text = [
    '{ "resources": [',
    '  { "type": "Microsoft.Network/networkSecurityGroups",',
    '    "name": "n",',
    '    "properties": {',
    '      "securityRules": [',
    '        { "name": "a",',
    '          "properties": { "priority": 100 } }',
    '      ],',
    '      "flushConnection": "[parameters(\'nothing\')]"',
    '  } } ] }',
  ].join('\n')

  test('of produced bodies are the places in the template', () => {
    const { bodies, document, diagnostics } = expandTemplate({ path: 'main.json', text })
    const properties = bodies[0]?.properties as { securityRules: readonly { properties: object }[] }
    expect(document.placeOf(bodies[0])).toEqual({ line: 2, column: 3 })
    expect(document.placeOf(bodies[0], 'name')).toEqual({ line: 3, column: 5 })
    expect(document.placeOf(properties.securityRules[0]?.properties, 'priority')).toEqual({ line: 7, column: 27 })
    expect(document.pointerOf(properties.securityRules[0], 'name')).toBe('/resources/0/properties/securityRules/0/name')
    expect(diagnostics[0]?.source).toMatchObject({ file: 'main.json', line: 9, column: 7 })
  })

  test('secrets in a line are not shown', () => {
    const line = '  "sharedKey": "p4ss", "name": "x"'
    const { document } = expandTemplate({ path: 'a.json', text: `{\n${line}\n}` })
    expect(document.line(2)).toBe('  "sharedKey": "***", "name": "x"')
  })
})

test.for<readonly [string, string]>([
  ['no JSON', '{"resources": ['],
  ['no object', '[]'],
  ['a byte', 'x'],
  ['nothing', ''],
])('%s is an error and no bodies', ([, text]) => {
  const { bodies, diagnostics } = expandTemplate({ path: 'a.json', text })
  expect(bodies).toEqual([])
  expect(diagnostics[0]?.severity).toBe('error')
})
