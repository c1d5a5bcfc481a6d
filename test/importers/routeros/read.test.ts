import { describe, expect, test } from 'vitest'
import { readRouteros } from '../../../src/importers/routeros/read.ts'

function read(text: string) {
  return readRouteros({ path: 'r.rsc', text })
}

/** Every command as `menu|verb|key=value ...`. */
function commands(text: string): string[] {
  return read(text).commands.map(({ menu, verb, arguments: words, find }) => {
    const shown = words.map((word) =>
      word.form === 'value' ? `${word.key}=${word.value}` : `${word.form}:${word.key}`,
    )
    const where = find ? [`find(${find.map((word) => `${word.key}=${word.value}`).join(' ')})`] : []
    return [menu, verb, ...where, ...shown].join('|')
  })
}

describe('the header', () => {
  test.for([
    ['# nov/19/2023 13:15:29 by RouterOS 7.9\n# model = L009\n/ip route\nadd gateway=1.1.1.1', '7.9', 'L009'],
    [
      '# 2025-06-26 17:26:06 by RouterOS 7.16.2\n# software id = X\n#\n# model = CRS326-24S+2Q+\n',
      '7.16.2',
      'CRS326-24S+2Q+',
    ],
    ['# RouterOS 6.48.3\n/ip route', '6.48.3', undefined],
    ['/ip route\nadd gateway=1.1.1.1\n# by RouterOS 7.1\n', undefined, undefined],
  ] as const)('%j says version %s and model %s', ([text, version, model]) => {
    expect(read(text).header.version).toBe(version)
    expect(read(text).header.model).toBe(model)
  })
})

describe('lines', () => {
  test.for([
    ['a menu line, then commands in it', '/ip address\nadd address=1.1.1.1/8\n', ['ip address|add|address=1.1.1.1/8']],
    ['the terse form repeats the menu', '/ip address add address=1.1.1.1/8', ['ip address|add|address=1.1.1.1/8']],
    [
      'RouterOS 7 may write the menu with slashes',
      '/ip/firewall/nat/add chain=srcnat',
      ['ip firewall nat|add|chain=srcnat'],
    ],
    [
      'a whole command on one line leaves the menu as it was',
      '/ip firewall mangle\nadd chain=a\n/routing table add name=x fib\nadd chain=b',
      ['ip firewall mangle|add|chain=a', 'routing table|add|name=x|flag:fib', 'ip firewall mangle|add|chain=b'],
    ],
    ['a menu may end in a slash', '/routing/table/ add name=x fib', ['routing table|add|name=x|flag:fib']],
    [
      'a continuation drops the blanks of the next line',
      '/ip address\nadd address=\\\n    1.1.1.1/8 \\\n    interface=a',
      ['ip address|add|address=1.1.1.1/8|interface=a'],
    ],
    [
      'a split inside a token joins it',
      '/ip address\nadd addr\\\n    ess=1.1.\\\n    1.1/8',
      ['ip address|add|address=1.1.1.1/8'],
    ],
    [
      'a split inside quotes keeps blanks written as \\_',
      '/ip address\nadd comment="one\\\n    \\_two"',
      ['ip address|add|comment=one two'],
    ],
    [
      'an escaped backslash at the end is no continuation',
      '/ip dns static\nadd regexp="a\\\\\\\\"\nadd name=b',
      ['ip dns static|add|regexp=a\\\\', 'ip dns static|add|name=b'],
    ],
    ['CRLF files', '/ip address\r\nadd address=\\\r\n    1.1.1.1/8\r\n', ['ip address|add|address=1.1.1.1/8']],
    [
      'comments stand anywhere',
      '/ip address\n# ether1 not ready\nadd address=1.1.1.1/8 # no',
      ['ip address|add|address=1.1.1.1/8|other:#|flag:no'],
    ],
    ['a byte order mark is skipped', '\ufeff/ip address\nadd address=1.1.1.1/8', ['ip address|add|address=1.1.1.1/8']],
    [
      'a prompt is no command',
      '[admin@MikroTik] > /export\n/ip address\nadd address=1.1.1.1/8\n[admin@MikroTik] > ',
      ['ip address|add|address=1.1.1.1/8'],
    ],
  ] as const)('%s', ([, text, wanted]) => {
    expect(commands(text)).toEqual(wanted)
  })

  test('a path glued to the last value of a line is the next menu, as in real terse exports', () => {
    const text =
      '/ip firewall nat add action=masquerade chain=srcnat out-interface="wan A"/ip firewall mangle\n# pppoe-x not ready\nadd action=accept chain=forward out-interface=ether1/ip firewall nat\nadd chain=dstnat'
    expect(commands(text)).toEqual([
      'ip firewall nat|add|action=masquerade|chain=srcnat|out-interface=wan A',
      'ip firewall mangle|add|action=accept|chain=forward|out-interface=ether1',
      'ip firewall nat|add|chain=dstnat',
    ])
  })

  test('a slash inside a value that begins no menu belongs to the value', () => {
    expect(commands('/ip route\nadd dst-address=10.0.0.0/8 comment=a/b/ip')).toEqual([
      'ip route|add|dst-address=10.0.0.0/8|comment=a/b/ip',
    ])
  })
})

describe('values', () => {
  test.for([
    ['"a \\"b\\" c"', 'a "b" c'],
    ['"\\\\ \\$ \\? \\_"', '\\ $ ?  '],
    ['"a\\nb\\tc\\r"', 'a\nb\tc\r'],
    ['"\\D0\\96"', 'Ж'],
    ['"\\E9t\\E9"', 'été'],
    ['""', ''],
    ['80,443,8000-8010', '80,443,8000-8010'],
    ['!"VPN network"', '!VPN network'],
    ['"!VPN network"', '!VPN network'],
    ['[:resolve x.example]', '[:resolve x.example]'],
  ] as const)('%s is %j', ([written, value]) => {
    expect(read(`/ip address\nadd x=${written} y=1`).commands[0]?.arguments).toMatchObject([
      { key: 'x', value },
      { key: 'y', value: '1' },
    ])
  })
})

describe('what a command acts on', () => {
  test.for([
    ['set [ find default-name=ether1 ] name=WAN', 'find(default-name=ether1)|name=WAN'],
    ['set [find where name="a b" list=x] name=c', 'find(name=a b list=x)|name=c'],
    ['set 0 name=c', 'flag:0|name=c'],
    ['set telnet disabled=yes', 'flag:telnet|disabled=yes'],
    ['set *E disabled=yes', 'flag:*E|disabled=yes'],
    ['disable telnet,ftp', 'flag:telnet,ftp'],
    ['add !src-address action=drop', 'unset:src-address|action=drop'],
    ['set [ find comment~"x" ] a=b', 'find(comment~"x"=)|a=b'],
  ] as const)('%s', ([line, wanted]) => {
    expect(commands(`/x y\n${line}`)[0]?.split('|').slice(2).join('|')).toBe(wanted)
  })
})

describe('what cannot be read is said with its place', () => {
  test.for([
    [
      'a section RouterOS could not print',
      '/ip route\n#error exporting /interface lte\nadd gateway=1.1.1.1',
      'NT1201',
      2,
    ],
    ['a quote that never closes', '/ip route\nadd comment="abc', 'NT1202', 2],
    [
      'script lines',
      '/ip route\nadd gateway=1.1.1.1\n:local x 5\n:foreach i in=$x do={\n/ip route add gateway=2.2.2.2\n}\n',
      'NT1203',
      3,
    ],
    ['text that is no command', '/ip route\nadd gateway=1.1.1.1\nStep 5: Create NAT\n', 'NT1204', 3],
    ['an empty file', '', 'NT1200', 1],
    ['a file of a million lines', 'add a=b\n'.repeat(1_000_000), 'NT1200', 1],
    ['a binary file', 'a\0b', 'NT1200', 1],
  ] as const)('%s', ([, text, code, line]) => {
    expect(read(text).diagnostics).toMatchObject([{ code, source: { kind: 'line', file: 'r.rsc', line } }])
  })

  test('commands inside a script block are not carried out', () => {
    expect(commands(':if (1) do={\n/ip route add gateway=2.2.2.2\n}\n/ip route add gateway=3.3.3.3')).toEqual([
      'ip route|add|gateway=3.3.3.3',
    ])
  })

  test('a thousand strange lines make ten diagnostics and a count', () => {
    const { diagnostics } = read(`/ip route\nadd gateway=1.1.1.1\n${'What is this?\n'.repeat(1000)}`)
    expect(diagnostics).toHaveLength(11)
    expect(diagnostics[10]?.message).toMatch(/^990 more lines/)
  })
})
