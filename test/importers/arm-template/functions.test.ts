import { describe, expect, test } from 'vitest'
import { evaluated } from './evaluated.ts'

// Object, lambda and CIDR rows, and the first half of the array ones, were held against their pages; the others are from memory.
const DOGS = [
  { name: 'Evie', age: 5, interests: ['Ball', 'Frisbee'] },
  { name: 'Casper', age: 3, interests: ['Other dogs'] },
  { name: 'Indy', age: 2, interests: ['Butter'] },
  { name: 'Kira', age: 8, interests: ['Rubs'] },
]
const OBJECT = { one: 'a', two: 'b', three: 'c' }
const VARIABLES = {
  dogs: DOGS,
  object: OBJECT,
  second: { one: 'a', two: 'z', three: 'c' },
  array: ['one', 'two', 'three'],
  deep1: { property: { one: 'a', two: 'b', three: 'c1' }, nestedArray: [1, 2] },
  deep2: { property: { three: 'c2', four: 'd', five: 'e' }, nestedArray: [3, 4] },
  lists1: [['one', 'two'], ['three']],
  lists2: [['three'], ['four', 'two']],
  entities: {
    item002: { enabled: false, displayName: 'Example item 2', number: 200 },
    item001: { enabled: true, displayName: 'Example item 1', number: 300 },
  },
  ages: "[map(variables('dogs'), lambda('dog', lambdaVariables('dog').age))]",
}

/** The examples of Microsoft Learn's pages with the results they print. */
const PAGES: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  'Array functions for ARM templates': [
    ['array(1)', [1]],
    ["array('efgh')", ['efgh']],
    ["array(variables('object'))", [OBJECT]],
    ["contains('OneTwoThree', 'e')", true],
    ["contains('OneTwoThree', 'z')", false],
    ["contains(variables('object'), 'one')", true],
    ["contains(variables('object'), 'a')", false],
    ["contains(variables('array'), 'three')", true],
    ["contains(variables('array'), 'four')", false],
    ["createArray(variables('array'))", [['one', 'two', 'three']]],
    ["first('One Two Three')", 'O'],
    ["intersection(variables('object'), variables('second'))", { one: 'a', three: 'c' }],
    ["intersection(variables('array'), createArray('two', 'three'))", ['two', 'three']],
    ["last('One Two Three')", 'e'],
    ["length('One Two Three')", 13],
    ['max(createArray(0, 3, 2, 5, 4))', 5],
    ['min(0, 3, 2, 5, 4)', 0],
    ['range(5, 3)', [5, 6, 7]],
    ["skip(variables('array'), 2)", ['three']],
    ["skip('one two three', 4)", 'two three'],
    ["take(variables('array'), 2)", ['one', 'two']],
    ["take('one two three', 2)", 'on'],
    ["indexOf(variables('array'), 'two')", 1],
    ["lastIndexOf(createArray('one', 'two', 'one'), 'one')", 2],
    ["indexFromEnd(variables('array'), 2)", 'two'],
    ["tryIndexFromEnd(variables('array'), 9)", null],
  ],
  'Object functions for ARM templates': [
    [
      "items(variables('entities'))",
      [
        { key: 'item001', value: VARIABLES.entities.item001 },
        { key: 'item002', value: VARIABLES.entities.item002 },
      ],
    ],
    ["empty(json('null'))", true],
    ['json(\'{"a": "b"}\')', { a: 'b' }],
    ["json(variables('object').one)", undefined],
    ["json('3')", 3],
    ["json('[1,2,3]')", [1, 2, 3]],
    ["json(concat('{\"a\": \"', 'demo value', '\"}'))", { a: 'demo value' }],
    [
      "union(variables('deep1'), variables('deep2'))",
      { property: { one: 'a', two: 'b', three: 'c2', four: 'd', five: 'e' }, nestedArray: [3, 4] },
    ],
    ["union(variables('lists1'), variables('lists2'))", [['one', 'two'], ['three'], ['four', 'two']]],
    ["union(createArray('one', 'two', 'three'), createArray('three', 'four'))", ['one', 'two', 'three', 'four']],
    ["shallowMerge(createArray(variables('deep1'), variables('deep2')))", VARIABLES.deep2],
    ["objectKeys(createObject('a', 1, 'b', 2))", ['a', 'b']],
    ["tryGet(variables('object'), 'four')", null],
    ["tryGet(variables('lists1'), 1, 0)", 'three'],
    ["tryGet(variables('lists1'), 5, 0)", null],
  ],
  'Lambda functions for ARM templates': [
    ["filter(variables('dogs'), lambda('dog', greaterOrEquals(lambdaVariables('dog').age, 5)))", [DOGS[0], DOGS[3]]],
    ["filter(range(0, 10), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))", [0, 2, 4, 6, 8]],
    [
      "map(variables('dogs'), lambda('dog', format('Hello {0}!', lambdaVariables('dog').name)))",
      ['Hello Evie!', 'Hello Casper!', 'Hello Indy!', 'Hello Kira!'],
    ],
    [
      "first(map(range(0, length(variables('dogs'))), lambda('i', createObject('i', lambdaVariables('i'), 'dog', variables('dogs')[lambdaVariables('i')].name))))",
      { i: 0, dog: 'Evie' },
    ],
    ["map(createArray('a', 'b'), lambda('e', 'i', lambdaVariables('i')))", [0, 1]],
    ["reduce(variables('ages'), 1, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))", 19],
    [
      "reduce(createArray(createObject('foo', 123), createObject('bar', 456)), createObject(), lambda('cur', 'next', union(lambdaVariables('cur'), lambdaVariables('next'))))",
      { foo: 123, bar: 456 },
    ],
    [
      "sort(variables('dogs'), lambda('a', 'b', less(lambdaVariables('a').age, lambdaVariables('b').age)))",
      [DOGS[2], DOGS[1], DOGS[0], DOGS[3]],
    ],
    [
      "toObject(variables('dogs'), lambda('entry', lambdaVariables('entry').name), lambda('entry', lambdaVariables('entry').age))",
      { Evie: 5, Casper: 3, Indy: 2, Kira: 8 },
    ],
    [
      "groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))",
      { f: ['foo'], b: ['bar', 'baz'] },
    ],
    ["mapValues(createObject('foo', 'x'), lambda('val', toUpper(lambdaVariables('val'))))", { foo: 'X' }],
  ],
  'CIDR functions for ARM templates': [
    [
      "parseCidr('fdad:3236:5555::/48')",
      {
        network: 'fdad:3236:5555::',
        netmask: 'ffff:ffff:ffff::',
        firstUsable: 'fdad:3236:5555::',
        lastUsable: 'fdad:3236:5555:ffff:ffff:ffff:ffff:ffff',
        cidr: 48,
      },
    ],
    [
      "map(range(0, 5), lambda('i', cidrSubnet('10.144.0.0/20', 24, lambdaVariables('i'))))",
      ['10.144.0.0/24', '10.144.1.0/24', '10.144.2.0/24', '10.144.3.0/24', '10.144.4.0/24'],
    ],
    ["cidrSubnet('fdad:3236:5555::/48', 52, 4)", 'fdad:3236:5555:4000::/52'],
    ["cidrHost('10.144.3.0/24', 4)", '10.144.3.5'],
    ["cidrHost('fdad:3236:5555:3000::/52', 0)", 'fdad:3236:5555:3000::1'],
    // The usable addresses of a /24 end at .254.
    ["cidrHost('192.168.1.0/24', 253)", '192.168.1.254'],
    ["cidrHost('192.168.1.0/24', 254)", undefined],
  ],
  'String functions for ARM templates': [
    ["base64('one, two, three')", 'b25lLCB0d28sIHRocmVl'],
    ["base64ToString('b25lLCB0d28sIHRocmVl')", 'one, two, three'],
    ["base64ToJson(base64('{''one'': ''a'', ''two'': ''b''}'))", { one: 'a', two: 'b' }],
    ["dataUri('Hello')", 'data:text/plain;charset=utf8;base64,SGVsbG8='],
    ["dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", 'Hello, World!'],
    ["endsWith('abcdef', 'F')", true],
    ["endsWith('abcdef', 'e')", false],
    [
      "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)",
      'Hello, User. Formatted number: 8,175,133',
    ],
    ["indexOf('abcdef', 'CD')", 2],
    ["lastIndexOf('abcdef', 'AB')", 0],
    ["join(variables('array'), ',')", 'one,two,three'],
    ["padLeft('123', 10, '0')", '0000000123'],
    ["replace('123-123-1234', '-', '')", '1231231234'],
    ["replace('123-123-1234', '1234', 'xxxx')", '123-123-xxxx'],
    ["split('one,two,three', ',')", ['one', 'two', 'three']],
    ["split('one;two,three', createArray(',', ';'))", ['one', 'two', 'three']],
    ["startsWith('abcdef', 'A')", true],
    ["string(createArray('a', 'b', 'c'))", '["a","b","c"]'],
    ["string(createObject('valueA', 10, 'valueB', 'Example Text'))", '{"valueA":10,"valueB":"Example Text"}'],
    ["substring('one two three', 4, 3)", 'two'],
    ["trim('    one two three   ')", 'one two three'],
    [
      "uri('http://contoso.com/resources/', 'nested/azuredeploy.json')",
      'http://contoso.com/resources/nested/azuredeploy.json',
    ],
    [
      "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')",
      'http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json',
    ],
  ],
  'Logical, numeric and comparison functions for ARM templates': [
    ["and(bool('true'), bool('false'))", false],
    ["or(bool('true'), bool('false'))", true],
    ['not(equals(1, 2))', true],
    ["if(equals('a', 'a'), 'yes', 'no')", 'yes'],
    ["coalesce(null(), null(), variables('object').one)", 'a'],
    ['add(5, 3)', 8],
    ['div(8, 3)', 2],
    ['div(-8, 3)', -2],
    ['mod(7, 3)', 1],
    ["int('4')", 4],
    ["equals(createArray('a', 'b'), createArray('a', 'b'))", true],
    ["greater('b', 'a')", true],
    ['lessOrEquals(1, 2)', true],
  ],
  'Date functions for ARM templates': [
    ['dateTimeFromEpoch(1683040573)', '2023-05-02T15:16:13Z'],
    ["dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573],
  ],
  'Scope and resource functions for ARM templates': [
    [
      "extensionResourceId(subscription().id, 'Microsoft.Authorization/policyDefinitions', 'p')",
      '/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/policyDefinitions/p',
    ],
    [
      "subscriptionResourceId('s-2', 'Microsoft.Authorization/roleDefinitions', 'r')",
      '/subscriptions/s-2/providers/Microsoft.Authorization/roleDefinitions/r',
    ],
    [
      "tenantResourceId('Microsoft.Management/managementGroups', 'mg')",
      '/providers/Microsoft.Management/managementGroups/mg',
    ],
    [
      "managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', 'p')",
      '/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/p',
    ],
    ['tenant().tenantId', '22222222-2222-2222-2222-222222222222'],
    ['environment().resourceManager', 'https://management.azure.com/'],
    ['environment().suffixes.sqlServerHostname', '.database.windows.net'],
    ['deployment().properties.mode', 'Incremental'],
    ['resourceGroup().name', 'rg-plant'],
  ],
}

describe.for(Object.entries(PAGES))('%s', ([, rows]) => {
  test.for(rows.filter(([, value]) => value !== undefined))('%s is %j', ([expression, wanted]) => {
    const { value, because } = evaluated(`[${expression}]`, { variables: VARIABLES })
    expect({ value, because }).toEqual({ value: wanted, because: undefined })
  })

  test.for(rows.filter(([, value]) => value === undefined))('%s cannot be told', ([expression]) => {
    expect(evaluated(`[${expression}]`, { variables: VARIABLES }).value).toBe(`[${expression}]`)
  })
})

describe('what only Azure can tell stays the text of its expression', () => {
  test.for<readonly [string, string]>([
    ["reference('x', '2024-01-01', 'Full').zones", 'not in this template'],
    ["listKeys(resourceId('Microsoft.Storage/storageAccounts', 's'), '2023-01-01').keys[0].value", 'keys or secrets'],
    ["listAccountSas('x', '2023-01-01', createObject()).accountSasToken", 'keys or secrets'],
    ["pickZones('Microsoft.Compute', 'virtualMachines', 'westeurope')", 'zones'],
    ["toLogicalZone('s', 'westeurope', 'westeurope-az1')", 'zones'],
    ["providers('Microsoft.Web', 'sites').apiVersions[0]", 'providers'],
    ['managementGroup().name', 'management group'],
    ['deployer().objectId', 'who deploys'],
    ["utcNow('d')", 'another one in every deployment'],
    ["dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", 'not evaluated'],
    ['newGuid()', 'another one in every deployment'],
    ["fail('stop here')", 'stop here'],
  ])('%s', ([expression, why]) => {
    const { value, because } = evaluated(`[${expression}]`)
    expect(because).toContain(why)
    expect(value).toBe(`[${expression}]`)
  })
})
