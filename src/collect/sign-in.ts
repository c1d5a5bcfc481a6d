import { DefaultAzureCredential } from '@azure/identity'
import type { Cloud } from './cloud.ts'
import { SignInFailure } from './read-failure.ts'

/** Who we are to Azure. */
export interface SignIn {
  /** A token for the Resource Manager. Throws a SignInFailure. */
  token(): Promise<string>
  /** The token was refused: the next one is asked for anew. */
  forget(): void
}

const EARLY = 5 * 60_000

/**
 * Signs in as whoever the machine is signed in as: `az login`, Azure PowerShell, environment variables, a managed identity,
 * in the order of DefaultAzureCredential. A token is kept until five minutes before it ends. Throws a SignInFailure when the
 * environment asks for a way that does not exist.
 */
export function signInOf(cloud: Cloud, tenant: string | undefined): SignIn {
  const credential = credentialOf(cloud, tenant)
  let asked: { readonly token: Promise<string>; until: number } | undefined
  return {
    token() {
      if (asked && asked.until > Date.now()) return asked.token
      const entry = { token: Promise.resolve(''), until: Number.POSITIVE_INFINITY }
      entry.token = credential.getToken(`${cloud.endpoint}/.default`).then(
        (given) => {
          entry.until = given.expiresOnTimestamp - EARLY
          return given.token
        },
        (error) => {
          asked = undefined
          throw new SignInFailure(shortReason(error))
        },
      )
      asked = entry
      return entry.token
    },
    forget() {
      asked = undefined
    },
  }
}

/** Signs in with a token that somebody already has (`az account get-access-token`). */
export function signInWith(token: string): SignIn {
  return { token: () => Promise.resolve(token.trim()), forget: () => undefined }
}

function credentialOf({ authority }: Cloud, tenant: string | undefined): DefaultAzureCredential {
  try {
    return new DefaultAzureCredential({
      ...(tenant !== undefined && { tenantId: tenant }),
      ...(authority !== undefined && { authorityHost: authority }),
    })
  } catch (error) {
    throw new SignInFailure(shortReason(error))
  }
}

// The whole message has a paragraph for every way that was tried; the first line of each says enough.
function shortReason(error: unknown): string {
  const { errors } = error as { errors?: unknown }
  const reasons = Array.isArray(errors) && errors.length > 0 ? errors : [error]
  const first = (one: unknown) => (one instanceof Error ? one.message : String(one)).split('\n')[0]?.slice(0, 300) ?? ''
  return [...new Set(reasons.map(first))].join(' | ')
}
