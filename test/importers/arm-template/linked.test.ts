import { describe, expect, test } from 'vitest'
import { expandTemplate } from '../../../src/importers/arm-template/index.ts'
import { importAzure } from '../../../src/importers/azure/index.ts'
import type { TextFile } from '../../../src/text/index.ts'
import { GROUP, PLACE, parametersText, templateText } from './evaluated.ts'

const DEPLOYMENTS = 'Microsoft.Resources/deployments'

function link(name: string, templateLink: object, more: object = {}): object {
  return {
    type: DEPLOYMENTS,
    apiVersion: '2022-09-01',
    name,
    properties: { mode: 'Incremental', templateLink, ...more },
  }
}

const NESTED: TextFile = {
  path: 'plant/nested/vnet.json',
  text: templateText({
    parameters: { name: { type: 'string', defaultValue: 'by-default' }, subnets: { type: 'array', defaultValue: [] } },
    resources: [
      {
        type: 'Microsoft.Network/virtualNetworks',
        name: "[parameters('name')]",
        properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] }, subnets: "[parameters('subnets')]" },
      },
    ],
    outputs: { id: { type: 'string', value: "[resourceId('Microsoft.Network/virtualNetworks', parameters('name'))]" } },
  }),
}

function expanded(resources: readonly object[], parts: object = {}, beside: readonly TextFile[] = [NESTED]) {
  return expandTemplate(
    { path: 'plant/main.json', text: templateText({ ...parts, resources }) },
    undefined,
    PLACE,
    beside,
  )
}

/** Learn: Using linked and nested templates when deploying Azure resources. */
describe('a deployment that links to a template', () => {
  test.for<readonly [string, object, object?]>([
    ['by a path beside it', { relativePath: 'nested/vnet.json' }],
    ['by a path with dots', { relativePath: './other/../nested/vnet.json' }],
    ['by the place deployment() says', { uri: "[uri(deployment().properties.templateLink.uri, 'nested/vnet.json')]" }],
    [
      'by a place that is a parameter with that default',
      { uri: "[uri(parameters('_artifactsLocation'), concat('nested/vnet.json', parameters('sas')))]" },
      {
        parameters: {
          _artifactsLocation: { type: 'string', defaultValue: '[deployment().properties.templateLink.uri]' },
          sas: { type: 'securestring', defaultValue: '' },
        },
      },
    ],
    ['by an address on the web whose end is its path here', { uri: 'https://example.org/repo/main/nested/vnet.json' }],
  ])('%s has its resources, in places of that file', ([, templateLink, parts]) => {
    const made = expanded([link('l', templateLink, { parameters: { name: { value: 'hub' } } })], parts)
    expect(made.diagnostics).toEqual([])
    expect(made.bodies.map((one) => one.id)).toEqual([`${GROUP}/providers/Microsoft.Network/virtualNetworks/hub`])
    const [body] = made.bodies
    const file = body && made.fileOf.get(body)
    expect(file?.path).toBe('plant/nested/vnet.json')
    expect(body && file?.produced.pointerOf(body, 'type')).toBe('/resources/0/type')
  })

  test('has names of its own, whatever the parameters around are called', () => {
    const made = expanded([link('l', { relativePath: 'nested/vnet.json' })], {
      parameters: { name: { type: 'string', defaultValue: 'outer' } },
    })
    expect(made.bodies[0]?.name).toBe('by-default')
  })

  test('hands its outputs on', () => {
    const id = "[reference('l').outputs.id.value]"
    const user = { type: 'Microsoft.Network/things', name: 't', properties: { id } }
    const made = expanded([user, link('l', { relativePath: 'nested/vnet.json' })])
    expect(made.bodies[0]?.properties).toEqual({
      id: `${GROUP}/providers/Microsoft.Network/virtualNetworks/by-default`,
    })
  })

  test('takes values of the template around; they stand where the linked file takes them', () => {
    const subnets = [{ name: 's', properties: { addressPrefix: '10.9.1.0/24' } }]
    const made = expanded([
      link('l', { relativePath: 'nested/vnet.json' }, { parameters: { subnets: { value: subnets } } }),
    ])
    const [body] = made.bodies
    const list = (body?.properties as { subnets?: readonly object[] } | undefined)?.subnets ?? []
    expect(list).toEqual(subnets)
    const file = body && made.fileOf.get(body)
    expect(file?.produced.pointerOf(list[0], 'name')).toBe('/resources/0/properties/subnets')
  })

  test('that another one links to may link on, by its own path', () => {
    const deeper = {
      path: 'plant/nested/deep/a.json',
      text: templateText({ resources: [{ type: 'Microsoft.Network/things', name: 'deep' }] }),
    }
    const middle = {
      path: 'plant/nested/m.json',
      text: templateText({ resources: [link('d', { relativePath: 'deep/a.json' })] }),
    }
    const made = expanded([link('l', { relativePath: 'nested/m.json' })], {}, [middle, deeper])
    expect(made.bodies.map((one) => one.name)).toEqual(['deep'])
  })

  test('that links to itself ends, and says so', () => {
    const circle = { path: 'plant/c.json', text: templateText({ resources: [link('l', { relativePath: 'c.json' })] }) }
    const made = expanded([link('l', { relativePath: 'c.json' })], {}, [circle])
    expect(made.bodies).toEqual([])
    expect(made.diagnostics.map((one) => one.code)).toContain('NT1653')
  })

  test.for<readonly [string, object, readonly TextFile[]]>([
    ['that is not there', { relativePath: 'nested/other.json' }, [NESTED]],
    [
      'of a template spec',
      { id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.Resources/templateSpecs/t' },
      [NESTED],
    ],
    ['that is no template', { relativePath: 'x.json' }, [{ path: 'plant/x.json', text: '{"a": 1}' }]],
  ])('%s is reported', ([, templateLink, beside]) => {
    const made = expanded([link('l', templateLink)], {}, beside)
    expect(made.bodies).toEqual([])
    expect(made.diagnostics).toMatchObject([{ code: 'NT1653', severity: 'warning' }])
  })
})

describe('a folder of templates', () => {
  const main = {
    path: 'plant/main.json',
    text: templateText({
      resources: [link('l', { relativePath: 'nested/vnet.json' }, { parameters: { name: { value: 'hub' } } })],
    }),
  }
  test.for([
    ['before', [NESTED, main]],
    ['behind', [main, NESTED]],
  ] as const)('one that is linked to is not deployed by itself as well, listed %s the other', ([, files]) => {
    const part = importAzure(files, { placements: [] })
    const vnets = part.links.map((one) => one.name).filter((one) => /hub|by-default/.test(one))
    expect(new Set(vnets)).toEqual(new Set(['hub']))
  })

  test('a template of another language is told by what it has to have', () => {
    const bare = {
      path: 'a.json',
      text: '{"contentVersion":"1.0.0.0","resources":[{"type":"Microsoft.Network/virtualNetworks","name":"[concat(\'a\',\'b\')]","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16"]},"subnets":[]}}]}',
    }
    expect(importAzure([bare], { placements: [] }).links.map((one) => one.name)).toContain('ab')
  })

  test('two that link to each other are not lost', () => {
    const one = (path: string, other: string, name: string) => ({
      path,
      text: templateText({
        resources: [
          {
            type: 'Microsoft.Network/virtualNetworks',
            ...{ name, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [] } },
          },
          link('l', { relativePath: other }),
        ],
      }),
    })
    const part = importAzure([one('a.json', 'b.json', 'va'), one('b.json', 'a.json', 'vb')], { placements: [] })
    expect(part.links.map((each) => each.name)).toEqual(expect.arrayContaining(['va', 'vb']))
  })

  test('the only parameters file is for the only template that is deployed by itself', () => {
    const resources = [
      link('l', { relativePath: 'nested/vnet.json' }, { parameters: { name: { value: "[parameters('n')]" } } }),
    ]
    const root = { path: 'plant/main.json', text: templateText({ parameters: { n: { type: 'string' } }, resources }) }
    const given = { path: 'plant/values.json', text: parametersText({ n: 'given' }) }
    const part = importAzure([NESTED, root, given], { placements: [] })
    expect(part.links.map((one) => one.name)).toContain('given')
  })

  test('comments, texts over several lines and last commas are taken, at their places', () => {
    const text = [
      '// a comment, with "quotes"',
      '{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", /* its // version */',
      '  "contentVersion": "1.0.0.0",',
      '  "resources": [',
      '    { "type": "Microsoft.Network/things", "name": "[concat(',
      "        'a',",
      "        'b')]\",",
      '      "properties": { "uri": "http://x/*y*/", },',
      '    },',
      '  ] }',
    ].join('\n')
    const made = expandTemplate({ path: 'a.json', text }, undefined, PLACE)
    expect(made.diagnostics).toEqual([])
    expect(made.bodies).toMatchObject([{ name: 'ab', properties: { uri: 'http://x/*y*/' } }])
    expect(made.document.placeOf(made.bodies[0]?.properties, 'uri')).toEqual({ line: 8, column: 23 })
  })

  test('a mistake that is none of those is still one', () => {
    const text = templateText({}).replace('"resources"', 'resources')
    expect(expandTemplate({ path: 'a.json', text }).diagnostics[0]?.code).toBe('NT1001')
  })

  test('a parameters file may have comments', () => {
    const parameters = { path: 'a.parameters.json', text: `// values\n${parametersText({ n: 'x' })}` }
    const text = templateText({
      parameters: { n: { type: 'string' } },
      resources: [{ type: 'Microsoft.Network/things', name: "[parameters('n')]" }],
    })
    expect(expandTemplate({ path: 'a.json', text }, parameters, PLACE).bodies[0]?.name).toBe('x')
  })
})
