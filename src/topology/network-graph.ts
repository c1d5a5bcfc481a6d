import { UndirectedGraph } from 'graphology'
import { singleSourceLength } from 'graphology-shortest-path'
import { bfsFromNode } from 'graphology-traversal'
import type { Link, Network } from '../model/index.ts'

/** The part of a network that its graph is made of. */
export type Joined = Pick<Network, 'devices' | 'links'>

/** A device on a way and the link it is left by; the last has none, nor has one that hands over without a link. */
export interface Leg {
  readonly device: string
  readonly link?: string
}

type NodeData = { readonly device?: string; readonly link?: Link }

/**
 * Devices and links as one graph: a device is joined to every link it has an end on (so a segment of a thousand hosts
 * has a thousand edges, not half a million), and to devices its routes hand packets to without a link.
 */
export function networkGraph({ devices, links }: Joined): UndirectedGraph<NodeData> {
  const graph = new UndirectedGraph<NodeData>({ allowSelfLoops: false })
  for (const name of devices.keys()) graph.addNode(deviceNode(name), { device: name })
  for (const [index, link] of links.entries()) {
    graph.addNode(linkNode(index), { link })
    for (const end of link.ends) {
      if (graph.hasNode(deviceNode(end.device))) graph.mergeEdge(deviceNode(end.device), linkNode(index))
    }
  }
  for (const device of devices.values()) {
    for (const { nextHop } of device.tables.flatMap((table) => table.routes)) {
      const isOther = nextHop.kind === 'device' && nextHop.device !== device.name
      if (isOther && devices.has(nextHop.device)) graph.mergeEdge(deviceNode(device.name), deviceNode(nextHop.device))
    }
  }
  return graph
}

function deviceNode(name: string): string {
  return `device ${name}`
}

function linkNode(index: number): string {
  return `link ${index}`
}

/** The devices on each link, in the order of its ends. */
export function segmentsOf(network: Joined): { link: Link; devices: string[] }[] {
  return network.links.map((link) => ({ link, devices: [...new Set(link.ends.map((end) => end.device))] }))
}

/** The devices that hang together, each group in the network's order; the largest group first. */
export function componentsOf(network: Joined): string[][] {
  const graph = networkGraph(network)
  const groups: string[][] = []
  const seen = new Set<string>()
  for (const name of network.devices.keys()) {
    if (seen.has(name)) continue
    const group = new Set<string>()
    bfsFromNode(graph, deviceNode(name), (_node, data) => {
      if (data.device !== undefined) group.add(data.device)
    })
    for (const one of group) seen.add(one)
    groups.push([...network.devices.keys()].filter((one) => group.has(one)))
  }
  return groups.sort((a, b) => b.length - a.length)
}

const WAYS = 16
const DETOUR = 4

/**
 * The ways from one device to another over links, no device twice, the shortest first, at most 16. A way with more than
 * two links above the shortest is left out. Empty when there is none, or no such device. Says what is joined, not what
 * would be routed.
 */
export function pathsBetween(network: Joined, from: string, to: string): Leg[][] {
  const graph = networkGraph(network)
  const [start, goal] = [deviceNode(from), deviceNode(to)]
  if (!graph.hasNode(start) || !graph.hasNode(goal)) return []
  const left: Record<string, number> = singleSourceLength(graph, goal)
  const shortest = left[start]
  if (shortest === undefined) return []
  const ways: string[][] = []
  const walk = (way: string[], node: string, limit: number): void => {
    if (ways.length >= WAYS) return
    if (node === goal) {
      if (way.length - 1 === limit) ways.push(way)
      return
    }
    for (const next of graph.neighbors(node)) {
      const rest = left[next]
      if (rest !== undefined && way.length + rest <= limit && !way.includes(next)) walk([...way, next], next, limit)
    }
  }
  for (let limit = shortest; limit <= shortest + DETOUR && ways.length < WAYS; limit++) walk([start], start, limit)
  return ways.map((way) => legsOf(graph, way))
}

function legsOf(graph: UndirectedGraph<NodeData>, way: readonly string[]): Leg[] {
  return way.flatMap((node, index) => {
    const { device } = graph.getNodeAttributes(node)
    if (device === undefined) return []
    const next = way[index + 1]
    const link = next === undefined ? undefined : graph.getNodeAttributes(next).link
    return [{ device, ...(link && { link: link.name }) }]
  })
}
