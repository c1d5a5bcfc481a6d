import type { AllNames } from '../diagnose/index.ts'
import { formatIp } from '../net/index.ts'
import { inert } from '../text/index.ts'
import { resolutionJson } from './connection-json.ts'
import { sourceJson } from './source-json.ts'

/** Every name of a service as one JSON value; each `answer` is a resolution in the schema of answers. */
export function allNamesJson({ service, rows }: AllNames): Record<string, unknown> {
  return {
    schemaVersion: '1',
    service: { name: inert(service.name), label: inert(service.label), source: sourceJson(service.source) },
    names: rows.map(({ of, seen }) => ({
      name: inert(of.name),
      use: inert(of.use),
      endpoints: of.endpoints.map(({ device, ip, source }) => ({
        device: inert(device),
        address: formatIp(ip),
        source: sourceJson(source),
      })),
      callers: seen.map(({ resolution, causes, leads }) => ({
        from: inert(resolution.device),
        leads,
        answer: resolutionJson(resolution, causes),
      })),
    })),
  }
}
