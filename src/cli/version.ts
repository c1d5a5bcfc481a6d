declare const NETTRACE_VERSION: string | undefined

/** The package's version, put in by the build; `source` when run from source. */
export const VERSION: string = typeof NETTRACE_VERSION === 'string' ? NETTRACE_VERSION : 'source'
