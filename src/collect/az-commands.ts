import { CHILD_READS } from './child-read.ts'
import { resourceQuery } from './resource-query.ts'

/** What the commands are made for. */
export interface CommandRequest {
  readonly subscriptions: readonly string[]
  readonly resourceGroups: readonly string[]
  readonly learnedRoutes: boolean
  /** The folder the output goes to. */
  readonly out: string
}

/**
 * The same reads as a shell script for Azure's command line tool: read-only, to be run by whoever may. Resource Graph first,
 * a thousand rows a page; then, for each parent found, the lists it does not hold.
 */
export function azCommands(request: CommandRequest): string {
  const subscriptions = request.subscriptions.map(quoted).join(' ')
  const out = quoted(request.out)
  const groups = request.resourceGroups.map((one) => one.toLowerCase())
  const lines = [
    '# Read-only. Needs: the role Reader, bash, az with "az extension add --name resource-graph", and jq.',
    'set -u',
    `mkdir -p ${out}`,
    `QUERY=${quoted(resourceQuery(groups))}`,
    'SKIP=; N=0',
    'while :; do',
    `  az graph query --subscriptions ${subscriptions} --first 1000 \${SKIP:+--skip-token "$SKIP"} -q "$QUERY" -o json > ${out}/resources-$N.json || exit`,
    `  SKIP=$(jq -r '.skip_token // ""' ${out}/resources-$N.json); N=$((N+1))`,
    '  [ -n "$SKIP" ] || break',
    'done',
    `ids() { jq -r --arg t "$1" '.data[] | select(.type | ascii_downcase == $t) | .id' ${out}/resources-*.json; }`,
    '',
    ...childLines(out),
    ...(request.learnedRoutes ? learnedLines(out) : []),
    '',
    `# Then: nettrace devices -t nettrace.yaml, with "azure: { resources: [${request.out}] }" in nettrace.yaml`,
  ]
  return `${lines.join('\n')}\n`
}

// The resource group and the name in an id, as the shell takes them out of it, and a number for the file.
const PARTS = `  GROUP=$(echo "$ID" | cut -d/ -f5); NAME=\${ID##*/}; K=$((K+1))`

function childLines(out: string): string[] {
  const lines: string[] = []
  for (const { parent, child, words, command } of CHILD_READS) {
    const below = CHILD_READS.find((one) => one.child === parent)
    const file = `${out}/${short(child)}-$K.json`
    lines.push(`# ${words}`)
    if (below) lines.push(`for ID in $(jq -r '.value[]?.id' ${out}/${short(parent)}-*.json 2>/dev/null); do`)
    else lines.push(`for ID in $(ids ${quoted(parent)}); do`)
    lines.push(PARTS, `  ${command} > ${file}`, 'done')
  }
  return ['K=0', ...lines]
}

function learnedLines(out: string): string[] {
  return [
    '# learned routes of virtual network gateway (needs Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action)',
    "for ID in $(ids 'microsoft.network/virtualnetworkgateways'); do",
    PARTS,
    `  az network vnet-gateway list-learned-routes --resource-group $GROUP --name $NAME -o json > ${out}/learnedroutes-$K.json`,
    'done',
  ]
}

function short(type: string): string {
  return type.replace(/^microsoft\./, '').replaceAll('/', '.')
}

/** A word as a POSIX shell takes it literally. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
