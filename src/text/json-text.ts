import { JsonVisits } from './json-visits.ts'
import { type Place, TextPlaces } from './place.ts'
import { relaxedJson } from './relaxed-json.ts'

/** What is wrong with a JSON text, and where. */
export interface JsonProblem {
  readonly message: string
  readonly place: Place
}

/** A JSON text read into plain values that still know where they stood. */
export interface JsonDocument {
  /** The value; `undefined` when the text is not JSON. */
  readonly value: unknown
  /** The first mistake; `undefined` when there is none. Reading stops at it. */
  readonly problem: JsonProblem | undefined
  /** The place of an object or array, or of one of its members (`key`); of the text's start when unknown. */
  placeOf(container: unknown, key?: string | number): Place
  /** The JSON pointer (RFC 6901) of an object or array, or of one of its members. */
  pointerOf(container: unknown, key?: string | number): string
  /** The text of a line, from 1. */
  line(line: number): string
  /**
   * What to show of a place whose line is too long to show, as the one line of a file without line breaks: the member
   * alone, in no case what stands beside it. `undefined` where the line itself will do.
   */
  textOf?(container: unknown, key?: string | number): string | undefined
  /** Where readers note the members they look at; absent when nobody asked for an account. */
  readonly visits?: JsonVisits
  /** The places of all members of an object or array, in order of the text; absent in documents made of others. */
  placesIn?(container: object): ReadonlyMap<string | number, Place>
}

interface Origin {
  readonly offset: number
  /** Where the text behind it starts. */
  end: number
  readonly parent: object | undefined
  readonly key: string | number | undefined
  /** Its JSON pointer, once somebody asked. */
  pointer: string | undefined
}

/**
 * Reads JSON (RFC 8259; a leading byte order mark is skipped). Never throws. A repeated key: the last one wins.
 * `keepsVisits`: readers are to note what they look at. `relaxed`: comments, line breaks inside texts, commas behind the
 * last member and single quotes are no mistakes.
 */
export function readJson(text: string, keepsVisits = false, relaxed = false): JsonDocument {
  const reader = new Reader(relaxed ? relaxedJson(text) : text)
  const places = new Lazy(() => new TextPlaces(text))
  const value = reader.read()
  const failure = reader.failure
  // Where a thing stands and what to show of it are asked one after the other.
  let last:
    | { readonly container: object; readonly key: string | number | undefined; readonly offset: number }
    | undefined
  const offsetOf = (container: unknown, key?: string | number): number => {
    if (!isContainer(container)) return 0
    if (last?.container === container && last.key === key) return last.offset
    const member = key === undefined ? undefined : reader.memberOffset(container, key)
    const offset = member ?? reader.origins.get(container)?.offset ?? 0
    last = { container, key, offset }
    return offset
  }
  return {
    value: failure ? undefined : value,
    problem: failure && { message: failure.message, place: places.value.at(failure.offset) },
    placeOf: (container, key) => places.value.at(offsetOf(container, key)),
    pointerOf: (container, key) => pointer(reader.origins, container, key),
    line: (line) => places.value.line(line),
    textOf: (container, key) => {
      const { line } = places.value.at(offsetOf(container, key))
      return places.value.line(line).length > LONG_LINE ? shownAlone(container, key) : undefined
    },
    placesIn: (container) => {
      const offsets = reader.memberOffsets(container)
      return new Map([...offsets].map(([key, offset]) => [key, places.value.at(offset)] as const))
    },
    ...(keepsVisits && { visits: new JsonVisits() }),
  }
}

const LONG_LINE = 500

function shownAlone(container: unknown, key: string | number | undefined): string {
  const name = (value: unknown) => (isContainer(value) && 'name' in value ? JSON.stringify(value.name) : '...')
  if (key === undefined || !isContainer(container)) return `{"name": ${name(container)}}`
  const value = (container as Record<string | number, unknown>)[key]
  return `${JSON.stringify(String(key))}: ${isContainer(value) ? `{"name": ${name(value)}}` : JSON.stringify(value)}`
}

class Lazy<T> {
  #made: { value: T } | undefined
  readonly #make: () => T
  constructor(make: () => T) {
    this.#make = make
  }
  get value(): T {
    this.#made ??= { value: this.#make() }
    return this.#made.value
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function pointer(origins: ReadonlyMap<object, Origin>, container: unknown, key?: string | number): string {
  const own = isContainer(container) ? pointerTo(origins, container) : ''
  return key === undefined ? own : own + step(key)
}

function pointerTo(origins: ReadonlyMap<object, Origin>, container: object): string {
  const origin = origins.get(container)
  if (!origin?.parent || origin.key === undefined) return ''
  origin.pointer ??= pointerTo(origins, origin.parent) + step(origin.key)
  return origin.pointer
}

function step(key: string | number): string {
  return typeof key === 'number' ? `/${key}` : `/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`
}

const DEPTH_LIMIT = 500

class Reader {
  readonly origins = new Map<object, Origin>()
  failure: { message: string; offset: number } | undefined
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1
  }

  read(): unknown {
    const value = this.#value(undefined, undefined, 0)
    this.#blank()
    if (!this.failure && this.#at < this.#text.length) this.#fail('there is more text after the end of the JSON value')
    return value
  }

  /** Where a member's key (or an array's element) starts. */
  memberOffset(container: object, wanted: string | number): number | undefined {
    let found: number | undefined
    this.#eachMember(container, (key, offset) => {
      if (key === wanted || String(key) === String(wanted)) found = offset
    })
    return found
  }

  /** Where every member's key (or every element) starts; of a repeated key the last. */
  memberOffsets(container: object): Map<string | number, number> {
    const offsets = new Map<string | number, number>()
    this.#eachMember(container, (key, offset) => offsets.set(key, offset))
    return offsets
  }

  // Places are seldom asked for: the container is read once more instead of keeping them all.
  #eachMember(container: object, tell: (key: string | number, offset: number) => void): void {
    const origin = this.origins.get(container)
    if (!origin) return
    this.#at = origin.offset + 1
    for (let index = 0; ; index++) {
      this.#blank()
      const start = this.#at
      const code = this.#text.charCodeAt(this.#at)
      if (code === 0x7d || code === 0x5d || Number.isNaN(code)) return
      let key: string | number = index
      if (!Array.isArray(container)) {
        key = this.#string()
        this.#blank()
        this.#at++
      }
      tell(key, start)
      this.#blank()
      const value: unknown = (container as Record<string | number, unknown>)[key]
      const known = isContainer(value) ? this.origins.get(value) : undefined
      // An earlier value of a repeated key stands elsewhere.
      if (known?.offset === this.#at) this.#at = known.end
      else this.#skip()
      this.#blank()
      if (this.#text.charCodeAt(this.#at) === 0x2c) this.#at++
    }
  }

  #skip(): void {
    let depth = 0
    do {
      this.#blank()
      const code = this.#text.charCodeAt(this.#at)
      if (Number.isNaN(code)) return
      if (code === 0x22) this.#string()
      else {
        if (code === 0x7b || code === 0x5b) depth++
        else if (code === 0x7d || code === 0x5d) depth--
        this.#at++
        if (depth === 0 && code !== 0x7d && code !== 0x5d) this.#at = endOfWord(this.#text, this.#at)
      }
    } while (depth > 0)
  }

  #value(parent: object | undefined, key: string | number | undefined, depth: number): unknown {
    this.#blank()
    if (depth > DEPTH_LIMIT) return this.#fail(`nested deeper than ${DEPTH_LIMIT} levels`)
    const code = this.#text.charCodeAt(this.#at)
    if (code === 0x7b) return this.#object(parent, key, depth)
    if (code === 0x5b) return this.#array(parent, key, depth)
    if (code === 0x22) return this.#string()
    return this.#word()
  }

  #object(parent: object | undefined, key: string | number | undefined, depth: number): unknown {
    const made: Record<string, unknown> = {}
    const origin: Origin = { offset: this.#at++, end: 0, parent, key, pointer: undefined }
    this.origins.set(made, origin)
    this.#blank()
    if (this.#ends(0x7d, origin)) return made
    while (!this.failure) {
      this.#blank()
      if (this.#text.charCodeAt(this.#at) !== 0x22) return this.#fail('expected a key in double quotes')
      const name = this.#string()
      this.#blank()
      if (!this.#take(0x3a)) return this.#fail(`expected ":" after the key "${name.slice(0, 40)}"`)
      const value = this.#value(made, name, depth + 1)
      if (name !== '__proto__') made[name] = value
      // That key, set plainly, would change the object's prototype and not be data.
      else Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
      this.#blank()
      if (this.#ends(0x7d, origin)) return made
      if (!this.#take(0x2c)) return this.#fail('expected "," or "}" in an object')
    }
    return undefined
  }

  #array(parent: object | undefined, key: string | number | undefined, depth: number): unknown {
    const made: unknown[] = []
    const origin: Origin = { offset: this.#at++, end: 0, parent, key, pointer: undefined }
    this.origins.set(made, origin)
    this.#blank()
    if (this.#ends(0x5d, origin)) return made
    while (!this.failure) {
      made.push(this.#value(made, made.length, depth + 1))
      this.#blank()
      if (this.#ends(0x5d, origin)) return made
      if (!this.#take(0x2c)) return this.#fail('expected "," or "]" in an array')
    }
    return undefined
  }

  #string(): string {
    const start = this.#at
    const quote = this.#text.indexOf('"', start + 1)
    const plain = quote === -1 ? '\\' : this.#text.slice(start + 1, quote)
    if (!SPECIAL.test(plain)) {
      this.#at = quote + 1
      return plain
    }
    let at = start + 1
    for (;;) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x22) break
      if (Number.isNaN(code)) {
        this.#fail('this text in double quotes never ends', start)
        return ''
      }
      if (code < 0x20) {
        this.#fail('a control character inside a text in double quotes', at)
        return ''
      }
      at += code === 0x5c ? 2 : 1
    }
    this.#at = at + 1
    const raw = this.#text.slice(start + 1, at)
    if (!raw.includes('\\')) return raw
    try {
      return JSON.parse(`"${raw}"`) as string
    } catch {
      this.#fail('an escape sequence that JSON does not know', start)
      return ''
    }
  }

  #word(): unknown {
    WORD.lastIndex = this.#at
    const word = WORD.exec(this.#text)?.[0]
    if (!word) return this.#fail(this.#at >= this.#text.length ? 'the text ends too early' : 'expected a value')
    this.#at += word.length
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    return Number(word)
  }

  #ends(code: number, origin: Origin): boolean {
    if (!this.#take(code)) return false
    origin.end = this.#at
    return true
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #blank(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #fail(message: string, offset = this.#at): undefined {
    this.failure ??= { message, offset }
    return undefined
  }
}

function endOfWord(text: string, start: number): number {
  END.lastIndex = start
  return END.exec(text)?.index ?? text.length
}

const END = /[\s,}\]]/g
// What makes a text in double quotes more than what stands between them, or wrong.
const SPECIAL = /[\\\u0000-\u001f]/
const WORD = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y
