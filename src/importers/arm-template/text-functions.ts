import { formatted } from './format-text.ts'
import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { plainText } from './plain-text.ts'
import { standInGuid, standInString } from './stand-in.ts'
import { unevaluated } from './value.ts'

// A half of a surrogate pair has no URI encoding.
const LONE = /\p{Surrogate}/gu

type OnText = (text: string) => unknown
type OnTwo = (text: string, other: string) => unknown

function ofText(name: string, make: OnText) {
  return taking(1, 1, (text) => (typeof text === 'string' ? make(text) : cannotTake(name, text)))
}

function ofTwo(name: string, make: OnTwo) {
  return taking(2, 2, (text, other) =>
    typeof text === 'string' && typeof other === 'string' ? make(text, other) : cannotTake(name, text, other),
  )
}

/** The functions on texts; positions count from 0 (Learn: String functions for ARM templates). */
export const TEXT_FUNCTIONS: FunctionTable = {
  base64: ofText('base64', (text) => Buffer.from(text, 'utf8').toString('base64')),
  base64tostring: ofText('base64ToString', fromBase64),
  datauri: ofText('dataUri', (text) => `data:text/plain;charset=utf8;base64,${Buffer.from(text).toString('base64')}`),
  datauritostring: ofText('dataUriToString', dataUriText),
  // Searching texts for a text disregards case, comparing them does not.
  endswith: ofTwo('endsWith', (text, end) => text.toLowerCase().endsWith(end.toLowerCase())),
  startswith: ofTwo('startsWith', (text, start) => text.toLowerCase().startsWith(start.toLowerCase())),
  format: taking(1, 99, (pattern, ...args) =>
    typeof pattern === 'string' ? formatted(pattern, args) : cannotTake('format', pattern),
  ),
  guid: taking(1, 99, (...words) => standInGuid(words.map(plainText))),
  uniquestring: taking(1, 99, (...words) => standInString(words.map(plainText))),
  join: taking(2, 2, (list, between) =>
    Array.isArray(list) && typeof between === 'string'
      ? list.map(plainText).join(between)
      : cannotTake('join', list, between),
  ),
  padleft: taking(2, 3, padded),
  replace: taking(3, 3, (text, old, made) =>
    typeof text === 'string' && typeof old === 'string' && typeof made === 'string'
      ? old === ''
        ? text
        : text.replaceAll(old, () => made)
      : cannotTake('replace', text, old, made),
  ),
  split: taking(2, 2, splitText),
  string: taking(1, 1, plainText),
  substring: taking(2, 3, partOfText),
  tolower: ofText('toLower', (text) => text.toLowerCase()),
  toupper: ofText('toUpper', (text) => text.toUpperCase()),
  trim: ofText('trim', (text) => text.trim()),
  uri: ofTwo('uri', joinedUri),
  uricomponent: ofText('uriComponent', (text) => encodeURIComponent(text.replace(LONE, '\ufffd'))),
  uricomponenttostring: ofText('uriComponentToString', (text) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return unevaluated('the text is not URI encoded')
    }
  }),
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

function dataUriText(text: string): unknown {
  const match = /^data:([^,]*),(.*)$/s.exec(text)
  if (!match) return unevaluated('the text is no data URI')
  return match[1]?.endsWith(';base64') ? fromBase64(match[2] ?? '') : (match[2] ?? '')
}

function padded(text: unknown, length: unknown, filler: unknown = ' '): unknown {
  const fits = typeof length === 'number' && length <= 10_000 && typeof filler === 'string' && filler.length === 1
  return fits ? plainText(text).padStart(length, filler) : cannotTake('padLeft', text, length, filler)
}

function splitText(text: unknown, at: unknown): unknown {
  const signs = Array.isArray(at) ? at : [at]
  if (typeof text !== 'string' || signs.length === 0) return cannotTake('split', text, at)
  const known = signs.filter((one): one is string => typeof one === 'string' && one !== '')
  if (known.length < signs.length) return cannotTake('split', text, at)
  return known.reduce((parts, sign) => parts.flatMap((part) => part.split(sign)), [text])
}

function partOfText(text: unknown, start: unknown, length?: unknown): unknown {
  if (typeof text !== 'string' || typeof start !== 'number') return cannotTake('substring', text, start)
  const end = typeof length === 'number' ? start + length : text.length
  if (start < 0 || end > text.length || end < start) return unevaluated('substring() reaches past the end of the text')
  return text.slice(start, end)
}

/** Without a slash at its end, what follows the last slash of the first part is dropped. */
function joinedUri(start: string, end: string): string {
  const rest = end.startsWith('/') ? end.slice(1) : end
  if (start.endsWith('/')) return start + rest
  const scheme = start.indexOf('://')
  const slash = start.lastIndexOf('/')
  const cut = slash > scheme + 2 ? start.slice(0, slash) : start
  return `${cut}/${rest}`
}
