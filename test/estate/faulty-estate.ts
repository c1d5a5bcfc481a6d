import { DISK, type FileReader, loadTopology, type Topology } from '../../src/topology/index.ts'

/** One file of the shipped estate, changed. */
export interface Patch {
  /** Relative to the repository. */
  readonly file: string
  /** Gets '' for a file that is not on the disk. Throws when what it should change is not there. */
  readonly change: (text: string) => string
}

/** What of an Azure resource body the faults look into. */
export interface Resource {
  id: string
  name: string
  type: string
  location?: string
  properties: Properties
}

/** Parts with a name inside a body: a rule, a subnet, a peering. */
export interface Part {
  id?: string
  name: string
  properties: Properties
}

interface Properties {
  [key: string]: unknown
  securityRules?: Part[]
  subnets?: Part[]
  routes?: Part[]
  virtualNetworkPeerings?: Part[]
  privateLinkServiceConnections?: Part[]
  privateEndpointConnections?: Part[]
  ruleCollections?: { name: string; priority: number; rules: { name: string }[] }[]
}

export const PLANT = 'topologies/vision-plant.yaml'
export const AZURE = 'fixtures/vision-plant/azure.json'

/** The vision plant with some of its files changed; the disk stays as it is. */
export function loadWith(patches: readonly Patch[]): Topology {
  const reader: FileReader = {
    ...DISK,
    read(path) {
      const here = patches.filter((one) => one.file === path)
      const outcome = DISK.read(path)
      if (here.length === 0) return outcome
      return { text: here.reduce((text, one) => one.change(text), 'text' in outcome ? outcome.text : '') }
    },
  }
  return loadTopology(PLANT, { reader })
}

/** Every place of a text replaced. */
export function replaced(file: string, wanted: string | RegExp, by: string): Patch {
  return {
    file,
    change: (text) => {
      const changed = text.replaceAll(wanted, by)
      if (changed === text) throw new Error(`${file} holds no ${wanted}`)
      return changed
    },
  }
}

/** A file that is not on the disk, or another text for one that is. */
export function written(file: string, text: string): Patch {
  return { file, change: () => text }
}

/** The list of Azure's resources, changed in place. */
export function azure(change: (resources: Resource[]) => void): Patch {
  return jsonFile(AZURE, change)
}

/** A JSON file whose value is changed in place. */
export function jsonFile<T>(file: string, change: (value: T) => void): Patch {
  return {
    file,
    change: (text) => {
      const value = JSON.parse(text) as T
      const before = JSON.stringify(value)
      change(value)
      if (JSON.stringify(value) === before) throw new Error(`${file} is as it was`)
      return JSON.stringify(value, null, 2)
    },
  }
}

/** The properties of the one resource of a name whose type ends so. */
export function propertiesOf(resources: readonly Resource[], type: string, name: string): Properties {
  return resource(resources, type, name).properties
}

/** The one resource of a name whose type ends so. */
export function resource(resources: readonly Resource[], type: string, name: string): Resource {
  const found = resources.filter((one) => one.name === name && one.type.endsWith(`/${type}`))
  if (found.length !== 1) throw new Error(`there are ${found.length} ${type} ${name}`)
  return the(found[0])
}

/** What is there. */
export function the<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('what should be changed is not there')
  return thing
}

/** Takes the one thing away that passes a test. */
export function remove<T>(list: T[] | undefined, test: (one: T) => boolean): void {
  const things = the(list)
  const found = things.filter(test)
  if (found.length !== 1) throw new Error(`${found.length} things would be taken away`)
  things.splice(things.indexOf(the(found[0])), 1)
}
