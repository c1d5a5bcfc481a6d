import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inFolder, nettrace, PROJECT } from './command-line.ts'

const HOME = '-t topologies/home-lab.yaml'

describe('a command line that cannot be meant ends with 64, says why and prints no answer', () => {
  test.for([
    ['from', /missing required argument 'A'/],
    ['from laptop', /missing required argument 'to'/],
    ['from laptop to', /missing required argument 'B'/],
    [`from laptop vm-lab:22 to ${HOME}`, /expected "to" and not "vm-lab:22": nettrace from A to B/],
    [`from laptop to vm-lab:22 and on ${HOME}`, /too many arguments/],
    [`from lptop to vm-lab ${HOME}`, /there is no "lptop" in this topology; did you mean "laptop"\?/],
    [`from laptop to vm-lba:22 ${HOME}`, /there is no "vm-lba" in this topology; did you mean "vm-lab"\?/],
    [`from laptop to vm-lab/tcp ${HOME}`, /which port of "vm-lab"\? Write vm-lab:443/],
    [`from laptop to vm-lab:0 ${HOME}`, /ports go from 1 to 65535/],
    [`from laptop to vm-lab:65536 ${HOME}`, /ports go from 1 to 65535/],
    [`from laptop to vm-lab:ssh ${HOME}`, /"ssh" is not a port; write a number, such as vm-lab:443/],
    [`from laptop to gopher://vm-lab ${HOME}`, /which port does gopher:\/\/ use\? Write vm-lab:PORT/],
    [`from laptop to vm-lab:22/icmp ${HOME}`, /a port goes with tcp or udp only/],
    [`from 10.99.0.1 to vm-lab ${HOME}`, /nothing in the topology has the address 10\.99\.0\.1; add it under hosts:/],
    [`from laptop to 2001:db8::1 ${HOME}`, /"laptop" has no IPv6 address/],
    [`from laptop to vm-lab:22 -o yaml ${HOME}`, /'yaml' is invalid. Allowed choices are text, json/],
    [`from laptop to vm-lab:22 --topolgy x`, /unknown option '--topolgy'\n\(Did you mean --topology\?\)/],
    ['frm laptop to vm-lab', /unknown command 'frm'\n\(Did you mean from\?\)/],
    ['-t home-lab devices', /unknown option '-t'\nnettrace --help lists the commands; options follow them/],
    [`dns 10.60.1.4 from laptop ${HOME}`, /"10\.60\.1\.4" is an address already, not a name/],
    [`dns example.org at laptop ${HOME}`, /expected "from" and not "at"/],
    [`dns example.org from lap ${HOME}`, /did you mean "laptop"\?/],
    [`routes laptop 10.60.1.400 ${HOME}`, /there is no "10\.60\.1\.400" in this topology/],
    [`show vm-lb ${HOME}`, /did you mean "vm-lab"/],
    [`rules 203.0.113.99 ${HOME}`, /203\.0\.113\.99/],
    ['devices -t home-lb', /there is no file "home-lb" and no topology of that name; did you mean home-lab\?/],
    ['devices -t whatever', /these ship: home-lab, vision-plant/],
  ] as const)('nettrace %s', ([words, message]) => {
    const { code, out, err } = nettrace(words)
    expect({ code, out }).toEqual({ code: 64, out: '' })
    expect(err).toMatch(message)
    expect(err).toMatch(/^nettrace: /)
  })
})

test('a wrong name is answered with the nearest three at most', () => {
  const { err } = nettrace('show pe-st -t topologies/vision-plant.yaml')
  expect(err).toMatch(/did you mean "pe-st-[^"]+", "[^"]+", "[^"]+"\?\n$/)
})

test('no words: three examples on the error stream, and 64', () => {
  const { code, out, err } = nettrace('')
  expect({ code, out }).toEqual({ code: 64, out: '' })
  expect(err.match(/^ {2}nettrace /gm)).toHaveLength(3)
})

test.for(['--help', '-h', 'help', 'from --help', 'help from', 'validate -h'])('%s is an answer', (words) => {
  const { code, out, err } = nettrace(words)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^Usage: nettrace /)
})

test('the full help shows examples and the exit codes, and says that nothing leaves the machine', () => {
  const { out } = nettrace('--help')
  for (const words of ['Examples:', '0 yes, 1 no, 2 cannot tell', 'Nothing leaves this machine'])
    expect(out).toContain(words)
})

test('--version is one line', () => {
  expect(nettrace('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\S+\n$/), err: '' })
})

describe('which topology a question is about', () => {
  const LAB = (name: string) => `nettrace: 1\nname: ${name}\nhosts:\n  ${name}: { address: 192.0.2.9, on: internet }\n`

  test('none at all: the message names the ones that ship', () => {
    inFolder((folder) => {
      const { code, err } = nettrace('devices', { cwd: folder })
      expect(code).toBe(64)
      expect(err).toMatch(/-t FILE.*NETTRACE_TOPOLOGY.*nettrace\.yaml.*-t home-lab or -t vision-plant/)
    })
  })

  test('nettrace.yaml is found in this folder and above it, the nearest first', () => {
    inFolder((folder) => {
      mkdirSync('a/b/c', { recursive: true })
      writeFileSync('nettrace.yaml', LAB('far'))
      writeFileSync('a/nettrace.yml', LAB('near'))
      expect(nettrace('devices', { cwd: folder }).out).toContain('far')
      process.chdir('a/b/c')
      expect(nettrace('devices', { cwd: process.cwd() }).out).toContain('near')
    })
  })

  test('-t comes before NETTRACE_TOPOLOGY, and that before nettrace.yaml', () => {
    inFolder((cwd) => {
      for (const name of ['nettrace', 'env', 'flag']) writeFileSync(`${name}.yaml`, LAB(name))
      const environment = { NETTRACE_TOPOLOGY: 'env.yaml' }
      expect(nettrace('devices -t flag.yaml', { cwd, environment }).out).toContain('flag')
      expect(nettrace('devices', { cwd, environment }).out).toContain('env')
      expect(nettrace('devices', { cwd, environment: { NETTRACE_TOPOLOGY: '' } }).out).toContain('nettrace ')
    })
  })

  test('a shipped topology is known by its name from any folder', () => {
    inFolder((cwd) => {
      expect(nettrace('from laptop to vm-lab:22 -t home-lab', { cwd }).code).toBe(0)
      expect(nettrace('from laptop to vm-lab:22', { cwd, environment: { NETTRACE_TOPOLOGY: 'home-lab' } }).code).toBe(0)
    })
  })

  test('a file of that name comes before the one that ships', () => {
    inFolder((cwd) => {
      writeFileSync('home-lab', LAB('mine'))
      expect(nettrace('devices -t home-lab', { cwd }).out).toContain('mine')
    })
  })
})

test('exit codes follow the answer', () => {
  const answers = [
    ['from laptop to vm-lab:22', 0],
    ['from laptop to vm-lab:3389', 1],
    ['from laptop to nowhere.example.com:443', 2],
    ['dns example.org from laptop', 0],
    ['dns nowhere.invalid from laptop', 1],
    ['dns nowhere.example.com from laptop', 2],
  ] as const
  for (const [words, code] of answers)
    expect({ words, code: nettrace(`${words} ${HOME}`).code }).toEqual({ words, code })
})

test('validate ends with the figures, says which promise was broken, and counts what cannot be told apart', () => {
  inFolder((cwd) => {
    writeFileSync(
      'lab.yaml',
      `nettrace: 1\ninclude: [${join(PROJECT, 'topologies/home-lab.yaml')}]\nexpect:
  - { id: wrong, from: laptop, to: 'vm-lab:22', works: no }
  - { id: who, from: nobody, to: 'vm-lab:22', works: yes }\n`,
    )
    const { code, out } = nettrace('validate lab.yaml', { cwd })
    expect(code).toBe(1)
    expect(out).toMatch(/^✗ wrong {2}laptop → vm-lab:22 {2}expected no, is yes: .+ {2}lab\.yaml:4:5$/m)
    expect(out).toMatch(/^✗ who {2}nobody → vm-lab:22 {2}there is no "nobody" in this topology.* {2}lab\.yaml:5:5$/m)
    expect(out).toMatch(/\n\d+ passed, 2 failed\n$/)
    writeFileSync(
      'lab.yaml',
      `nettrace: 1\nhosts: { a: { address: 192.0.2.9, on: internet } }\nexpect: [{ id: x, from: a, to: 'b.example.com:443', works: yes }]\n`,
    )
    expect(nettrace('validate lab.yaml', { cwd })).toMatchObject({
      code: 2,
      out: expect.stringMatching(/\n0 passed, 0 failed, 1 skipped\n$/),
    })
  })
})
