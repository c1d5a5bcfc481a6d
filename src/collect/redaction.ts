/** What stands in place of a secret. */
const HIDDEN = '***'

// Any member that is called a key is taken for one: no key decides which packets pass.
const SECRET_NAMES =
  /(key|password|passphrase|passwd|pwd|secret|connectionstring|customdata|userdata|protectedsettings|token|sasuri|sasurl|securevalue|certificatedata|commandtoexecute|credentials?)$/i

/** Names that end like a secret's and are none. */
const PUBLIC_NAMES = /(publickey|keydata)$/i

/** Lists and objects in which people write programs and settings: their values are anybody's guess, so none is kept. */
const SETTINGS = /^(environmentVariables|appSettings|connectionStrings|secrets|globalParameters)$/i

/** Members that hold a program of somebody's, whole. */
const PROGRAMS: Readonly<Record<string, RegExp>> = {
  'microsoft.logic/workflows': /^(definition|parameters)$/i,
  'microsoft.containerinstance/containergroups': /^command$/i,
  'microsoft.compute/virtualmachinescalesets': /^settings$/i,
}

const SECRET_TEXT = /((?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=)[^;&"\s]+/gi
const SIGN_IN_OF_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+@/gi

/** Members that change without the resource changing, so that every run would differ. */
const VOLATILE = new Set([
  ...['etag', 'ingressbytestransferred', 'egressbytestransferred', 'vpnclientconnectionhealth'],
  ...['georeplicationstats', 'nodestatecounts', 'currentnodecount', 'allocationstatetransitiontime'],
])

/**
 * A resource body as it is written: every member as Azure sent it, secrets hidden, counters and `etag` left out, lists that hold
 * nothing but references in the order of their ids, as Azure gives those in any.
 */
export function written(body: object): unknown {
  const { type } = body as { type?: unknown }
  const programs = typeof type === 'string' ? PROGRAMS[type.toLowerCase()] : undefined
  return writtenValue(body, { settings: false, programs })
}

interface Around {
  /** Inside of settings: every value is hidden. */
  readonly settings: boolean
  readonly programs: RegExp | undefined
}

function writtenValue(value: unknown, around: Around): unknown {
  if (typeof value === 'string')
    return value.replace(SECRET_TEXT, `$1${HIDDEN}`).replace(SIGN_IN_OF_URL, `$1${HIDDEN}@`)
  if (Array.isArray(value)) return inOrder(value.map((one) => writtenValue(one, around)))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !VOLATILE.has(name.toLowerCase()))
  return Object.fromEntries(
    members.map(([name, inner]) => {
      const isNamed = SECRET_NAMES.test(name) && !PUBLIC_NAMES.test(name)
      const hides =
        isNamed || around.programs?.test(name) === true || (around.settings && name.toLowerCase() === 'value')
      if (hides && isSecret(inner)) return [name, HIDDEN]
      return [name, writtenValue(inner, { ...around, settings: around.settings || SETTINGS.test(name) })]
    }),
  )
}

function inOrder(list: readonly unknown[]): readonly unknown[] {
  const ids = list.map(idOfReference)
  if (!ids.every((id) => id !== undefined)) return list
  return list
    .map((one, index) => ({ one, id: (ids[index] ?? '').toLowerCase() }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ one }) => one)
}

/** The id of an object that holds nothing else. */
function idOfReference(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { id } = value as { id?: unknown }
  return typeof id === 'string' && Object.keys(value).length === 1 ? id : undefined
}

// A reference to a secret (Key Vault's id) is no secret; nothing, a switch or a number hides nothing.
function isSecret(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !/^(https:\/\/[^?]+|\/subscriptions\/.*)$/.test(value)
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}
