/** Where Azure's management is reached, and who signs people in there. */
export interface Cloud {
  readonly name: string
  /** The Resource Manager's address, without a slash at its end. */
  readonly endpoint: string
  /** Absent = what `AZURE_AUTHORITY_HOST` says, else the public one. */
  readonly authority?: string
}

/** The clouds by the name the command line gives them (Learn: Azure national clouds). */
export const CLOUDS = {
  public: { name: 'public', endpoint: 'https://management.azure.com' },
  government: {
    name: 'government',
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
  },
  china: {
    name: 'china',
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
  },
} as const satisfies Readonly<Record<string, Cloud>>

/** An endpoint that cannot be used; the message says what to write. Caught in the CLI (exit 64). */
export class UnusableEndpoint extends Error {
  override readonly name = 'UnusableEndpoint'
}

/**
 * The cloud of a name, or the one at an address of its own (Azure Stack Hub, a test's server). A token goes nowhere in
 * clear text: plain http is taken only for this machine itself.
 */
export function cloudAt(name: keyof typeof CLOUDS, endpoint: string | undefined): Cloud {
  if (endpoint === undefined || endpoint === '') return CLOUDS[name]
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new UnusableEndpoint('AZURE_RESOURCE_MANAGER_ENDPOINT is no address: write https://management.example.com')
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new UnusableEndpoint(
      'AZURE_RESOURCE_MANAGER_ENDPOINT must start with https://: a token would go in clear text',
    )
  return { name: 'custom', endpoint: url.origin }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
