import { CHILD_READS } from './child-read.ts'
import { MEMBERSHIP_QUERY, resourceQuery } from './resource-query.ts'
import { type RouteAnswer, TELLERS } from './told-routes.ts'

/** What the commands are made for. */
export interface CommandRequest {
  readonly subscriptions: readonly string[]
  readonly resourceGroups: readonly string[]
  readonly routes: readonly RouteAnswer[]
  /** The folder the output goes to. */
  readonly out: string
}

/**
 * The same reads as a shell script for Azure's command line tool: read-only, to be run by whoever may. Resource Graph first,
 * two hundred rows a page, as a larger one may be refused; then, for each parent found, the lists it does not hold. What cannot be read is written down, as the
 * import itself does.
 */
export function azCommands(request: CommandRequest): string {
  const subscriptions = request.subscriptions.map(quoted).join(' ')
  const groups = request.resourceGroups.map((one) => one.toLowerCase())
  const lines = [
    '# Read-only. Needs: the role Reader, bash, az with "az extension add --name resource-graph", and jq.',
    '# Bodies are kept as Azure prints them; nettrace itself writes secrets as ***.',
    'set -u -o pipefail',
    `OUT=${quoted(request.out)}; SUBSCRIPTIONS=(${subscriptions})`,
    'mkdir -p -- "$OUT" || exit',
    // What an earlier run left there would be read as well.
    '[ -z "$(ls -A -- "$OUT")" ] || { echo "$OUT is not empty: move away what is in it" >&2; exit 1; }',
    'case $OUT in /*) ;; *) OUT=./$OUT;; esac',
    'UNREAD=$(mktemp) || exit',
    ...FUNCTIONS,
    '',
    // A subscription that this sign-in does not see is left out of a query without a word.
    `for S in "\${SUBSCRIPTIONS[@]}"; do az account show --subscription "$S" -o none || exit; done`,
    `graph resources ${quoted(resourceQuery(groups))} || exit`,
    ...childLines(),
    '[ -z "$(ids \'microsoft.network/networkmanagers\')" ] ||',
    `  graph memberships ${quoted(MEMBERSHIP_QUERY)} || exit`,
    ...toldLines(request.routes),
    '',
    `jq -s '{nettraceImport: 1, resources: {}, unread: .}' "$UNREAD" > "$OUT/nettrace-import.json"`,
    'rm -f "$UNREAD"',
    `# Then: nettrace devices -t nettrace.yaml, with "azure: { resources: [${request.out.replace(/\s/g, ' ')}] }" in nettrace.yaml`,
  ]
  return `${lines.join('\n')}\n`
}

const FUNCTIONS = [
  '# graph NAME QUERY: every page of a query.',
  'graph() {',
  '  local skip= n=0',
  '  while :; do',
  `    az graph query --subscriptions "\${SUBSCRIPTIONS[@]}" --first 200 \${skip:+--skip-token "$skip"} -q "$2" -o json > "$OUT/$1-$n.json" || return`,
  '    skip=$(jq -r \'.skip_token // ""\' "$OUT/$1-$n.json"); n=$((n+1))',
  '    [ -n "$skip" ] || return 0',
  '  done',
  '}',
  '# ids TYPE FILTER: the ids of what was found.',
  `ids() { jq -r --arg t "$1" ".data[]? | select(.type | ascii_downcase == \\$t) | select(\${2:-true}) | .id" "$OUT"/resources-*.json; }`,
  '# below TYPE: the ids of what was found below another resource.',
  `below() { jq -r '.value[]?.id' "$OUT/$1"-[0-9]*.json 2>/dev/null; }`,
  '# pages ADDRESS: every page of a list, one after the other.',
  'pages() {',
  '  local url=$1 page',
  '  while [ -n "$url" ]; do',
  '    page=$(az rest --url "$url" -o json) || return',
  '    printf "%s\\n" "$page"; url=$(printf "%s" "$page" | jq -r \'.nextLink // ""\')',
  "  done | jq -s '{value: map(.value[]?)}'",
  '}',
  '# keep NAME TYPE WORDS COMMAND...: keeps what a command prints, or notes that it failed.',
  'K=0',
  'keep() {',
  '  local name=$1 child=$2 words=$3; shift 3; K=$((K+1))',
  '  if "$@" > "$OUT/$name-$K.part"; then mv -- "$OUT/$name-$K.part" "$OUT/$name-$K.json"; return; fi',
  '  rm -f -- "$OUT/$name-$K.part"',
  '  jq -n --arg id "$ID" --arg child "$child" --arg what "$words $NAME" \'{$id, $child, $what, why: "az failed"}\' >> "$UNREAD"',
  '}',
  '# parts ID: what is in an id.',
  `parts() { ID=$1; NAME=\${1##*/}; IFS=/ read -r _ _ SUBSCRIPTION _ GROUP _ <<< "$1"; }`,
]

function childLines(): string[] {
  return CHILD_READS.flatMap((one) => loop({ ...one, name: short(one.child), of: one.parent, filter: one.when?.jq }))
}

function toldLines(asked: readonly RouteAnswer[]): string[] {
  const because = ' (the role Reader does not allow it)'
  return [...TELLERS].flatMap(([of, { answer, words, command, when }]) => {
    if (!asked.includes(answer)) return []
    const child = `${of}/${answer.replace('-', '')}`
    return loop({ name: `"$NAME.${answer}"`, of, filter: when?.jq, child, words, because, command })
  })
}

interface Loop {
  /** What the file is called. */
  readonly name: string
  /** The type of what the command is run for. */
  readonly of: string
  readonly filter?: string | undefined
  readonly child: string
  readonly words: string
  readonly because?: string
  readonly command: string
}

/** A command for every resource of a type. Its ids come on a channel of their own, as a command may read its input. */
function loop({ name, of, filter, child, words, because, command }: Loop): string[] {
  const isBelow = CHILD_READS.some((one) => one.child === of)
  const found = isBelow ? `below ${short(of)}` : `ids ${quoted(of)}${filter === undefined ? '' : ` ${quoted(filter)}`}`
  return [
    `# ${words}${because ?? ''}`,
    `while IFS= read -r ID <&3; do parts "$ID"; keep ${name} ${quoted(child)} ${quoted(words)} \\`,
    `  ${command}`,
    `done 3< <(${found})`,
  ]
}

function short(type: string): string {
  return type.replace(/^microsoft\./, '').replaceAll('/', '.')
}

/** A word as a POSIX shell takes it literally. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
