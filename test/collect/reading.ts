import { readFileSync } from 'node:fs'
import { type Collection, cloudAt, collectAzure, signInWith } from '../../src/collect/index.ts'
import { type ArmBody, ArmServer, type ArmServerOptions } from './arm-server.ts'

/** The subscription every body of the shipped estates is in. */
export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'

/** The bodies of the shipped factory. */
export const PLANT: readonly ArmBody[] = JSON.parse(
  readFileSync(new URL('../../fixtures/vision-plant/azure.json', import.meta.url), 'utf8'),
)

/** What came of reading a server's estate. */
export interface Reading {
  readonly collection: Collection
  readonly server: ArmServer
  /** The waits it asked for, in seconds, and why. */
  readonly waits: readonly string[]
}

/** Reads an estate from a server of its own, which is gone afterwards. Waits are noted and not waited. */
export async function reading(
  options: ArmServerOptions,
  request: {
    readonly subscriptions?: readonly string[]
    readonly resourceGroups?: readonly string[]
    readonly learnedRoutes?: boolean
    readonly effectiveRoutes?: boolean
    readonly token?: string
  } = {},
): Promise<Reading> {
  const server = await ArmServer.start(options)
  const waits: string[] = []
  try {
    const collection = await collectAzure(
      {
        cloud: cloudAt('public', server.endpoint),
        subscriptions: request.subscriptions ?? [SUBSCRIPTION],
        resourceGroups: request.resourceGroups ?? [],
        routes: [
          ...(request.learnedRoutes ? (['learned-routes'] as const) : []),
          ...(request.effectiveRoutes ? (['effective-routes'] as const) : []),
        ],
      },
      {
        signIn: signInWith(request.token ?? server.token),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
        onWait: (why, seconds) => void waits.push(`${why}: ${seconds} s`),
        onProgress: () => undefined,
        pollMilliseconds: 1,
      },
    )
    return { collection, server, waits }
  } finally {
    await server.stop()
  }
}
