/** Which members of a JSON document a reader looked at; kept only for a person who asks what was read. */
export class JsonVisits {
  readonly #seen = new Map<object, Set<string>>()

  /** A reader looked at a member; of a member that is not there nothing is kept. */
  visit(container: object, key: string | number): void {
    const keys = this.#seen.get(container)
    if (keys) keys.add(String(key))
    else this.#seen.set(container, new Set([String(key)]))
  }

  /** Whether a reader looked at a member. */
  has(container: object, key: string | number): boolean {
    return this.#seen.get(container)?.has(String(key)) === true
  }
}
