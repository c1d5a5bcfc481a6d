/** A name as the model keeps it: lower case, without the final dot. */
export function domainName(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '')
}
