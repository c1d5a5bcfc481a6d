import { truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inFolder, nettrace } from './command-line.ts'

/** So many lines, the number in each written by `line`. */
function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n')
}

const address = (index: number) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`

const ROUTER =
  '/interface ethernet\nset [ find default-name=ether1 ] name=ether1\n/ip address\nadd address=10.0.0.1/24 interface=ether1\n'
const BLOCKED = (count: number) =>
  `${ROUTER}/ip firewall address-list\n${lines(count, (index) => `add address=${address(index)} list=blocked`)}\n/ip firewall filter\nadd action=drop chain=input src-address-list=blocked\n`

describe('a file of very many lines is answered or refused in words', () => {
  test('an address list of 200,000 lines decides', { timeout: 60_000 }, () => {
    inFolder(() => {
      writeFileSync('fw.rsc', BLOCKED(200_000))
      writeFileSync(
        'lab.yaml',
        "nettrace: 1\ndevices: { fw: { routeros: fw.rsc } }\nhosts: { pc: { address: 10.0.0.9/24, on: 'fw:ether1' } }\n",
      )
      const { code, out } = nettrace('from pc to 10.0.0.1:22 -t lab.yaml')
      expect(code).toBe(1)
      expect(out).toMatch(/fw\.rsc:200007:1/)
    })
  })

  test('a RouterOS export of 250,001 lines is refused', () => {
    inFolder(() => {
      writeFileSync('fw.rsc', `${ROUTER}${'#\n'.repeat(250_000)}`)
      writeFileSync('lab.yaml', 'nettrace: 1\ndevices: { fw: { routeros: fw.rsc } }\n')
      expect(nettrace('devices -t lab.yaml')).toEqual({
        code: 65,
        out: '',
        err: expect.stringMatching(
          /^error\[NT1200\]: This file has more than 250000 lines and is not read; .+\n {2}--> fw\.rsc:1:1\n$/,
        ),
      })
    })
  })

  test('a rule set of 60,000 rules is listed, one of 500,001 lines is refused', { timeout: 60_000 }, () => {
    inFolder(() => {
      const rules = lines(60_000, (index) => `-A FORWARD -s ${address(index)}/32 -j DROP`)
      writeFileSync(
        'rules',
        `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules}\nCOMMIT\n`,
      )
      writeFileSync('lab.yaml', 'nettrace: 1\ndevices: { fw: { netfilter: rules } }\n')
      const listed = nettrace('rules fw -t lab.yaml')
      expect(listed.code).toBe(0)
      expect(listed.out.split('\n').length).toBeGreaterThan(60_000)
      writeFileSync('rules', `*filter\n:FORWARD ACCEPT [0:0]\n${'-A FORWARD -j DROP\n'.repeat(500_000)}COMMIT\n`)
      expect(nettrace('devices -t lab.yaml')).toEqual({
        code: 65,
        out: '',
        err: 'error[NT1500]: rules has more than 500000 lines and is not read\n  --> rules:1:1\n',
      })
    })
  })

  test('a firewall of 30,000 UCI rules that name an unknown zone is one device with that many warnings', {
    timeout: 60_000,
  }, () => {
    inFolder(() => {
      const rules = lines(
        30_000,
        (index) => `config rule\n\toption src 'none'\n\toption src_ip '${address(index)}'\n\toption target 'DROP'`,
      )
      writeFileSync(
        'network',
        "config interface 'lan'\n\toption device 'eth0'\n\toption proto 'static'\n\toption ipaddr '10.0.0.1/24'\n",
      )
      writeFileSync('firewall', rules)
      writeFileSync('lab.yaml', 'nettrace: 1\ndevices: { fw: { uci: [network, firewall] } }\n')
      const { code, err } = nettrace('devices -v -t lab.yaml')
      expect(code).toBe(0)
      expect(err).toMatch(/\n\.\.\. \d+ more\n$/)
    })
  })

  test('a JSON of 100 MB is refused before it is read', () => {
    inFolder(() => {
      writeFileSync('azure.json', '[')
      truncateSync('azure.json', 100 * 1024 * 1024)
      writeFileSync('lab.yaml', 'nettrace: 1\nazure: { resources: azure.json }\n')
      expect(nettrace('devices -t lab.yaml')).toEqual({
        code: 65,
        out: '',
        err: expect.stringMatching(
          /^error\[NT1002\]: azure\.json: it has 100 MB, and files above 64 MB are not read\n {2}--> lab\.yaml:2:21\n/,
        ),
      })
    })
  })

  test('brackets a million deep are refused', () => {
    inFolder(() => {
      writeFileSync('azure.json', '['.repeat(1_000_000))
      writeFileSync('lab.yaml', 'nettrace: 1\nazure: { resources: azure.json }\n')
      expect(nettrace('devices -t lab.yaml').err).toMatch(
        /^error\[NT1001\]: not JSON: nested deeper than 500 levels\n {2}--> azure\.json:1:502\n/,
      )
      writeFileSync('lab.yaml', `nettrace: 1\nhosts: ${'['.repeat(100_000)}`)
      expect(nettrace('devices -t lab.yaml')).toMatchObject({
        code: 65,
        out: '',
        err: expect.stringMatching(/^error\[NT1005\]: not YAML that can be read: it is nested too deeply\n/),
      })
    })
  })
})
