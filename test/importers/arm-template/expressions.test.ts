import { describe, expect, test } from 'vitest'
import { evaluated, GROUP, PLACE } from './evaluated.ts'

const ROWS: readonly (readonly [string, unknown])[] = [
  // What is an expression and what is text.
  ['plain', 'plain'],
  ['[[escaped]', '[escaped]'],
  ['[not closed', '[not closed'],
  ['closed only]', 'closed only]'],
  ["['']", ''],
  ["['it''s']", "it's"],
  ["[ concat( 'a' , 'b' ) ]", 'ab'],
  ['[-5]', -5],
  // Parameters, variables and members, in any case.
  ["[parameters('name')]", 'hub'],
  ["[PARAMETERS('NAME')]", 'hub'],
  ["[parameters('maybe')]", null],
  ["[parameters('quoted')]", "it's"],
  ["[variables('chained')]", '2-hub'],
  ["[variables('prefixes')[1]]", '10.1.0.0/16'],
  ["[variables('sizes').large.cpu]", 8],
  ["[variables('sizes')['large']['CPU']]", 8],
  ["[variables('sizes')[parameters('name')]]", undefined],
  ["[variables('rows')[1].index]", 1],
  ["[variables('sizes').?medium.?cpu]", null],
  // Texts.
  ["[concat('a', 1, parameters('flag'))]", 'a1True'],
  ["[format('{0}-{1}/{0}', 'x', 2)]", 'x-2/x'],
  ["[format('{{{0}}}', 'x')]", '{x}'],
  ["[format('{0:D3}|{1:X2}|{2:N0}', 7, 255, 8175133)]", '007|FF|8,175,133'],
  ["[format('{0,4}|{0,-4}|', 'ab')]", '  ab|ab  |'],
  ["[toLower('ABC')]", 'abc'],
  ["[toUpper('abc')]", 'ABC'],
  ["[trim('  a b ')]", 'a b'],
  ["[substring('contoso', 1, 3)]", 'ont'],
  ["[substring('contoso', 4)]", 'oso'],
  ["[replace('a-b-c', '-', '')]", 'abc'],
  ["[split('a,b;c', createArray(',', ';'))]", ['a', 'b', 'c']],
  ["[split('a/b', '/')[1]]", 'b'],
  ["[padLeft(7, 3, '0')]", '007'],
  ["[padLeft('7', 2)]", ' 7'],
  ["[startsWith('Contoso', 'con')]", true],
  ["[endsWith('Contoso', 'SO')]", true],
  ["[indexOf('contoso', 'O')]", 1],
  ["[lastIndexOf('contoso', 'o')]", 6],
  ["[indexOf('abc', 'z')]", -1],
  ["[string(createObject('a', 1))]", '{"a":1}'],
  ['[string(12)]', '12'],
  ["[join(createArray('a', 'b'), '; ')]", 'a; b'],
  ["[first('one')]", 'o'],
  ["[last('one')]", 'e'],
  ["[base64('abc')]", 'YWJj'],
  ["[base64ToString('YWJj')]", 'abc'],
  ['[base64ToJson(base64(\'{"a":[1]}\')).a[0]]', 1],
  ["[dataUriToString(dataUri('Hello'))]", 'Hello'],
  ["[uri('https://contoso.org/firstpath/', 'my/script.sh')]", 'https://contoso.org/firstpath/my/script.sh'],
  ["[uri('https://contoso.org/firstpath', '/my/script.sh')]", 'https://contoso.org/my/script.sh'],
  ["[uri('https://contoso.org', 'a')]", 'https://contoso.org/a'],
  ["[uriComponent('a b')]", 'a%20b'],
  ["[uriComponentToString('a%20b')]", 'a b'],
  ["[length(uniqueString('a'))]", 13],
  ["[equals(uniqueString('a'), uniqueString('b'))]", false],
  ["[length(guid('a', 'b'))]", 36],
  // Numbers and truths.
  ['[add(2, 3)]', 5],
  ['[sub(2, 3)]', -1],
  ['[mul(2, 3)]', 6],
  ['[div(7, 2)]', 3],
  ['[mod(7, 3)]', 1],
  ['[min(4, 2, 9)]', 2],
  ['[max(createArray(4, 2, 9))]', 9],
  ["[int('42')]", 42],
  ["[float('4.5')]", 4.5],
  ["[bool('True')]", true],
  ['[bool(0)]', false],
  ['[not(true())]', false],
  ["[if(equals(1, 1), 'yes', parameters('needed'))]", 'yes'],
  ["[and(false(), equals(parameters('needed'), 'x'))]", false],
  ["[or(equals(parameters('needed'), 'x'), true())]", true],
  ['[and(true(), true(), not(false()))]', true],
  ["[equals('a', 'A')]", false],
  ["[equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))]", true],
  ["[equals(null(), json('null'))]", true],
  ["[less('a', 'b')]", true],
  ['[lessOrEquals(2, 2)]', true],
  ['[greater(2, 2)]', false],
  ['[greaterOrEquals(3, 2)]', true],
  ["[coalesce(null(), parameters('maybe'), 'third')]", 'third'],
  // Arrays and objects.
  ["[array('a')]", ['a']],
  ['[createArray()]', []],
  ['[concat(createArray(1), createArray(2, 3))]', [1, 2, 3]],
  ["[contains('abc', 'b')]", true],
  ['[contains(createArray(1, 2), 2)]', true],
  ["[contains(createObject('Key', 1), 'key')]", true],
  ['[empty(createArray())]', true],
  ["[empty('')]", true],
  ["[empty(createObject('a', 1))]", false],
  ['[first(createArray(4, 5))]', 4],
  ['[last(createArray(4, 5))]', 5],
  ['[indexFromEnd(createArray(4, 5, 6), 2)]', 5],
  ['[intersection(createArray(1, 2, 3), createArray(3, 2))]', [2, 3]],
  ['[length(range(5, 4))]', 4],
  ['[range(5, 3)]', [5, 6, 7]],
  ['[skip(createArray(1, 2, 3), 1)]', [2, 3]],
  ["[take('abcdef', 2)]", 'ab'],
  ['[union(createArray(1, 2), createArray(2, 3))]', [1, 2, 3]],
  ["[union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2)))]", { a: { x: 1, y: 2 } }],
  ["[shallowMerge(createArray(createObject('a', 1), createObject('a', 2, 'b', 3)))]", { a: 2, b: 3 }],
  [
    "[items(createObject('b', 2, 'a', 1))]",
    [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ],
  ],
  ["[objectKeys(createObject('b', 2, 'a', 1))]", ['a', 'b']],
  ["[tryGet(variables('sizes'), 'small', 'cpu')]", 2],
  ["[tryGet(variables('sizes'), 'none')]", null],
  ['[json(\'{"a": [1, {"b": null}]}\').a[1]]', { b: null }],
  // Lambdas.
  ["[map(range(1, 3), lambda('n', mul(lambdaVariables('n'), 2)))]", [2, 4, 6]],
  ["[map(variables('objects'), lambda('o', lambdaVariables('o').name))]", ['a', 'b', 'c']],
  [
    "[map(filter(variables('objects'), lambda('o', equals(lambdaVariables('o').age, 3))), lambda('o', lambdaVariables('o').name))]",
    ['a', 'c'],
  ],
  ["[reduce(range(1, 4), 0, lambda('sum', 'n', add(lambdaVariables('sum'), lambdaVariables('n'))))]", 10],
  ["[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]", [1, 2, 3]],
  [
    "[toObject(variables('objects'), lambda('o', lambdaVariables('o').name), lambda('o', lambdaVariables('o').age))]",
    { a: 3, b: 1, c: 3 },
  ],
  ["[mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))]", { a: 2 }],
  ["[length(groupBy(variables('objects'), lambda('o', string(lambdaVariables('o').age)))['3'])]", 2],
  // Address prefixes.
  [
    "[parseCidr('10.144.0.0/20')]",
    {
      network: '10.144.0.0',
      netmask: '255.255.240.0',
      broadcast: '10.144.15.255',
      firstUsable: '10.144.0.1',
      lastUsable: '10.144.15.254',
      cidr: 20,
    },
  ],
  ["[cidrSubnet('10.144.0.0/20', 24, 3)]", '10.144.3.0/24'],
  ["[cidrSubnet('2001:db8::/32', 48, 1)]", '2001:db8:1::/48'],
  ["[cidrHost('10.144.3.0/24', 0)]", '10.144.3.1'],
  // The place of the deployment.
  ['[subscription().subscriptionId]', PLACE.subscriptionId],
  ['[subscription().tenantId]', PLACE.tenantId],
  ['[resourceGroup().location]', 'westeurope'],
  ['[resourceGroup().id]', GROUP],
  ['[environment().suffixes.storage]', 'core.windows.net'],
  ["[resourceId('Microsoft.Network/virtualNetworks', 'v')]", `${GROUP}/providers/Microsoft.Network/virtualNetworks/v`],
  [
    "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]",
    `${GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`,
  ],
  [
    "[resourceId('other', 'Microsoft.Network/virtualNetworks', 'v')]",
    `/subscriptions/${PLACE.subscriptionId}/resourceGroups/other/providers/Microsoft.Network/virtualNetworks/v`,
  ],
  [
    "[resourceId('s-1', 'other', 'Microsoft.Network/virtualNetworks', 'v')]",
    '/subscriptions/s-1/resourceGroups/other/providers/Microsoft.Network/virtualNetworks/v',
  ],
  [
    "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')]",
    `/subscriptions/${PLACE.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/r`,
  ],
  [
    "[tenantResourceId('Microsoft.Authorization/roleDefinitions', 'r')]",
    '/providers/Microsoft.Authorization/roleDefinitions/r',
  ],
  [
    "[extensionResourceId('/a/b', 'Microsoft.Insights/diagnosticSettings', 'd')]",
    '/a/b/providers/Microsoft.Insights/diagnosticSettings/d',
  ],
  ['[dateTimeFromEpoch(0)]', '1970-01-01T00:00:00Z'],
  ["[dateTimeToEpoch('1970-01-01T00:01:00Z')]", 60],
]

describe('an expression of an ARM template', () => {
  test.for(ROWS.filter(([, value]) => value !== undefined))('%s is %j', ([expression, wanted]) => {
    const { value, because } = evaluated(expression)
    expect({ value, because }).toEqual({ value: wanted, because: undefined })
  })

  test.for<readonly [string, string]>([
    ["[parameters('needed')]", 'parameter "needed" has neither a value nor a default'],
    ["[parameters('choice')]", 'parameter "choice" has neither a value nor a default'],
    ["[parameters('nothing')]", 'there is no parameter "nothing"'],
    ["[variables('nothing')]", 'there is no variable "nothing"'],
    ["[variables('loop')]", 'variable "loop" depends on itself'],
    ["[variables('sizes').medium]", 'there is no member "medium"'],
    ["[variables('prefixes')[2]]", 'there is no element 2 in an array of 2'],
    ["[listKeys('x', '2020-01-01').key]", 'listkeys() asks Azure for keys or secrets'],
    ["[reference('/subscriptions/x/other').y]", '/subscriptions/x/other is not in this template: its state is unknown'],
    ['[utcNow()]', 'utcNow() is another one in every deployment'],
    ['[newGuid()]', 'newGuid() is another one in every deployment'],
    ['[conjure(1)]', 'conjure() is not a function that is known here'],
    ['[add(1)]', 'add() does not take 1 arguments'],
    ["[add('a', 1)]", 'add() cannot take a text and a number'],
    ['[div(1, 0)]', 'div() divides by zero'],
    ["[substring('abc', 2, 5)]", 'substring() reaches past the end of the text'],
    ["[format('{1}', 'a')]", 'format() has no argument for {1}'],
    ['[copyIndex()]', 'copyIndex() stands in no loop'],
    [
      "[resourceId('Microsoft.Network/virtualNetworks', 'v', 's')]",
      'resourceId() needs a name for each part of the type',
    ],
    ['[concat(]', 'is not expected there'],
    ["[concat('a]", 'its words cannot be read'],
    ["[if(parameters('needed'), 1, 2)]", 'parameter "needed"'],
    ["[equals(createArray(parameters('needed')), createArray('x'))]", 'parameter "needed"'],
    ['[range(0, 100000000)]', 'range() cannot take'],
    ["[padLeft('a', 100000000)]", 'padLeft() cannot take'],
  ])('%s is unknown, because %s', ([expression, why]) => {
    const { value, because } = evaluated(expression)
    expect(because).toContain(why)
    // The text stays, so that no reader takes the property for absent.
    expect(value).toBe(expression)
  })

  test('functions the template declares see their own parameters only', () => {
    const functions = [
      {
        namespace: 'contoso',
        members: {
          named: {
            parameters: [{ name: 'what', type: 'string' }],
            output: { type: 'string', value: "[concat('c-', toLower(parameters('what')))]" },
          },
          peeking: { parameters: [], output: { type: 'string', value: "[variables('chained')]" } },
        },
      },
    ]
    expect(evaluated("[contoso.named('VNET')]", { functions }).value).toBe('c-vnet')
    expect(evaluated('[contoso.peeking()]', { functions }).because).toContain('cannot use variables')
  })
})
