/** A file's text and the path it is known by in messages: as the topology names it, never absolute. */
export interface TextFile {
  readonly path: string
  readonly text: string
}
