import type { RecordType } from '../../../src/model/index.ts'

/** A part of a configuration file; without `fixed` it can be left out and the file is still one. */
export interface Piece {
  readonly text: string
  readonly fixed?: true
}

/** A file of a name server. Words in braces stand for what only a run knows: `{r1}`, `{u3}`, `{c1}`, `{dir}`. */
export interface ConfigFile {
  readonly path: string
  readonly pieces: readonly Piece[]
}

export type Software = 'dnsmasq' | 'unbound' | 'bind'

/** A real name server with its files; the first of a scenario is `r1`. */
export interface ServerSpec {
  readonly software: Software
  readonly files: readonly ConfigFile[]
}

/** A record: name, type, value; names full, without the final dot. */
export type RecordRow = readonly [name: string, type: RecordType, value: string]

/** A name server of the world around, played by the lab as the documents say. */
export interface UpstreamSpec {
  /** 1 to 8: `u1` is the root of public DNS. */
  readonly at: number
  readonly behaviour: 'answers' | 'silent' | 'refuses' | 'fails'
  readonly software: 'public' | 'azure' | 'other'
  readonly zones: readonly { readonly name: string; readonly records: readonly RecordRow[] }[]
  readonly otherwise: 'public' | 'refuse' | 'nxdomain'
  /** Whether it follows CNAMEs beyond its own zones. */
  readonly follows: boolean
}

/** A question one client asks one of the servers. */
export interface LabQuestion {
  /** 1 or 2: `c1`, `c2`. */
  readonly client: number
  /** Index into `servers`. */
  readonly server: number
  readonly name: string
  readonly type: RecordType
}

/** One set of configurations with the world around it and what is asked. */
export interface Scenario {
  readonly name: string
  readonly servers: readonly ServerSpec[]
  readonly upstreams: readonly UpstreamSpec[]
  readonly publicRecords: readonly RecordRow[]
  readonly questions: readonly LabQuestion[]
}

/** Where a scenario is played: addresses of a bench, and a folder for the files. */
export interface Place {
  readonly bench: number
  readonly folder: string
}

export const SERVERS_PER_BENCH = 3
export const UPSTREAMS_PER_BENCH = 8

export const serverAddress = (bench: number, index: number) => `198.18.${bench + 16}.${index + 1}`
export const upstreamAddress = (bench: number, at: number) => `198.18.${bench + 16}.${100 + at}`
export const clientAddress = (client: number) => `198.18.0.${9 + client}`

/** The folder of one server's files. */
export const folderOf = (place: Place, server: number) => `${place.folder}/r${server + 1}`

/** A file's text as it stands on a bench. */
export function textOf(file: ConfigFile, server: number, place: Place): string {
  const text = file.pieces.map((piece) => piece.text).join('\n')
  const filled = text.replace(/\{(?:([ruc])(\d)|(dir))\}/g, (_, kind: string, digit: string) => {
    const number = Number(digit)
    if (kind === 'r') return serverAddress(place.bench, number - 1)
    if (kind === 'u') return upstreamAddress(place.bench, number)
    if (kind === 'c') return clientAddress(number)
    return folderOf(place, server)
  })
  return `${filled}\n`
}
