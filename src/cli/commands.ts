import { checkPromise, connect, deviceNamed, type PromiseResult, UsageError } from '../diagnose/index.ts'
import { parseIp } from '../net/index.ts'
import {
  connectionJson,
  connectionText,
  devicesText,
  deviceText,
  figuresLine,
  promisesText,
  routeChoiceText,
  routesText,
  rulesText,
} from '../report/index.ts'
import { lookupRoute } from '../trace/index.ts'
import { EXIT, exitCodeOf } from './exit-code.ts'
import { type Loaded, load } from './load.ts'
import type { Output } from './output.ts'

/** What options every question shares. */
export interface Asking {
  readonly topology: string
  /** The topology as `-t` names it; absent when it was found otherwise. */
  readonly named?: string
  readonly output: Output
  readonly json: boolean
  readonly verbose: boolean
}

function loaded(asking: Asking): Loaded {
  return load(asking.topology, asking.output, { expectations: false, listsWarnings: asking.verbose })
}

/** `from A to B`. */
export function askConnection(asking: Asking, from: string, to: string): number {
  const { prepared } = loaded(asking)
  const connection = connect(prepared, from, to)
  const { verbose, named } = asking
  const options = { verbose, ...(named !== undefined && { topology: named }) }
  asking.output.out(asking.json ? jsonText(connectionJson(connection)) : connectionText(connection, options))
  return exitCodeOf(connection.works)
}

/** `routes DEVICE [DESTINATION]`. */
export function showRoutes(asking: Asking, word: string, destination: string | undefined): number {
  const { network, prepared } = loaded(asking)
  const device = deviceNamed(network, word)
  if (destination === undefined) {
    asking.output.out(routesText(device))
    return EXIT.yes
  }
  const address =
    parseIp(destination) ?? deviceNamed(network, destination).interfaces.flatMap((one) => one.addresses)[0]?.ip
  if (address === undefined) throw new UsageError(`"${destination}" has no address to look up`)
  asking.output.out(routeChoiceText(device, address, lookupRoute(prepared, device.name, address)))
  return EXIT.yes
}

/** `rules DEVICE`. */
export function showRules(asking: Asking, word: string): number {
  asking.output.out(rulesText(deviceNamed(loaded(asking).network, word)))
  return EXIT.yes
}

/** `show DEVICE`. */
export function showDevice(asking: Asking, word: string): number {
  const { network } = loaded(asking)
  asking.output.out(deviceText(network, deviceNamed(network, word)))
  return EXIT.yes
}

/** `devices`. */
export function showDevices(asking: Asking): number {
  asking.output.out(devicesText(loaded(asking).network))
  return EXIT.yes
}

/** `validate [TOPOLOGY...]`: reads each, holds its expectations, ends with the figures of all. */
export function validate(topologies: readonly string[], output: Output, verbose: boolean): number {
  const results: PromiseResult[] = []
  for (const path of topologies) {
    const { prepared, expectations } = load(path, output, { expectations: true, listsWarnings: verbose })
    const own = expectations.map((one) => checkPromise(prepared, one))
    output.out(promisesText(own))
    results.push(...own)
  }
  output.out(figuresLine(results))
  if (results.some((one) => one.state === 'broken')) return EXIT.no
  return results.some((one) => one.state === 'unknown') ? EXIT.cannotTell : EXIT.yes
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
