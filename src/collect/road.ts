import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { errorOf, failureOf, failureOfAnswer, Interrupted, NOT_JSON, ReadFailure } from './read-failure.ts'
import type { SignIn } from './sign-in.ts'

/** How requests go out, and what the caller decides about it. */
export interface RoadOptions {
  readonly endpoint: string
  readonly signIn: SignIn
  /** Ends every request and every wait. */
  readonly signal: AbortSignal
  /** Waits some milliseconds; ends early with the signal. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Told before each wait: what happened, and for how many seconds. */
  readonly onWait?: (why: string, seconds: number) => void
}

/** Tries of one request: the first and four more. */
const TRIES = 5
/** Tries of a request whose answer does not come: each costs a minute. */
const TRIES_IN_SILENCE = 2
/** A wait Azure asks for beyond this is not waited for: the request counts as failed. */
const LONGEST_WAIT = 120_000
const ANSWER_TIME = 60_000
const MOST_LOOKS = 200
const AGAIN = new Set([408, 429, 500, 502, 503, 504])
const AGAIN_WITHOUT_ANSWER = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'REQUEST_SEND_ERROR',
])

/**
 * The one way out: every request of this room passes here. It goes to the one endpoint and nowhere else, whatever a next
 * link says; it carries the token; it is sent again where Azure asks for it (429 and 503 with `Retry-After`), where Azure
 * fails (408, 5xx) and where the connection drops, also in the middle of an answer, five tries at most. A version that Azure
 * does not have (another cloud, a version that was retired) is replaced by one that it names.
 */
export class Road {
  readonly endpoint: string
  readonly #options: RoadOptions
  readonly #inner: HttpClient = createDefaultHttpClient()
  readonly #pipeline = createPipelineFromOptions({
    ...WITHOUT_RETRIES,
    userAgentOptions: { userAgentPrefix: 'nettrace' },
  })
  /** The client that Azure's own packages are given. */
  readonly client: HttpClient

  constructor(options: RoadOptions) {
    this.#options = options
    this.endpoint = options.endpoint
    this.client = { sendRequest: (request) => this.#send(request) }
  }

  /** Sends a request and gives the answer's JSON and text. Throws a ReadFailure. */
  async json(method: 'GET' | 'POST', url: string, body?: string): Promise<{ value: unknown; text: string }> {
    const response = await this.#answer(method, url, body)
    if (response.status !== 200) throw failureOfAnswer(response.status, response.bodyAsText)
    return parsed(response)
  }

  /**
   * Runs an operation that takes its time, and gives what it answers in the end: asked for with POST, then looked at until it
   * is done. Throws a ReadFailure.
   */
  async operation(url: string, pollMilliseconds: number): Promise<unknown> {
    let response = await this.#answer('POST', url)
    for (let looks = 0; response.status === 202; looks++) {
      const place = response.headers.get('location')
      if (place === undefined || looks >= MOST_LOOKS) throw new ReadFailure({ why: 'the operation did not end' })
      await this.#options.wait(retryAfter(response) ?? pollMilliseconds, this.#options.signal)
      response = await this.#answer('GET', place)
    }
    if (response.status !== 200) throw failureOfAnswer(response.status, response.bodyAsText)
    return parsed(response).value
  }

  async #answer(method: 'GET' | 'POST', url: string, body?: string): Promise<PipelineResponse> {
    const headers = createHttpHeaders({ accept: 'application/json' })
    if (body !== undefined) headers.set('content-type', 'application/json')
    const request = createPipelineRequest({ url, method, headers, ...(body !== undefined && { body }) })
    request.allowInsecureConnection = true
    return this.#pipeline.sendRequest(this.client, request)
  }

  async #send(request: PipelineRequest): Promise<PipelineResponse> {
    this.#hold(request)
    let signedInAgain = false
    let choseVersion = false
    for (let attempt = 1; ; attempt++) {
      request.headers.set('authorization', `Bearer ${await this.#options.signIn.token()}`)
      const outcome = await this.#attempt(request)
      if (!(outcome instanceof Error) && outcome.status === 401 && !signedInAgain) {
        signedInAgain = true
        this.#options.signIn.forget()
        continue
      }
      const other = choseVersion || outcome instanceof Error ? undefined : withKnownVersion(request.url, outcome)
      if (other !== undefined) {
        choseVersion = true
        request.url = other
        continue
      }
      const again = attempt < TRIES ? againAfter(outcome, attempt) : undefined
      if (again === undefined) {
        if (outcome instanceof Error) throw outcome
        return outcome
      }
      this.#options.onWait?.(again.why, Math.ceil(again.milliseconds / 1000))
      await this.#options.wait(again.milliseconds, this.#options.signal)
    }
  }

  #hold(request: PipelineRequest): void {
    const origin = URL.canParse(request.url) ? new URL(request.url).origin : undefined
    if (origin !== this.endpoint)
      throw new ReadFailure({ why: 'the answer goes on at another server, which is not asked' })
    request.allowInsecureConnection = this.endpoint.startsWith('http:')
    request.timeout = ANSWER_TIME
    request.abortSignal = this.#options.signal
  }

  async #attempt(request: PipelineRequest): Promise<PipelineResponse | Error> {
    if (this.#options.signal.aborted) throw new Interrupted('interrupted')
    try {
      return await this.#inner.sendRequest(request)
    } catch (error) {
      if (this.#options.signal.aborted) throw new Interrupted('interrupted')
      return withoutAnswer(error)
    }
  }
}

/** What Azure's own packages are told, so that a request is sent again in one place only and redirected nowhere. */
export const WITHOUT_RETRIES = { retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } } as const

function parsed({ bodyAsText }: PipelineResponse): { value: unknown; text: string } {
  const text = bodyAsText ?? ''
  try {
    return { value: JSON.parse(text), text }
  } catch {
    throw new ReadFailure({ status: 200, why: NOT_JSON })
  }
}

/** Why a request got no whole answer. The answer's text is all that is read here, so what cannot be read of it broke off. */
function withoutAnswer(error: unknown): Error {
  const { name, code } = error as { name?: unknown; code?: unknown }
  if (code === 'PARSE_ERROR') return new ReadFailure({ code: 'ECONNRESET', why: DROPPED })
  if (name === 'AbortError') return new ReadFailure({ code: 'ETIMEDOUT', why: SILENCE })
  return error instanceof Error ? error : new Error(String(error))
}

const DROPPED = 'the connection failed, and still did at the last try'
const SILENCE = `no answer came within ${ANSWER_TIME / 1000} s`

function againAfter(
  outcome: PipelineResponse | Error,
  attempt: number,
): { why: string; milliseconds: number } | undefined {
  const patience = 1000 * 2 ** (attempt - 1)
  if (outcome instanceof Error) {
    const { code, why } = failureOf(outcome).facts
    if (why === SILENCE) return attempt < TRIES_IN_SILENCE ? { why, milliseconds: patience } : undefined
    const drops = code !== undefined && AGAIN_WITHOUT_ANSWER.has(code)
    return drops ? { why: 'the connection dropped', milliseconds: patience } : undefined
  }
  if (!AGAIN.has(outcome.status)) return undefined
  const asked = retryAfter(outcome)
  if (asked !== undefined && asked > LONGEST_WAIT) return undefined
  const why = outcome.status === 429 ? 'Azure asks to wait (429)' : `Azure failed (${outcome.status})`
  return { why, milliseconds: asked ?? patience }
}

/**
 * The wait an answer asks for, in milliseconds: seconds or a date (RFC 9110, Retry-After), else when Resource Graph gives the
 * next queries (Learn: Guidance for throttled requests in Azure Resource Graph).
 */
function retryAfter({ headers }: PipelineResponse): number | undefined {
  const text = headers.get('retry-after')
  if (text === undefined) return quotaReset(headers.get('x-ms-user-quota-resets-after'))
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function quotaReset(text: string | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d)(?:\.\d+)?$/.exec(text ?? '') ?? []
  return hours === undefined ? undefined : 1000 * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds))
}

const UNKNOWN_VERSION = /^(?:NoRegisteredProviderFound|InvalidApiVersionParameter|InvalidResourceType|NotSupported)$/

/**
 * The request's address with the newest version that Azure names in a refusal and that is no newer than the one asked for, no
 * preview; else the oldest it names. `undefined` when the answer is no such refusal.
 */
function withKnownVersion(address: string, { status, bodyAsText }: PipelineResponse): string | undefined {
  if (status !== 400 && status !== 404) return undefined
  const { code, message } = errorOf(bodyAsText)
  if (code === undefined || !UNKNOWN_VERSION.test(code)) return undefined
  const listed = /supported (?:api-)?versions (?:are|is):? '?([^']*)'?/i.exec(message)?.[1]
  const versions = (listed?.match(/\d{4}-\d\d-\d\d(?![\w-])/g) ?? []).sort()
  const url = new URL(address)
  const asked = url.searchParams.get('api-version') ?? ''
  const known = versions.findLast((one) => one < asked) ?? versions[0]
  if (known === undefined || known === asked) return undefined
  url.searchParams.set('api-version', known)
  return url.href
}
