import { implied, type Rule } from '../../../model/index.ts'

/** Packets of a connection that was let in pass every NSG. */
export const ESTABLISHED: Rule = {
  name: 'established connection',
  match: { kind: 'session', in: ['established', 'related'] },
  action: { kind: 'accept' },
  source: implied('an NSG keeps the state of connections: replies need no rule (Learn: Network security groups)'),
}
