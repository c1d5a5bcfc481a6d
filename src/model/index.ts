/** The network as data: devices, links, rules, routes, resolvers, services, and where each fact stands. */
export type { Action, Rejection, Rewrite } from './action.ts'
export type {
  CutOff,
  Device,
  DeviceKind,
  DhcpOffer,
  DhcpRange,
  DhcpReservation,
  Encapsulation,
  Interface,
  InterfaceAddress,
  Listener,
  TrafficSelector,
  TunnelEnd,
} from './device.ts'
export type { Diagnostic } from './diagnostic.ts'
export type { Expectation } from './expectation.ts'
export type { Endpoint, Link } from './link.ts'
export type { AddressType, Match, SessionState } from './match.ts'
export { ANY, allOf, notOf, someOf } from './match.ts'
export type { Network, NetworkPart, ResolverPart, ServiceTags } from './network.ts'
export { EMPTY_PART } from './network.ts'
export type { Hook, Pipeline, Stage } from './pipeline.ts'
export { NO_STAGES } from './pipeline.ts'
export type { Refusal } from './refusal.ts'
export type {
  AliasTarget,
  AnswerEdits,
  DnsForward,
  DnsZone,
  DoubtfulNames,
  ForwardTarget,
  NamedAddresses,
  RebindProtection,
  RecordType,
  Resolver,
  ResolverHabits,
  ResolverView,
  ResourceRecord,
  StubResolver,
  StubRoute,
} from './resolver.ts'
export type { NextHop, Route, RouteTable, TableRule } from './route.ts'
export type { Rule, RuleSet } from './rule-set.ts'
export type { Service, ServiceName } from './service.ts'
export type { Source } from './source.ts'
export { formatSource, implied } from './source.ts'
export type { StandIn } from './stand-in.ts'
