import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hasStack, inFolder, nettrace } from './command-line.ts'

const EXPORT = `# 2026-01-02 by RouterOS 7.16.1
/ip address
add address=10.1.0.1/24 interface=ether1 flying=yes
/ip firewall filter
add action=drop chain=forward dst-port=25 protocol=tcp
add action=drop chain=forward nth=2,1
/system clock
set time-zone-name=Europe/Berlin
`

describe('read prints a file back', () => {
  test('every line with what was made of it, the totals last', () => {
    inFolder(() => {
      writeFileSync('router.txt', EXPORT)
      const { code, out } = nettrace('read router.txt')
      expect(code).toBe(0)
      const lines = out.split('\n')
      expect(lines[0]).toBe('router.txt: RouterOS export')
      expect(out).toMatch(/^= 5 {2}add action=drop chain=forward dst-port=25 protocol=tcp$/m)
      expect(out).toMatch(/^~ 3 {2}add address=.* flying=yes\n +\^ .*flying/m)
      expect(out).toMatch(/^~ 6 .*\n +\^ cannot be decided: nth=2,1$/m)
      expect(out).toMatch(/^\. 8 {2}set time-zone-name/m)
      expect(lines.at(-2)).toBe('1 of 3 are in the model (33.3 %)')
      expect(lines.at(-3)).toBe(
        '8 lines, 3 could affect reachability or names: 1 understood (33.3 %), 2 partly, 0 ignored',
      )
    })
  })

  test('with --rest only the lines that could matter and are not in the model', () => {
    inFolder(() => {
      writeFileSync('router.txt', EXPORT)
      const { out } = nettrace('read --rest router.txt')
      expect(out.split('\n').filter((line) => /^[=o~!.] \d/.test(line))).toHaveLength(2)
    })
  })

  test('with -o json as totals and the lines of each kind', () => {
    inFolder(() => {
      writeFileSync('router.txt', EXPORT)
      const { code, out } = nettrace('read -o json router.txt')
      const answer = JSON.parse(out)
      expect(code).toBe(0)
      expect(answer.totals).toEqual({ lines: 8, relevant: 3, understood: 1, modelled: 1, partly: 2, ignored: 0 })
      expect(answer.files).toEqual([{ file: 'router.txt', format: 'routeros', totals: answer.totals }])
      expect(answer.lines.understood).toEqual([
        expect.objectContaining({ file: 'router.txt', line: 5, relevant: true, modelled: true }),
      ])
      expect(answer.lines.partly.map((one: { line: number }) => one.line)).toEqual([3, 6])
      expect(answer.lines.ignored).toHaveLength(5)
    })
  })

  test('secrets are not printed', () => {
    inFolder(() => {
      writeFileSync(
        'r.rsc',
        '/ppp secret\nadd name=anna password="open sesame"\n/ip address\nadd address=10.0.0.1/24 interface=ether1\n',
      )
      expect(nettrace('read r.rsc').out).not.toContain('sesame')
      expect(nettrace('read -o json r.rsc').out).not.toContain('sesame')
    })
  })
})

describe('the format is told by what a file says, whatever it is called', () => {
  const files: readonly (readonly [string, string])[] = [
    ['routeros', '/ip address\nadd address=10.0.0.1/24 interface=ether1\n'],
    ['uci', "config interface 'lan'\n\toption proto 'static'\n\toption ipaddr '10.0.0.1'\n"],
    ['unifi', '{"networkconf": [{"_id": "1", "name": "LAN", "purpose": "corporate", "ip_subnet": "10.0.0.1/24"}]}'],
    ['edgeos', 'interfaces {\n    ethernet eth0 {\n        address 10.0.0.1/24\n    }\n}\n'],
    ['edgeos', '{"firewall": {"name": {"WAN_IN": {"default-action": "drop"}}}}'],
    ['netfilter', '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n'],
    ['netfilter', 'create office hash:net family inet\nadd office 10.0.0.0/8\n'],
    ['netfilter', 'table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0;\n\t}\n}\n'],
    ['netfilter', '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}'],
    ['netfilter', '[{"ifindex": 1, "ifname": "lo", "flags": ["UP"], "addr_info": []}]'],
    ['netfilter', '[{"dst": "default", "gateway": "10.0.0.1", "dev": "eth0", "flags": []}]'],
    ['netfilter', '[{"priority": 0, "src": "all", "table": "local"}]'],
    ['netfilter', 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n'],
    ['bind', 'options {\n  recursion yes;\n};\nzone "x.test" {\n  type master;\n  file "db.x";\n};\n'],
    ['bind', '$ORIGIN x.test.\n@ 3600 IN SOA ns.x.test. admin.x.test. 1 2 3 4 5\n  IN NS ns\nns IN A 10.0.0.53\n'],
    ['dnsmasq', 'domain-needed\nserver=/corp.test/10.0.0.53\naddress=/ads.test/0.0.0.0\n'],
    ['unbound', 'server:\n  interface: 0.0.0.0\nforward-zone:\n  name: "corp.test"\n  forward-addr: 10.0.0.53\n'],
    [
      'azure',
      '[{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/rt", "properties": {}}]',
    ],
    ['azure', '{"value": [{"type": "Microsoft.Network/virtualNetworks", "name": "v"}]}'],
    [
      'azure',
      '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": []}',
    ],
    ['azure', '{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {}}}'],
    ['service-tags', '{"changeNumber": 1, "cloud": "Public", "values": []}'],
  ]
  test.for(files)('%s: %s', ([format, text]) => {
    inFolder(() => {
      writeFileSync('x', text)
      const { out } = nettrace('read -o json x')
      expect(JSON.parse(out).files[0].format).toBe(format)
    })
  })
})

describe('what cannot be read is said, and the rest is read', () => {
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['a file that is not there', '', /there is no such file/],
    ['an empty file', '\n\n', /it is empty/],
    ['a binary file', 'ab\0cd', /it is not text/],
    ['prose', 'Dear all,\nthe network is down.\n', /none of the formats nettrace reads/],
    ['a topology', 'name: x\nhosts:\n  a:\n    address: 10.0.0.1\n', /nettrace validate/],
  ]
  test.for(refusals)('%s', ([, text, message]) => {
    inFolder(() => {
      if (text !== '') writeFileSync('x', text)
      writeFileSync('good.rsc', EXPORT)
      const { code, out, err } = nettrace('read x good.rsc')
      expect(code).toBe(65)
      expect(err).toMatch(message)
      expect(hasStack(err)).toBe(false)
      expect(out).toContain('good.rsc: RouterOS export')
    })
  })
})
