/** What became of the recorded answers of some cases. */
export interface Tally {
  readonly replayed: Map<string, number>
  readonly excepted: Map<string, string[]>
  readonly notReplayable: Map<string, string[]>
}

/** Nothing counted yet. */
export function makeTally(): Tally {
  return { replayed: new Map(), excepted: new Map(), notReplayable: new Map() }
}

/** The tally as it is printed: a line for each kind, and under it what was not replayed, each with the reason. */
export function tallyText(title: string, { replayed, excepted, notReplayable }: Tally): string {
  const kinds = [...new Set([...replayed.keys(), ...excepted.keys(), ...notReplayable.keys()])].sort()
  const lines = kinds.flatMap((kind) => {
    const [aside, left] = [excepted.get(kind) ?? [], notReplayable.get(kind) ?? []]
    const counts = `${replayed.get(kind) ?? 0} replayed, ${aside.length} excepted, ${left.length} not replayable`
    return [
      `  ${kind}: ${counts}`,
      ...aside.map((one) => `    excepted: ${one}`),
      ...left.map((one) => `    not: ${one}`),
    ]
  })
  return [title, ...lines].join('\n')
}
