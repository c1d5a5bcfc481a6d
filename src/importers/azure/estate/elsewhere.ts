import type { Diagnostic } from '../../../model/index.ts'

/**
 * Marks the diagnostics about things that are referred to and were not given: what refers to them was understood.
 * `hasTags`: a list of service tags was given, so that a tag it lacks is the export's own mistake.
 */
export function markElsewhere(diagnostics: readonly Diagnostic[], hasTags: boolean): readonly Diagnostic[] {
  return diagnostics.map((one) =>
    NOT_GIVEN.has(one.code) || (!hasTags && TAGS.has(one.code)) ? { ...one, othersMissing: true } : one,
  )
}

// Networks, subnets, gateways, policies, zones, address lists and interfaces that the export names and does not hold.
const NOT_GIVEN: ReadonlySet<string> = new Set([
  ...[
    'NT1603',
    'NT1605',
    'NT1609',
    'NT1620',
    'NT1622',
    'NT1623',
    'NT1624',
    'NT1625',
    'NT1626',
    'NT1629',
    'NT1640',
    'NT1645',
  ],
  ...['NT1641', 'NT1701', 'NT1702', 'NT1703', 'NT1704', 'NT1711', 'NT1714', 'NT1720', 'NT1721', 'NT1733', 'NT1740'],
  ...['NT1742', 'NT1754', 'NT1761', 'NT1615'],
])

const TAGS: ReadonlySet<string> = new Set(['NT1606', 'NT1608', 'NT1614', 'NT1705'])
