import type { Source } from '../../../model/index.ts'
import type { Body } from './body.ts'
import type { Estate } from './estate.ts'
import { parentId } from './resource-id.ts'

/** The lower-case id of the circuit that a connection, or a hub's connection, leads to. */
export function circuitOf(connection: Body): string | undefined {
  const named =
    connection.reference('peer') ?? connection.child('expressRouteCircuitPeering')?.text('id')?.toLowerCase()
  return named?.replace(/\/peerings\/[^/]*$/, '')
}

const PRIVATE = 'azureprivatepeering'

function peeringsOf(estate: Estate, circuit: Body): Body[] {
  const id = circuit.id.toLowerCase()
  const apart = estate.ofType('microsoft.network/expressroutecircuits/peerings')
  return [...circuit.children('peerings'), ...apart.filter((one) => parentId(one.id) === id)]
}

const isPrivate = (peering: Body): boolean => (peering.text('peeringType') ?? peering.name).toLowerCase() === PRIVATE

/**
 * Why a circuit carries nothing to VNets: its provider has not set it up, or its private peering is off (Learn: Verify
 * ExpressRoute connectivity). `undefined` when the export does not say so.
 */
export function circuitProblem(
  estate: Estate,
  circuit: Body | undefined,
): { readonly because: string; readonly source: Source } | undefined {
  if (!circuit) return undefined
  const provider = circuit.text('serviceProviderProvisioningState')
  if (provider !== undefined && provider.toLowerCase() !== 'provisioned') {
    const because = `circuit ${circuit.name} is ${provider} at its provider`
    return { because, source: circuit.source('serviceProviderProvisioningState') }
  }
  const peerings = peeringsOf(estate, circuit)
  const own = peerings.find(isPrivate)
  if (own?.text('state')?.toLowerCase() === 'disabled') {
    return { because: `the private peering of circuit ${circuit.name} is Disabled`, source: own.source('state') }
  }
  if (own || !circuit.has('peerings')) return undefined
  const because = `circuit ${circuit.name} has no private peering, and VNets are reached over that alone`
  return { because, source: circuit.source('peerings') }
}

/** Whether Global Reach joins two circuits, so that their sites reach each other; `undefined` = the export does not hold both. */
export function globalReach(estate: Estate, one: string | undefined, other: string | undefined): boolean | undefined {
  const circuits = [estate.byId(one), estate.byId(other)]
  const [first, second] = circuits
  if (!first || !second) return undefined
  const id = (circuit: Body) => circuit.id.toLowerCase()
  return circuits.some((circuit) => {
    if (!circuit) return false
    const far = circuit === first ? second : first
    return peeringsOf(estate, circuit).some((peering) =>
      peering.children('connections').some((connection) => {
        const to = connection.reference('peerExpressRouteCircuitPeering') ?? ''
        const status = connection.text('circuitConnectionStatus')?.toLowerCase()
        return to.startsWith(`${id(far)}/`) && (status === undefined || status === 'connected')
      }),
    )
  })
}
