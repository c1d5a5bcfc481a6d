import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { failureOf, failureOfAnswer, Interrupted, NOT_JSON, ReadFailure } from './read-failure.ts'
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
/** A wait Azure asks for beyond this is not waited for: the request counts as failed. */
const LONGEST_WAIT = 120_000
const ANSWER_TIME = 60_000
const AGAIN = new Set([408, 429, 500, 502, 503, 504])
const AGAIN_WITHOUT_ANSWER = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
])

/**
 * The one way out: every request of this room passes here. It goes to the one endpoint and nowhere else, whatever a next
 * link says; it carries the token; it is sent again where Azure asks for it (429 and 503 with `Retry-After`), where Azure
 * fails (408, 5xx) and where the connection drops, five tries at most.
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
    const headers = createHttpHeaders({ accept: 'application/json' })
    if (body !== undefined) headers.set('content-type', 'application/json')
    const request = createPipelineRequest({ url, method, headers, ...(body !== undefined && { body }) })
    request.allowInsecureConnection = true
    const response = await this.#pipeline.sendRequest(this.client, request)
    const text = response.bodyAsText ?? ''
    if (response.status !== 200) throw failureOfAnswer(response.status, text)
    try {
      return { value: JSON.parse(text), text }
    } catch {
      throw new ReadFailure({ status: 200, why: NOT_JSON })
    }
  }

  async #send(request: PipelineRequest): Promise<PipelineResponse> {
    this.#hold(request)
    let signedInAgain = false
    for (let attempt = 1; ; attempt++) {
      request.headers.set('authorization', `Bearer ${await this.#options.signIn.token()}`)
      const outcome = await this.#attempt(request)
      if (!(outcome instanceof Error) && outcome.status === 401 && !signedInAgain) {
        signedInAgain = true
        this.#options.signIn.forget()
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
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** What Azure's own packages are told, so that a request is sent again in one place only and redirected nowhere. */
export const WITHOUT_RETRIES = { retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } } as const

function againAfter(
  outcome: PipelineResponse | Error,
  attempt: number,
): { why: string; milliseconds: number } | undefined {
  const patience = 1000 * 2 ** (attempt - 1)
  if (outcome instanceof Error) {
    const { code } = failureOf(outcome).facts
    const drops = code !== undefined && (AGAIN_WITHOUT_ANSWER.has(code) || code === 'REQUEST_SEND_ERROR')
    return drops ? { why: 'the connection dropped', milliseconds: patience } : undefined
  }
  if (!AGAIN.has(outcome.status)) return undefined
  const asked = retryAfter(outcome)
  if (asked !== undefined && asked > LONGEST_WAIT) return undefined
  const why = outcome.status === 429 ? 'Azure asks to wait (429)' : `Azure failed (${outcome.status})`
  return { why, milliseconds: asked ?? patience }
}

/** The wait an answer asks for, in milliseconds: seconds or a date (RFC 9110, Retry-After). */
function retryAfter({ headers }: PipelineResponse): number | undefined {
  const text = headers.get('retry-after')
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
