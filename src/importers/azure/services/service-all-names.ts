import type { ResourceRecord, Service, ServiceName } from '../../../model/index.ts'
import { lastPart } from '../estate/body.ts'
import type { Estate } from '../estate/estate.ts'
import { type EndpointConnection, zoneConfigs } from '../estate/private-endpoint-connection.ts'
import { forwardedSuffix } from '../names/private-dns-names.ts'
import { recordsOfEndpoint } from '../names/private-dns-record.ts'

/**
 * Every name of a resource with its use and the private endpoints that stand for it: its own, then those of its parts that
 * are services of their own (a workspace's online and batch endpoints).
 */
export function allNamesOf(
  estate: Estate,
  service: Service,
  parts: readonly Service[],
  endpoints: readonly EndpointConnection[],
): ServiceName[] {
  const own = service.names.filter((name) => !name.startsWith('*')).map((name) => ({ name, use: useOf(service, name) }))
  const others = parts.flatMap((part) => part.names.map((name) => ({ name, use: `${part.label} ${part.name}` })))
  const records = [service, ...parts].flatMap((one) => one.records)
  const aliases = new Map(
    records.flatMap(({ name, type, value }) => (type === 'CNAME' ? [[name, `${value}`] as const] : [])),
  )
  return [...own, ...others].map(({ name, use }) => {
    const forward = forwardedSuffix(name)
    const standing = endpoints.flatMap((one) => standingFor(estate, aliases, name, one))
    return { name, use, ...(forward !== undefined && { forward }), endpoints: standing }
  })
}

/** How a name's use is read from its form; the first that matches counts. Otherwise the use is the resource's label. */
const USES: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/\.cert\.api\.azureml\.ms$/, () => 'API, by certificate'],
  [/\.api\.azureml\.ms$/, () => 'API'],
  [/\.notebooks\.azure\.net$/, () => 'notebooks'],
  [/^(.+)-22\.[^.]+\.instances\.(?:azureml|ml\.azure)\.ms$/, (match) => `compute instance ${match[1]}, SSH`],
  [/^([^.]+)\.[^.]+\.instances\.(?:azureml|ml\.azure)\.ms$/, (match) => `compute instance ${match[1]}`],
  [/^[^.]+-secondary\.(?:z\d+\.)?([a-z]+)\.core\.windows\.net$/, (match) => `${match[1]}, second region`],
  [/\.([a-z]+)\.core\.windows\.net$/, (match) => `${match[1]}`],
  [/\.([^.]+)\.data\.azurecr\.io$/, (match) => `data, ${match[1]}`],
  [/\.azurecr\.io$/, () => 'login'],
  [/\.privatelink\.[^.]+\.azmk8s\.io$/, () => 'API server, private'],
  [/\.azmk8s\.io$/, () => 'API server'],
  [/\.pl-auth\.azuredatabricks\.net$/, () => 'sign-in'],
  [/\.scm\.(?:[^.]+\.)*azurewebsites\.net$/, () => 'deployment'],
  [/^[^.]+-([a-z]+[a-z0-9]*)\.documents\.azure\.com$/, (match) => `documents, ${match[1]}`],
  [/\.documents\.azure\.com$/, () => 'documents'],
  [/\.([a-z]+)\.cosmos\.azure\.com$/, (match) => `${match[1]}`],
  [/\.(cognitiveservices|openai|services\.ai)\.azure\.com$/, (match) => `${match[1]}`],
  [/-ondemand\.sql\.azuresynapse\.net$/, () => 'SQL, serverless'],
  [/\.(sql|dev)\.azuresynapse\.net$/, (match) => (match[1] === 'sql' ? 'SQL' : 'development')],
  [/\.service\.batch\.azure\.com$/, () => 'node management'],
]

function useOf(service: Service, name: string): string {
  for (const [form, words] of USES) {
    const match = form.exec(name)
    if (match) return words(match)
  }
  // An IoT hub's built-in endpoint is an Event Hubs namespace of its own (Learn: IoT Hub virtual network support).
  if (service.label === 'IoT hub') return name.endsWith('.servicebus.windows.net') ? 'built-in Event Hubs' : 'devices'
  return service.label
}

/** The device of an approved endpoint with the addresses it has for a name; none when it does not serve the name. */
function standingFor(
  estate: Estate,
  aliases: ReadonlyMap<string, string>,
  name: string,
  endpoint: EndpointConnection,
): ServiceName['endpoints'] {
  if (!endpoint.approved) return []
  const device = estate.deviceName(endpoint.body)
  const forms = formsOf(aliases, name)
  const members = endpoint.members.filter((one) => one.fqdns.some((fqdn) => forms.some((form) => covers(fqdn, form))))
  if (members.length > 0) return members.map(({ ip, source }) => ({ device, ip, source }))
  return registered(estate, endpoint).flatMap(({ name: at, value, source }) =>
    typeof value !== 'string' && forms.some((form) => covers(at, form)) ? [{ device, ip: value, source }] : [],
  )
}

/** A name and what it becomes an alias of, step by step. */
function formsOf(aliases: ReadonlyMap<string, string>, name: string): readonly string[] {
  const forms = [name]
  for (let next = aliases.get(name); next !== undefined && !forms.includes(next); next = aliases.get(next))
    forms.push(next)
  return forms
}

/** The records that the endpoint's zone groups keep, in whatever zone. */
function registered(estate: Estate, endpoint: EndpointConnection): ResourceRecord[] {
  const ids = zoneConfigs(estate, endpoint.body).map((one) => one.text('privateDnsZoneId')?.toLowerCase())
  return [...new Set(ids)].flatMap((id) =>
    id === undefined ? [] : recordsOfEndpoint(estate, endpoint, id, lastPart(id)),
  )
}

function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name
}
