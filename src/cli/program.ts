import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../diagnose/index.ts'
import { inert } from '../text/index.ts'
import { type Asking, askConnection, showDevice, showDevices, showRoutes, showRules, validate } from './commands.ts'
import { EXIT } from './exit-code.ts'
import { findTopology } from './find-topology.ts'
import { addImports, type Done } from './import.ts'
import { UnreadableInput } from './load.ts'
import { askAllNames, askName } from './names.ts'
import type { Output } from './output.ts'
import { readBack } from './read-command.ts'
import { VERSION } from './version.ts'
import type { World } from './world.ts'

interface Options {
  readonly topology?: string
  readonly output?: 'text' | 'json'
  readonly verbose?: boolean
  readonly allNames?: boolean
}

/**
 * Runs one command line (without `node` and the script); the exit code. What has to wait for the network gives it to
 * `world.later` instead. Never throws.
 */
export function run(words: readonly string[], world: World): number {
  const { output } = world
  if (words.length === 0) {
    output.err(SHORT_HELP)
    return EXIT.usage
  }
  let code: number = EXIT.yes
  const program = commandTree(world, (result) => {
    if (typeof result === 'number') code = result
    else world.later?.(result.catch((error: unknown) => exitCodeOfError(error, output)))
  })
  try {
    program.parse(words, { from: 'user' })
    return code
  } catch (error) {
    return exitCodeOfError(error, output)
  }
}

function exitCodeOfError(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage
  if (error instanceof UnreadableInput) return EXIT.unreadable
  if (error instanceof UsageError) {
    output.err(`nettrace: ${inert(error.message)}\n`)
    return EXIT.usage
  }
  const message = error instanceof Error ? error.message : String(error)
  output.err(`nettrace: this is our bug, not yours: ${message}\n`)
  if (process.env.NETTRACE_DEBUG === '1' && error instanceof Error) output.err(`${error.stack ?? ''}\n`)
  else output.err('nettrace: set NETTRACE_DEBUG=1 for the place in the program\n')
  return EXIT.ourBug
}

const FIRST_QUESTIONS = `  nettrace from eng-ws to stmlvision.file.core.windows.net:445 -t vision-plant
  nettrace dns kv-mlvision.vault.azure.net from iot-edge -t vision-plant
  nettrace validate topologies/*.yaml`

const SHORT_HELP = `nettrace: why can't A reach B? Ask, for example:
${FIRST_QUESTIONS}
nettrace --help lists the commands.
`

const EXAMPLES = `
Examples:
${FIRST_QUESTIONS}

Exit codes: 0 yes, 1 no, 2 cannot tell, 64 bad usage, 65 unreadable input, 69 Azure unavailable, 70 our bug, 130 interrupted.
Nothing leaves this machine: nettrace reads files and opens no connection. Only "import azure" does, to Azure, to read.`

const NAME_EXAMPLES = `
Examples:
  nettrace dns kv-mlvision.vault.azure.net from iot-edge -t vision-plant
  nettrace dns stmlvision.file.core.windows.net from eng-ws and home-laptop -t vision-plant
  nettrace dns --all-names mlw-vision from eng-ws -t vision-plant`

function commandTree(world: World, done: Done): Command {
  const program = new Command('nettrace')
    .description(
      "Why can't A reach B? Walks the name and then the packet through your exports, and names the line that decided.",
    )
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.output.out(text),
      writeErr: (text) => world.output.err(text),
      outputError: (text, write) =>
        write(
          text
            .replace(/^error: /, 'nettrace: ')
            .split('\n')
            .map(inert)
            .join('\n'),
        ),
    })
    .showHelpAfterError('nettrace --help lists the commands; options follow them')
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
  addQuestions(program, world, done)
  addViews(program, world, done)
  addImports(program, world, done)
  return program
}

function addQuestions(program: Command, world: World, done: (code: number) => void): void {
  question(program.command('from'), true)
    .description('trace: the name, the packet there, the answer back')
    .usage('A to B[:port][/protocol] [options]')
    .argument('<A>', 'device, host, address, service, internet or service tag')
    .argument('<to>', 'the word "to"')
    .argument('<B>', 'the same, or a full name or URL')
    .action((a: string, to: string, b: string, options: Options) => {
      if (to !== 'to') throw new UsageError(`expected "to" and not "${to}": nettrace from A to B`)
      done(askConnection(asking(world, options), a, b))
    })
  question(program.command('dns'), true)
    .description('resolve a name as a device would, every server asked')
    .usage('NAME from A [and B ...] [options]')
    .argument('<NAME>', 'a full name; with --all-names a service, or one of its names')
    .argument('<from>', 'the word "from"')
    .argument('<A...>', 'the device that asks; with "and", several side by side')
    .option('--all-names', 'every name of the service, and which lead to a private endpoint')
    .addHelpText('after', NAME_EXAMPLES)
    .action((name: string, from: string, words: string[], options: Options) => {
      if (from !== 'from') throw new UsageError(`expected "from" and not "${from}": nettrace dns NAME from A`)
      const ask = options.allNames ? askAllNames : askName
      done(ask(asking(world, options), name, senders(words)))
    })
  question(program.command('validate'), false)
    .description('read topologies and hold their expectations')
    .argument('[topologies...]', 'files; the one a question would use when none is given')
    .action((paths: string[], options: Options) => {
      const found = (paths.length > 0 ? paths : [undefined]).map((path) =>
        findTopology(path ?? options.topology, world.environment, world.cwd),
      )
      done(validate(found, world.output, true))
    })
}

/** The devices of `A and B and C`. Throws a UsageError where the word "and" is missing. */
function senders(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (index % 2 === 0) return [word]
    if (word !== 'and' || index === words.length - 1)
      throw new UsageError(`expected "and" between devices, as in: from A and B`)
    return []
  })
}

function addViews(program: Command, world: World, done: (code: number) => void): void {
  question(program.command('routes'), false)
    .description("a device's routes, the losers too and why they lost")
    .argument('<DEVICE>', 'a device or host, by name or address')
    .argument('[DESTINATION]', 'an address or device: the route there, and those that lost')
    .action((device: string, destination: string | undefined, options: Options) => {
      done(showRoutes(asking(world, options), device, destination))
    })
  question(program.command('rules'), false)
    .description("a device's rules by hook, in evaluation order")
    .argument('<DEVICE>', 'a device or host, by name or address')
    .action((device: string, options: Options) => done(showRules(asking(world, options), device)))
  question(program.command('show'), false)
    .description('what the model holds of a device')
    .argument('<DEVICE>', 'a device or host, by name or address')
    .action((device: string, options: Options) => done(showDevice(asking(world, options), device)))
  program
    .command('read')
    .description('print files back, every line marked understood, partly understood or ignored and why')
    .argument('<FILE...>', 'exports in any format nettrace reads, told by content; a folder stands for its files')
    .option('--rest', 'only lines that could matter and are not in the model')
    .addOption(new Option('-o, --output <shape>', 'text or json').choices(['text', 'json']).default('text'))
    .showHelpAfterError('nettrace read --help shows how it is written')
    .action((paths: string[], options: Options & { readonly rest?: boolean }) => {
      done(readBack(paths, world.output, { json: options.output === 'json', rest: options.rest === true }))
    })
  question(program.command('devices'), false)
    .description('every device and service')
    .action((options: Options) => done(showDevices(asking(world, options))))
}

function question(command: Command, hasJson: boolean): Command {
  command
    .option('-t, --topology <file>', 'the topology, or the name of one that ships')
    .option('-v, --verbose', 'more of what was looked at')
    .showHelpAfterError(`nettrace ${command.name()} --help shows how it is written`)
  if (hasJson)
    command.addOption(new Option('-o, --output <shape>', 'text or json').choices(['text', 'json']).default('text'))
  return command
}

function asking(world: World, options: Options): Asking {
  return {
    topology: findTopology(options.topology, world.environment, world.cwd),
    ...(options.topology !== undefined && { named: options.topology }),
    output: world.output,
    json: options.output === 'json',
    verbose: options.verbose === true,
  }
}
