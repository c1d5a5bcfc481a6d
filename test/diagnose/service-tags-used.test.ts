import { expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import { connectionJson, connectionText } from '../../src/report/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { prepare } from '../../src/trace/index.ts'

const { network } = loadTopology('topologies/vision-plant.yaml')
const plant = prepare(network)
const edition = (from: string, to: string) =>
  connect(plant, from, to).notes.filter((one) => one.startsWith('service tags: '))

test.for([
  // NSG rules above the one that decides were asked too; the firewall's network rule names a tag in a list of them.
  ['train', 'mcr.microsoft.com:443', /^service tags: change number 376 \(AzureActiveDirectory, .* more\)$/],
  // A service endpoint's route is made of its service's tag.
  ['train', 'amlbatchwe01.blob.core.windows.net:443', /Storage\.westeurope|more/],
] as const)('%s to %s uses the list of service tags, and the answer names its change number', ([from, to, words]) => {
  expect(edition(from, to)).toEqual([expect.stringMatching(words)])
  const connection = connect(plant, from, to)
  expect(connectionText(connection, { verbose: false })).toMatch(/^note +service tags: change number 376 \(/m)
  expect(connectionJson(connection).notes).toContainEqual(expect.stringMatching(words))
})

test.for([
  ['guest', 'stmlvision.blob.core.windows.net:443'],
  ['eng-ws', 'nas:445'],
] as const)('%s to %s meets no rule or route with a service tag: no list is named', ([from, to]) => {
  expect(edition(from, to)).toEqual([])
})

test('without a list no edition is named', () => {
  const { serviceTags, ...without } = network
  expect(serviceTags?.changeNumber).toBe(376)
  const connection = connect(prepare(without), 'train', 'mcr.microsoft.com:443')
  expect(connection.notes.filter((one) => one.startsWith('service tags: '))).toEqual([])
})
