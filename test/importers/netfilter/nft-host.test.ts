import { describe, expect, test } from 'vitest'
import { codes, host } from './host-text.ts'

const chain = (name: string, hook: string, ...rules: string[]) =>
  `chain ${name} {\n\ttype ${hook}\n\t${rules.join('\n\t')}\n}\n`
const table = (family: string, name: string, ...chains: string[]) => `table ${family} ${name} {\n${chains.join('')}}\n`
const SAVED = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -p tcp -j ACCEPT
COMMIT
`

describe('where base chains stand', () => {
  test.for([
    ['-250', ['nft ip t/c', 'track', 'nft ip t/zero']],
    ['raw', ['nft ip t/c', 'track', 'nft ip t/zero']],
    ['-200', ['track', 'nft ip t/c', 'nft ip t/zero']],
    ['filter - 10', ['track', 'nft ip t/c', 'nft ip t/zero']],
    ['mangle + 151', ['track', 'nft ip t/zero', 'nft ip t/c']],
    ['security', ['track', 'nft ip t/zero', 'nft ip t/c']],
  ] as const)('priority %s at output', ([priority, expected]) => {
    const { device } = host(
      table(
        'ip',
        't',
        chain('zero', 'filter hook output priority filter; policy accept;', 'tcp dport 1 drop'),
        chain('c', `filter hook output priority ${priority}; policy accept;`, 'tcp dport 2 drop'),
      ),
    )
    expect(device.pipeline.output.map((one) => ('ruleSet' in one ? one.ruleSet : one.kind))).toEqual(expected)
  })

  test('chains of nft stand among the tables of iptables by priority', () => {
    const { device } = host(
      SAVED,
      table(
        'inet',
        'k',
        chain('late', 'filter hook forward priority filter + 10; policy accept;', 'udp dport 6000 drop'),
        chain('early', 'filter hook forward priority -5; policy accept;', 'udp dport 6001 drop'),
      ),
    )
    expect(device.pipeline.forward).toEqual([
      { kind: 'filter', ruleSet: 'nft inet k/early' },
      { kind: 'filter', ruleSet: 'filter/FORWARD' },
      { kind: 'filter', ruleSet: 'nft inet k/late' },
    ])
  })

  test('a chain that translates does so where nat does, whatever its priority (kernel: nf_nat)', () => {
    const { device } = host(
      table(
        'ip',
        't',
        chain('n', 'nat hook prerouting priority filter; policy accept;', 'tcp dport 80 dnat to 10.0.0.1'),
        chain('f', 'filter hook prerouting priority -50; policy accept;', 'tcp dport 81 drop'),
      ),
    )
    expect(device.pipeline.prerouting).toEqual([
      { kind: 'track' },
      { kind: 'translate', ruleSet: 'nft ip t/n' },
      { kind: 'filter', ruleSet: 'nft ip t/f', seesLoopback: true },
    ])
  })

  test('where one chain translates, replies find a stage at all four hooks', () => {
    const { device } = host(
      table('inet', 't', chain('n', 'nat hook postrouting priority srcnat; policy accept;', 'masquerade')),
    )
    for (const hook of ['prerouting', 'input', 'output', 'postrouting'] as const) {
      expect(device.pipeline[hook].filter((one) => one.kind === 'translate')).toHaveLength(1)
    }
  })

  test('a chain at a hook of frames is not modelled, and says so', () => {
    const { device, diagnostics } = host(
      table('inet', 't', chain('i', 'filter hook ingress device "eth0" priority 0; policy accept;', 'drop')),
    )
    expect(device.pipeline.prerouting).toEqual([{ kind: 'track' }])
    expect(codes(diagnostics)).toEqual(['NT1543'])
  })
})

describe('two chains of one priority', () => {
  const mark = (rule: string) => chain(`c${rule.length}`, 'filter hook forward priority filter; policy accept;', rule)

  test('are warned of when one tests the mark the other sets', () => {
    const { device, diagnostics } = host(
      table('ip', 'a', mark('meta mark set 1')),
      table('ip', 'b', mark('meta mark 1 reject')),
    )
    expect(codes(diagnostics)).toEqual(['NT1545'])
    // The one registered last runs first; tables are listed in the order they were made.
    expect(device.pipeline.forward.map((one) => 'ruleSet' in one && one.ruleSet)).toEqual([
      'nft ip b/c18',
      'nft ip a/c15',
    ])
  })

  test('are no matter when both only accept and drop', () => {
    const { diagnostics } = host(
      table('ip', 'a', mark('tcp dport 1 drop')),
      table('ip', 'b', mark('tcp dport 22 drop')),
    )
    expect(codes(diagnostics)).toEqual([])
  })

  test('are no matter when they are of different families', () => {
    const { diagnostics } = host(
      table('ip', 'a', mark('meta mark set 1')),
      table('ip6', 'b', mark('meta mark 1 reject')),
    )
    expect(codes(diagnostics)).toEqual([])
  })

  test('are warned of when both translate, iptables being one of them', () => {
    const nat = '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.9\nCOMMIT\n'
    const { diagnostics } = host(
      nat,
      table(
        'inet',
        't',
        chain('d', 'nat hook prerouting priority dstnat; policy accept;', 'tcp dport 80 dnat ip to 10.0.0.1'),
      ),
    )
    expect(codes(diagnostics)).toEqual(['NT1545'])
  })
})

describe('what is in the export', () => {
  test('a table that iptables-save printed too is taken from there', () => {
    const { device, diagnostics } = host(
      SAVED,
      table(
        'ip',
        'filter',
        chain('FORWARD', 'filter hook forward priority filter; policy drop;', 'xt match "tcp" accept'),
      ),
    )
    expect(codes(diagnostics)).toEqual(['NT1546'])
    expect(device.pipeline.forward).toEqual([{ kind: 'filter', ruleSet: 'filter/FORWARD' }])
  })

  test('a table of another name beside iptables-save stays', () => {
    const { device } = host(SAVED, table('ip', 'mine', chain('f', 'filter hook forward priority filter; policy drop;')))
    expect(device.pipeline.forward).toHaveLength(2)
  })

  test('nft among iptables-save in one file is read where it stands', () => {
    const text = `# nft list ruleset\n${table('ip', 'mine', chain('f', 'filter hook forward priority filter; policy drop;', 'accept'))}${SAVED}`
    const { device } = host(text)
    expect(device.ruleSets['filter/FORWARD']?.rules[0]?.source).toMatchObject({ line: 12 })
    expect(device.ruleSets['nft ip mine/f']?.rules[0]?.source).toMatchObject({ kind: 'line', line: 5, text: 'accept' })
  })

  test('an empty rule set is a rule set', () => {
    const { device } = host('{"nftables":[{"metainfo":{"version":"1.0.6"}}]}')
    expect(device.notModelled).toEqual([])
    expect(Object.keys(device.ruleSets)).toEqual([])
  })

  test('rules of JSON stand at their pointer', () => {
    const text =
      '{"nftables":[{"table":{"family":"ip","name":"t"}},{"chain":{"family":"ip","table":"t","name":"c"}},\n {"rule":{"family":"ip","table":"t","chain":"c","handle":4,"comment":"why","expr":[{"drop":null}]}}]}'
    const [rule] = host(text).device.ruleSets['nft ip t/c']?.rules ?? []
    expect(rule).toMatchObject({ name: '#1', comment: 'why', source: { pointer: '/nftables/2/rule', line: 2 } })
  })

  test('frames and dormant tables are no part of what a routed packet meets', () => {
    const { device, diagnostics } = host(
      table('bridge', 'b', chain('f', 'filter hook forward priority 0; policy accept;', 'drop')) +
        `table ip asleep {\nflags dormant\n${chain('f', 'filter hook forward priority 0; policy drop;')}}\n`,
    )
    expect(Object.keys(device.ruleSets)).toEqual([])
    expect(codes(diagnostics)).toEqual(['NT1542', 'NT1541'])
  })

  test('a table of ip lets packets of IPv6 through, where there are any', () => {
    const forward = chain('f', 'filter hook forward priority 0; policy drop;')
    const { device } = host(table('ip', 'four', forward) + table('inet', 'both', forward))
    expect(device.ruleSets['nft ip four/f']?.rules.map((rule) => [rule.name, rule.action.kind])).toEqual([
      ['IPv6 packets', 'accept'],
    ])
    expect(host(table('ip', 'four', forward)).device.ruleSets['nft ip four/f']?.rules).toEqual([])
  })

  test('a loop of chains, which no kernel loads, is cut', () => {
    const { device, diagnostics } = host('table ip t {\nchain a {\njump b\n}\nchain b {\ngoto a\n}\n}\n')
    expect(device.ruleSets['nft ip t/b']?.rules[0]?.action.kind).toBe('opaque')
    expect(codes(diagnostics)).toEqual(['NT1544'])
  })

  test('a file that is cut is read as far as it goes', () => {
    const { device, diagnostics } = host(
      'table ip t {\nchain a {\ntype filter hook input priority 0; policy drop;\ntcp dport 22 accept\n',
    )
    expect(device.ruleSets['nft ip t/a']?.rules).toHaveLength(1)
    expect(codes(diagnostics)).toEqual(['NT1530'])
  })
})
