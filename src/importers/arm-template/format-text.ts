import { plainText } from './plain-text.ts'
import { unevaluated } from './value.ts'

const HOLE = /\{\{|\}\}|\{(\d+)(?:,(-?\d{1,3}))?(?::([^{}]*))?\}|[{}]/g

/**
 * `format()`: composite formatting as .NET does it, for the number formats D, F, N and X; another format is not known
 * (Learn: String functions for ARM templates, format).
 */
export function formatted(pattern: string, args: readonly unknown[]): unknown {
  let wrong: string | undefined
  const text = pattern.replace(HOLE, (hole, index?: string, width?: string, style?: string) => {
    if (hole === '{{') return '{'
    if (hole === '}}') return '}'
    if (index === undefined || Number(index) >= args.length) {
      wrong ??= `format() has no argument for ${hole}`
      return ''
    }
    const value = args[Number(index)]
    const made = style === undefined || style === '' ? plainText(value) : styled(value, style)
    if (made === undefined) wrong ??= `format() cannot print "${plainText(value)}" as ${style}`
    const columns = Number(width ?? 0)
    return columns < 0 ? (made ?? '').padEnd(-columns) : (made ?? '').padStart(columns)
  })
  return wrong === undefined ? text : unevaluated(wrong)
}

function styled(value: unknown, style: string): string | undefined {
  const match = /^([DdFfNnXx])(\d{0,2})$/.exec(style)
  if (!match || typeof value !== 'number') return undefined
  const [, letter = '', count] = match
  const digits = count === '' || count === undefined ? undefined : Number(count)
  switch (letter.toUpperCase()) {
    case 'D':
      return `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(digits ?? 0, '0')}`
    case 'F':
      return value.toFixed(digits ?? 2)
    case 'N':
      return value.toFixed(digits ?? 2).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
    default: {
      const hex = value.toString(16).padStart(digits ?? 0, '0')
      return letter === 'X' ? hex.toUpperCase() : hex
    }
  }
}
