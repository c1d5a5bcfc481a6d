import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasStack, inFolder, nettrace, PROJECT } from './command-line.ts'

/** Where a fixture is cut: the same twenty places in every run, spread over the whole file. */
function cuts(length: number, seed: number): number[] {
  let state = seed
  return Array.from({ length: 20 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return 1 + Math.floor((state / 2 ** 32) * (length - 2))
  })
}

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const PLANT = 'fixtures/vision-plant'
const read = (path: string) => readFileSync(join(PROJECT, path))

/** Fixtures that are JSON: cut anywhere they are not JSON any more. */
const JSON_FIXTURES: readonly (readonly [string, string])[] = [
  [`${PLANT}/usg.json`, 'devices: { usg: { unifi: cut } }'],
  ['fixtures/home-lab/azure.json', 'azure: { resources: cut }'],
  [`${PLANT}/azure.json`, 'azure: { resources: cut }'],
  [`${PLANT}/service-tags.json`, 'azure: { resources: empty.json, service-tags: cut }'],
]

describe('JSON that was cut off is refused with its place, and nothing is answered', () => {
  test.for(JSON_FIXTURES)('%s', ([path, entry]) => {
    const whole = read(path)
    inFolder(() => {
      write('empty.json', '[]')
      write('lab.yaml', `nettrace: 1\n${entry}\n`)
      for (const end of cuts(whole.length, 7)) {
        write('cut', whole.subarray(0, end))
        const { code, out, err } = nettrace('devices -t lab.yaml')
        expect({ end, code, out, stack: hasStack(err) }).toEqual({ end, code: 65, out: '', stack: false })
        expect(err, `cut at ${end}`).toMatch(/^error\[NT\d{4}\]: .+\n {2}--> cut:\d+:\d+\n/)
        expect(err.match(/^error/gm)?.length, err).toBeLessThanOrEqual(2)
      }
    })
  })
})

/** Fixtures read line by line: a cut may leave a shorter but valid file. */
const LINE_FIXTURES: readonly (readonly [string, string])[] = [
  [`${PLANT}/ros-core.rsc`, 'devices: { a: { routeros: cut } }'],
  ['fixtures/home-lab/router.rsc', 'devices: { a: { routeros: cut } }'],
  [`${PLANT}/lede-lab/etc/config/network`, 'devices: { a: { uci: [cut] } }'],
  [`${PLANT}/lede-lab/etc/config/firewall`, 'devices: { a: { uci: [NETWORK, cut] } }'],
  [`${PLANT}/lede-lab/etc/config/dhcp`, 'devices: { a: { uci: [NETWORK, cut] } }'],
  [`${PLANT}/dns/named.conf`, 'hosts: { ns: { address: 192.0.2.9, on: internet, bind: [cut, ZONE] } }'],
  [`${PLANT}/dns/plant.example.zone`, 'hosts: { ns: { address: 192.0.2.9, on: internet, bind: [NAMED, cut] } }'],
]

describe('a line-based file that was cut off is read as far as it goes or refused in words', () => {
  test.for(LINE_FIXTURES)('%s', ([path, entry]) => {
    const whole = read(path)
    inFolder(() => {
      for (const name of ['network', 'firewall', 'dhcp'])
        write(`etc/config/${name}`, read(`${PLANT}/lede-lab/etc/config/${name}`))
      write('named.conf', read(`${PLANT}/dns/named.conf`))
      write('plant.example.zone', read(`${PLANT}/dns/plant.example.zone`))
      const cut = path.includes('etc/config') ? `cut/${path.split('/').at(-1)}` : 'cut'
      const named = entry.replace('NETWORK', 'etc/config/network').replace('NAMED', 'named.conf')
      write('lab.yaml', `nettrace: 1\n${named.replace('ZONE', 'plant.example.zone').replace(/\bcut\b/, cut)}\n`)
      for (const end of cuts(whole.length, 11)) {
        write(cut, whole.subarray(0, end))
        const { code, out, err } = nettrace('devices -v -t lab.yaml')
        expect([0, 65], `cut at ${end}: ${err}`).toContain(code)
        expect(hasStack(out + err), err).toBe(false)
        if (code === 65) expect(`${out}${err}`, `cut at ${end}`).toMatch(/^error\[NT\d{4}\]: .+\n {2}--> \S+:\d+:\d+\n/)
      }
    })
  })
})

test('a topology that was cut off is refused with a place in it, or is a shorter topology', () => {
  const whole = read('topologies/home-lab.yaml')
  inFolder(() => {
    for (const end of cuts(whole.length, 3)) {
      write('cut.yaml', whole.subarray(0, end))
      const { code, out, err } = nettrace('devices -t cut.yaml')
      expect([0, 65], err).toContain(code)
      expect(hasStack(out + err), err).toBe(false)
      if (code === 65) {
        expect(out).toBe('')
        expect(err).toMatch(/^error\[NT\d{4}\]: .+\n {2}--> cut\.yaml:\d+:\d+\n/)
      }
    }
  })
})

const GOOD =
  '/interface ethernet\nset [ find default-name=ether1 ] name=ether1\n/ip address\nadd address=10.0.0.1/24 interface=ether1\n'
const HEAD = 'nettrace: 1\ndevices:\n  fw: { routeros: fw.rsc }\n'

interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, string | Buffer>>
  /** The whole of what is printed on the error stream. */
  readonly err: string
}

const CASES: readonly Case[] = [
  {
    name: 'a topology that is not there',
    files: {},
    err: 'error[NT1002]: lab.yaml: there is no such file\n  --> lab.yaml:1:1\n',
  },
  {
    name: 'an export that is not there',
    files: { 'lab.yaml': 'nettrace: 1\ndevices:\n  fw: { routeros: gone.rsc }\n' },
    err: 'error[NT1002]: gone.rsc: there is no such file\n  --> lab.yaml:3:19\n  3 | fw: { routeros: gone.rsc }\n    |                 ^\n',
  },
  {
    name: 'a mistake in the YAML',
    files: { 'lab.yaml': 'nettrace: 1\nname: "Lab\n' },
    err: 'error[NT1005]: not YAML: missing closing "quote\n  --> lab.yaml:3:1\n',
  },
  {
    name: 'a mistake in the JSON',
    files: { 'lab.yaml': 'nettrace: 1\nazure: { resources: a.json }\n', 'a.json': '[\n  { "id": 1,, }\n]\n' },
    err: 'error[NT1001]: not JSON: expected a key in double quotes\n  --> a.json:2:13\n  2 | { "id": 1,, }\n    |           ^\n',
  },
  {
    name: 'includes that go in a circle',
    files: { 'lab.yaml': 'nettrace: 1\ninclude: [b.yaml]\n', 'b.yaml': 'nettrace: 1\ninclude: [lab.yaml]\n' },
    err: 'error[NT1007]: the includes go in a circle: lab.yaml -> b.yaml -> lab.yaml\n  --> b.yaml:2:11\n  2 | include: [lab.yaml]\n    |           ^\n  --> lab.yaml:2:11\n  2 | include: [b.yaml]\n    |           - the circle starts here\n',
  },
  {
    name: 'a binary file',
    files: { 'lab.yaml': HEAD, 'fw.rsc': Buffer.from([0x88, 0xac, 0xa1, 0xb1, 0x00, 0x01, 0x0a, 0x02]) },
    err: 'error[NT1003]: fw.rsc is not text: it holds a NUL byte; is it a binary backup instead of an export?\n  --> fw.rsc:1:5\n  --> lab.yaml:3:19\n  3 | fw: { routeros: fw.rsc }\n    |                 - named here\n',
  },
  {
    name: 'an unknown kind of device',
    files: { 'lab.yaml': 'nettrace: 1\ndevices:\n  fw: { routerOS: fw.rsc }\n' },
    err: 'error[NT1104]: device fw: unknown device kind "routerOS": did you mean "routeros"?\n  --> lab.yaml:3:9\n  3 | fw: { routerOS: fw.rsc }\n    |       ^\n',
  },
  {
    name: 'two devices with one address',
    files: {
      'lab.yaml': `${HEAD}hosts:\n  pc: { address: 10.0.0.1/24, on: 'fw:ether1' }\n`,
      'fw.rsc': GOOD,
    },
    err: "error[NT1106]: pc and fw both have 10.0.0.1 on the same link: give one another address\n  --> lab.yaml:5:18\n  5 | pc: { address: 10.0.0.1/24, on: 'fw:ether1' }\n    |                ^\n  --> fw.rsc:4:5\n  4 | add address=10.0.0.1/24 interface=ether1\n    |     - the address of fw\n",
  },
  {
    name: 'two devices with one name',
    files: { 'lab.yaml': `${HEAD}hosts:\n  FW: { address: 10.0.0.5/24, on: 'fw:ether1' }\n`, 'fw.rsc': GOOD },
    err: 'error[NT1105]: two devices are named "FW": give one another name\n  --> lab.yaml:5:3\n  5 | FW: { address: 10.0.0.5/24, on: \'fw:ether1\' }\n    | ^\n  --> lab.yaml:3:3\n  3 | fw: { routeros: fw.rsc }\n    | - the device of that name\n',
  },
]

test.for(CASES)('$name is one message with its place, and exit 65', ({ files, err }) => {
  inFolder(() => {
    for (const [path, text] of Object.entries(files)) write(path, text)
    expect(nettrace('devices -t lab.yaml')).toEqual({ code: 65, out: '', err })
  })
})
