/** A question that cannot be asked as it stands; the message says why and what to type instead. Caught in the CLI (exit 64). */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
