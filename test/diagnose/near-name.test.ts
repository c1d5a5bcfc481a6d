import { expect, test } from 'vitest'
import { nearestByName } from '../../src/diagnose/near-name.ts'
import type { NearRule } from '../../src/diagnose/near-rule.ts'
import { allOf, implied } from '../../src/model/index.ts'
import { TCP } from '../../src/net/index.ts'

const source = implied('a test')

function allows(name: string, ...patterns: string[]): NearRule {
  const match = allOf({ kind: 'protocol', in: [TCP] }, { kind: 'server-name', in: patterns })
  return { rule: { name, match, action: { kind: 'accept' }, source }, lacks: 'server name' }
}

const OTHER: NearRule = { ...allows('another port'), lacks: 'port' }
const RULES = [
  allows('docker', 'docker.io'),
  allows('layers', 'production.cloudflare.docker.com'),
  allows('images', 'mcr.microsoft.com', '*.cdn.mscr.io'),
  allows('packages', 'packages.microsoft.com'),
  OTHER,
]

test.for([
  ['registry-1.docker.io', ['docker', 'another port']],
  ['westeurope.data.mcr.microsoft.com', ['images', 'another port']],
  ['login.microsoft.com', ['images', 'packages', 'another port']],
  // Nothing but the last label in common says nothing.
  ['example.com', ['docker', 'layers', 'images', 'packages', 'another port']],
  [undefined, ['docker', 'layers', 'images', 'packages', 'another port']],
] as const)('for %s the rules for the nearest names are told', ([name, told]) => {
  expect(nearestByName(RULES, name).map((one) => one.rule.name)).toEqual(told)
})
