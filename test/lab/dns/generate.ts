import { generateBind } from './generate-bind.ts'
import { generateDnsmasq } from './generate-dnsmasq.ts'
import { generateUnbound } from './generate-unbound.ts'
import { publicRecords, questionsAbout, worldAround } from './names.ts'
import { randomOf } from './random.ts'
import type { Scenario, ServerSpec, Software } from './scenario.ts'

const KINDS: readonly Software[] = ['dnsmasq', 'unbound', 'bind']
const GENERATORS = { dnsmasq: generateDnsmasq, unbound: generateUnbound, bind: generateBind } as const

/** The scenario of a number: the same seed and number, the same scenario. The kinds take turns as first server. */
export function scenarioOf(seed: number, index: number, questions: number): Scenario {
  const random = randomOf(Math.imul(seed, 7919) + Math.imul(index, 104729))
  const kinds: Software[] = [KINDS[index % 3] ?? 'dnsmasq']
  if (random.chance(0.4)) kinds.push(random.pick(KINDS))
  const servers = kinds.map((kind, at): ServerSpec => {
    const next = at + 1 < kinds.length ? `r${at + 2}` : kinds.length > 1 && random.chance(0.12) ? 'r1' : undefined
    return GENERATORS[kind](random, `r${at + 1}`, next)
  })
  const upstreams = worldAround(random)
  const records = publicRecords(random)
  const world = [...upstreams.flatMap((one) => one.zones).flatMap((zone) => zone.records), ...records]
  const known = [...namesIn(servers), ...namesIn(servers), ...world.map((row) => row[0])]
  return {
    name: `seed ${seed} number ${index}`,
    servers,
    upstreams,
    publicRecords: records,
    questions: questionsAbout(random, known, servers.length, questions),
  }
}

/** Every name the configurations write down. */
function namesIn(servers: readonly ServerSpec[]): string[] {
  const names = new Set<string>()
  for (const file of servers.flatMap((server) => server.files)) {
    const origin = /^db\d?\.(.*)$/.exec(file.path)?.[1]
    for (const { text, fixed } of file.pieces) {
      if (fixed) continue
      if (origin !== undefined) names.add(text.startsWith('@') ? origin : `${text.split(' ')[0]}.${origin}`)
      for (const [word] of text.matchAll(/(?:\*\.)?[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+/g)) {
        if (!/\.(arpa|lab|conf)$|^db\d?\./.test(word)) names.add(word)
      }
    }
  }
  return [...names]
}
