import { describe, expect, test } from 'vitest'
import { connect } from '../../src/diagnose/index.ts'
import { loadTopology } from '../../src/topology/index.ts'
import { type PreparedNetwork, prepare } from '../../src/trace/index.ts'
import { memory } from '../topology/small-estate.ts'
import { EDGEOS } from './edgeos.ts'
import { NETFILTER } from './netfilter.ts'
import { NFTABLES } from './nftables.ts'
import { type Dialect, filesAround, VERDICTS } from './policy.ts'
import { ROUTEROS } from './routeros.ts'
import { UCI } from './uci.ts'
import { UNIFI } from './unifi.ts'
import { UNIFI_ZONES } from './unifi-zones.ts'

const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ['RouterOS', ROUTEROS],
  ['OpenWrt', UCI],
  ['UniFi', UNIFI],
  ['UniFi with zones', UNIFI_ZONES],
  ['EdgeOS', EDGEOS],
  ['iptables', NETFILTER],
  ['nftables', NFTABLES],
]

function networkOf(dialect: Dialect): PreparedNetwork {
  const topology = loadTopology('lab/lab.yaml', { reader: memory(filesAround(dialect)) })
  const wrong = topology.diagnostics.filter((one) => one.severity !== 'note')
  if (wrong.length > 0) throw new Error(wrong.map((one) => `${one.code} ${one.message}`).join('\n'))
  return prepare(topology.network)
}

describe.for(DIALECTS)('the policy written for %s', ([, dialect]) => {
  const prepared = networkOf(dialect)
  test.for(VERDICTS)('%s to %s: %s', ([from, to, expected]) => {
    const { works, outcome, decidedBy } = connect(prepared, from, to)
    expect(`${works}: ${outcome}`, `${decidedBy.text}`).toBe(expected)
  })
})

test('without its exception from masquerading the branch is not reached', () => {
  const text = EDGEOS.files['config.boot'] ?? ''
  const files = { 'config.boot': text.replace('exclude\n', '') }
  const { works } = connect(networkOf({ ...EDGEOS, files }), 'pc', 'branch:443/tcp')
  expect(works).toBe('no')
})
