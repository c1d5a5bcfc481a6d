import { expect, test } from 'vitest'
import { connect } from '../../../src/diagnose/index.ts'
import { connectionText } from '../../../src/report/index.ts'
import { prepare } from '../../../src/trace/index.ts'
import { type Json, nsg, rule } from '../../importers/azure/arm.ts'
import { networkOf } from './asked.ts'
import { consumer, endpoint, provider, service } from './private-link-bodies.ts'

const group = nsg(
  'backends',
  rule('Inbound', 100, 'Allow', '*', 'AzureLoadBalancer', '*', '*'),
  rule('Inbound', 200, 'Allow', 'Tcp', '10.1.0.0/16', '*', '8443'),
  rule('Inbound', 4000, 'Deny', '*', '*', '*', '*'),
)

/** The answer as a person reads it, places of files and notes left out. */
function answer(bodies: readonly Json[]): string[] {
  const text = connectionText(connect(prepare(networkOf({ bodies })), 'client', '10.1.0.4:443'), { verbose: false })
  return text
    .replace(/ +azure\.json:\d+:\d+/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !line.startsWith('note '))
}

test('the answer of a backend’s NSG that allows the consumer’s addresses reads whole', () => {
  const bodies = [consumer(), endpoint('Approved', 'privateLinkServiceConnections'), service(), provider(group)].flat()
  expect(answer(bodies)).toEqual([
    '✗ blocked  client → 10.1.0.4:443/tcp    dropped',
    '  You will see: "Connection timed out" (ETIMEDOUT): it is dropped without a word',
    '',
    'there  tcp 10.1.1.4:40000 -> 10.1.0.4:443',
    '   1 ✓ client      route 0.0.0.0/0 to consumer/s (subnet)',
    '   2 ✓ consumer/s  route 10.1.0.4/32 on vnet (private endpoint pe (10.1.0.4))',
    '   3 ✓ pe          private link service pls load balancer frontend: destination 10.1.0.4:443 becomes 10.9.1.100:443, then to pls',
    '   4 ✓ pls         private link service pls NAT address: source 10.1.1.4:40000 becomes 10.9.2.5:40000, then on vnet:provider',
    '   5 ✓ lb          route 0.0.0.0/0 via 10.9.1.4 on vnet:provider (backend web)',
    '   6 ✗ web         NSG backends inbound rule 4000 r4000 drops',
    '                     load balancer lb rule https: destination 10.9.1.100:443 becomes 10.9.1.4:8443',
    'back   not asked: the packet does not arrive',
    '',
    'cause  NSG backends inbound rule 4000 r4000 drops; rule 100 r100 and rule 200 r200 would accept it but for the source (10.9.2.5) [denied]',
    'next   nettrace rules web',
    '',
  ])
})
