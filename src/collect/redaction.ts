/** What stands in place of a secret. */
const HIDDEN = '***'

const SECRET_NAMES = new RegExp(
  `(${[
    'sharedkey',
    'password',
    'passphrase',
    'secret',
    'connectionstring',
    'accesskey',
    'accountkey',
    'primarykey',
    'secondarykey',
    'privatekey',
    'apikey',
    'authorizationkey',
    'authenticationkey',
    'instrumentationkey',
    'servicekey',
    'customdata',
    'userdata',
    'protectedsettings',
    'sastoken',
    'sasuri',
    'accesstoken',
    'securevalue',
    'certificatedata',
  ].join('|')})$`,
  'i',
)

/** Lists whose entries are settings of a program: their values are anybody's guess, so none is kept. */
const SETTINGS = /^(environmentVariables|appSettings|connectionStrings|secrets)$/i

const SECRET_TEXT = /((?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=)[^;&"\s]+/gi

/** Members that change without the resource changing, so that every run would differ. */
const VOLATILE = new Set(['etag'])

/** A resource body as it is written: every member as Azure sent it, secrets hidden, `etag` left out. */
export function written(value: unknown, settings = false): unknown {
  if (typeof value === 'string') return value.replace(SECRET_TEXT, `$1${HIDDEN}`)
  if (Array.isArray(value)) return value.map((one) => written(one, settings))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !VOLATILE.has(name.toLowerCase()))
  return Object.fromEntries(
    members.map(([name, inner]) => {
      const hides = SECRET_NAMES.test(name) || (settings && name === 'value')
      if (hides && isSecret(inner)) return [name, HIDDEN]
      return [name, written(inner, settings || SETTINGS.test(name))]
    }),
  )
}

// A reference to a secret (Key Vault's id) is no secret; nothing, a switch or a number hides nothing.
function isSecret(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !/^(https:\/\/[^?]+|\/subscriptions\/.*)$/.test(value)
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}
