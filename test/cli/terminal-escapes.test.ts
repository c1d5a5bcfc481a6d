import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { inFolder, nettrace, PROJECT } from './command-line.ts'

/** Sets the window's title, turns text red, clears the screen (C0 and C1), and turns the reading order round. */
const EVIL = '\u001b]0;owned\u0007\u001b[31m\u009b2J\u202e\u2066\u200b\r\u0008'
const AS_JSON = JSON.stringify(EVIL).slice(1, -1)
/** As RouterOS prints control characters between quotes. */
const AS_RSC = EVIL.replace(
  /[\u0000-\u001f]/g,
  (one) => `\\${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`,
)
const AS_YAML = '\\e]0;owned\\a\\e[31m\\x9b2J\\u202e\\u2066\\u200b\\r\\b'
// White space is no part of a domain name.
const AS_DNS = AS_YAML.replace('\\r', '')

// Everything that must not reach a terminal as it is; a line feed is ours.
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const shipped = (path: string) => readFileSync(join(PROJECT, path), 'utf8')

/** The home lab, with comments, rule names, interface names, host names and records that hold the escapes. */
function writeEvilLab(): void {
  const rsc = shipped('fixtures/home-lab/router.rsc')
    .replace('defconf: accept out ipsec policy', `defconf: ${AS_RSC} out`)
    .replace(/name=bridge\b/, `name="bri${AS_RSC}dge"`)
    .replace(/interface=bridge\b/g, `interface="bri${AS_RSC}dge"`)
  const azure = shipped('fixtures/home-lab/azure.json')
    .replaceAll('AllowSshFromHome', `Allow${AS_JSON}Ssh`)
    .replaceAll('DenyRestFromHome', `Deny${AS_JSON}Rest`)
    .replaceAll('snet-vm', `snet${AS_JSON}vm`)
  const yaml = shipped('topologies/home-lab.yaml')
    .replaceAll('../fixtures/home-lab/', '')
    .replace(
      /laptop: \{ address: 192\.168\.88\.20\/24, on: router:bridge \}/,
      `"lap${AS_YAML}top": { address: 192.168.88.20/24, on: "router:bri${AS_YAML}dge", label: "a ${AS_YAML} label", hosts-file: { "evil${AS_YAML}.example": 10.60.1.4 } }`,
    )
    .replace(
      /example\.org: 192\.0\.2\.10/,
      `example.org: { cname: "x${AS_DNS}.example" }\n  "x${AS_DNS}.example": 192.0.2.10`,
    )
    .replace(
      /\nexpect:[\s\S]*/,
      `\nexpect:\n  - { id: "i${AS_YAML}d", from: "lap${AS_YAML}top", to: "vm-lab:22", works: no, because: "b${AS_YAML}" }\n`,
    )
  write('router.rsc', rsc)
  write('azure.json', azure)
  write('lab.yaml', yaml)
}

test('escapes in names, comments and records are printed inert by every command', () => {
  inFolder(() => {
    writeEvilLab()
    const laptop = `lap${EVIL}top`
    const commands: string[][] = [
      ['devices'],
      ...['vm-lab', 'router', laptop, 'vnet-lab/GatewaySubnet'].flatMap((name) => [
        ['show', name],
        ['rules', name],
        ['routes', name],
        ['routes', name, '10.60.1.4'],
      ]),
      ...[
        'vm-lab:22',
        'vm-lab:3389',
        'example.org',
        'example.org:443',
        `nobody${EVIL}`,
        `evil${EVIL}.example:22`,
      ].flatMap((to) => [
        ['from', laptop, 'to', to],
        ['from', laptop, 'to', to, '-v'],
        ['from', laptop, 'to', to, '-o', 'json'],
      ]),
      ['dns', 'example.org', 'from', laptop],
      ['dns', 'example.org', 'from', laptop, '-o', 'json'],
      ['dns', `evil${EVIL}.example`, 'from', laptop, '-o', 'json'],
      ['show', `x${EVIL}`],
      ['from', laptop, `to${EVIL}`, 'vm-lab'],
      [`from${EVIL}`],
      ['from', `--x${EVIL}`],
      ['devices', '-t', `none${EVIL}`],
      ['validate', 'lab.yaml'],
    ]
    const seen: string[] = []
    expect(nettrace('devices -t lab.yaml')).toMatchObject({ code: 0, err: '' })
    for (const command of commands) {
      const given = command.includes('-t') || command[0] === 'validate' ? [] : ['-t', 'lab.yaml']
      const { code, out, err } = nettrace([...command, ...given])
      expect([0, 1, 2, 64, 65], `${JSON.stringify(command)} ${err}`).toContain(code)
      expect({ command, unsafe: UNSAFE.exec(out + err)?.[0] }).toEqual({ command, unsafe: undefined })
      seen.push(out + err)
    }
    // The escapes were there, and are shown.
    const all = seen.join('')
    for (const words of [
      `defconf: \\x1b]0;owned`,
      'Allow\\x1b',
      'Deny\\x1b',
      'lap\\x1b',
      'bri\\x1b',
      'snet\\x1b',
      '\\u202e',
      '\\x9b2J',
      'i\\x1b',
    ])
      expect({ words, shown: all.includes(words) }).toEqual({ words, shown: true })
  })
})

test('escapes in a file that cannot be read are inert in the message', () => {
  inFolder(() => {
    for (const [text, other] of [
      [`nettrace: 1\n"${AS_YAML}": 1\n`, ''],
      [`nettrace: 1\nname: "a\n${EVIL}`, ''],
      [`nettrace: 1\ndevices: { "d${AS_YAML}": { "k${AS_YAML}": x } }\n`, ''],
      [`nettrace: 1\ninclude: "no${AS_YAML}.yaml"\n`, ''],
      ['nettrace: 1\nazure: { resources: a.json }\n', `[ "${EVIL}" `],
      ['nettrace: 1\nazure: { resources: a.json }\n', `{ "id": ${EVIL} }`],
      ['nettrace: 1\ndevices: { a: { routeros: a.json } }\n', `/ip address\nadd address="${EVIL}\n`],
    ] as const) {
      write('lab.yaml', text)
      write('a.json', other)
      const { code, out, err } = nettrace('devices -v -t lab.yaml')
      expect([0, 65]).toContain(code)
      expect({ text, unsafe: UNSAFE.exec(out + err)?.[0] }).toEqual({ text, unsafe: undefined })
    }
  })
})
