import { type EffectiveAnswer, effectiveAnswers } from '../estate/effective-answer.ts'
import type { Estate } from '../estate/estate.ts'
import { effectiveDifferences } from '../routes/effective-difference.ts'
import { effectiveRoutesOf } from '../routes/effective-routes.ts'
import { reportEffectiveGroups } from './finding-effective-group.ts'

/**
 * Where what Azure printed as in force at a network interface differs from what follows from the export: the export is
 * then not whole, or not of the same time.
 */
export function reportEffectiveFindings(estate: Estate): void {
  for (const answer of effectiveAnswers(estate)) {
    if (answer.rows.length > 0) reportRoutes(estate, answer)
    if (answer.groups.length > 0) reportEffectiveGroups(estate, answer)
  }
}

function reportRoutes(estate: Estate, answer: EffectiveAnswer): void {
  for (const { words, row, routes } of effectiveDifferences(answer, effectiveRoutesOf(estate, answer.subnet))) {
    const message = `EffectiveRoutesDiffer: ${words}`
    const [route] = routes
    const source = row ? row.body.source('addressPrefix') : (route?.source ?? answer.nic.source())
    const listing = { message: 'Azure’s effective routes', source: answer.rows[0]?.body.source() ?? source }
    const other = row ? route && { message: route.origin, source: route.source } : listing
    estate.report({ severity: 'warning', code: 'NT1787', message, source, finding: true, ...(other && { other }) })
  }
}
