/**
 * The host in a URL or `host:port` text, lower case, without the final dot; `undefined` for a text that holds none
 * (an address counts as none).
 */
export function hostOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][\w+.-]*:\/\//, '')
    .split(/[/:?#]/, 1)[0]
    ?.replace(/\.$/, '')
  return host !== undefined && /^(?:\*\.)?[\w-]+(?:\.[\w-]+)+$/.test(host) && !/^[\d.]+$/.test(host) ? host : undefined
}
