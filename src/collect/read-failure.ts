/** Why something could not be read. */
export interface FailureFacts {
  /** The HTTP status; absent when there was no answer. */
  readonly status?: number
  /** Azure's own word for it (`AuthorizationFailed`), or the network's (`ECONNRESET`). */
  readonly code?: string
  /** One sentence without names of people, times or ids, the same in every run that fails the same way. */
  readonly why: string
  /** The operation a role must allow, when Azure named it. */
  readonly needs?: string
}

/** A read that failed for good, after all tries. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure'
  readonly facts: FailureFacts
  constructor(facts: FailureFacts) {
    super(facts.why)
    this.facts = facts
  }
}

/** Nobody is signed in, or the sign-in was refused: nothing can be read. */
export class SignInFailure extends Error {
  override readonly name = 'SignInFailure'
}

/** The run was interrupted; nothing more is sent. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** What an answer that is no success says. */
export function failureOfAnswer(status: number, body: string | null | undefined): ReadFailure {
  const { code, message } = errorOf(body)
  const needs = /perform action '([A-Za-z0-9./*_-]{1,200})'/.exec(message)?.[1]
  return new ReadFailure({
    status,
    ...(code !== undefined && { code }),
    why: whyOf(status),
    ...(needs !== undefined && { needs }),
  })
}

/** What went wrong, whoever threw it: our own failure, the SDK's, the network's. */
export function failureOf(error: unknown): ReadFailure {
  if (error instanceof ReadFailure) return error
  if (typeof error !== 'object' || error === null) return new ReadFailure({ why: 'there was no answer' })
  const { statusCode, code, response, cause } = error as Partial<RestErrorLike>
  if (typeof statusCode === 'number' && statusCode >= 400) return failureOfAnswer(statusCode, response?.bodyAsText)
  if (code === 'PARSE_ERROR' || error instanceof SyntaxError) return new ReadFailure({ why: NOT_JSON })
  const word = [code, cause?.code].find((one): one is string => typeof one === 'string' && NETWORK_WORD.test(one))
  if (word !== undefined && /CERT|ISSUER|LEAF_SIGNATURE/.test(word))
    return new ReadFailure({ code: word, why: UNTRUSTED })
  if (word !== undefined)
    return new ReadFailure({ code: word, why: 'the connection failed, and still did at the last try' })
  return new ReadFailure({ why: 'the answer could not be read' })
}

const NETWORK_WORD = /^[A-Z][A-Z0-9_]{2,40}$/

// Node's own list of certificates is asked, not the machine's (Node.js: Command-line API, NODE_EXTRA_CA_CERTS).
const UNTRUSTED =
  "the server's certificate is not trusted: where a proxy opens TLS, put its certificate into a file and set NODE_EXTRA_CA_CERTS to that"

/** The sentence for an answer that is no JSON. */
export const NOT_JSON = 'the answer is not JSON'

interface RestErrorLike {
  readonly statusCode: unknown
  readonly code: unknown
  readonly response: { readonly bodyAsText?: string | null }
  readonly cause: { readonly code?: unknown }
}

function whyOf(status: number): string {
  if (status === 401) return 'the sign-in is not accepted'
  if (status === 403) return 'reading it is not allowed'
  if (status === 404) return 'it is not there'
  if (status === 407) return 'the proxy wants a sign-in: HTTPS_PROXY=http://user:password@proxy:port'
  if (status === 429) return 'Azure asked to wait, and still did at the last try'
  if (status >= 500) return 'Azure failed, and still did at the last try'
  return 'Azure refuses the request'
}

interface ErrorBody {
  readonly code?: unknown
  readonly message?: unknown
  readonly details?: unknown
}

/** What an answer names as its error; of Resource Graph's `BadRequest` the first detail, which says what is bad. */
export function errorOf(body: string | null | undefined): { code?: string; message: string } {
  try {
    const { error } = JSON.parse(body ?? '') as { error?: ErrorBody }
    const [detail] = (Array.isArray(error?.details) ? error.details : []) as (ErrorBody | null)[]
    const shown = error?.code === 'BadRequest' && typeof detail?.code === 'string' ? detail : error
    const code = typeof shown?.code === 'string' && /^[A-Za-z0-9_.-]{1,80}$/.test(shown.code) ? shown.code : undefined
    return { ...(code !== undefined && { code }), message: typeof shown?.message === 'string' ? shown.message : '' }
  } catch {
    return { message: '' }
  }
}
