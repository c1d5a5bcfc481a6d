// The arrows between rooms, made from the one table in src/floors.json.
const { rooms, inside } = require('./src/floors.json')

const arrows = Object.entries(rooms).map(([room, allowed]) => ({
  name: `floor-${room}`,
  comment: `${room}/ may import only ${allowed.join(', ') || 'npm packages'} (src/floors.json)`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [`^src/${room}/`, ...allowed.map((one) => `^src/${one}/`)] },
}))

const doors = Object.keys(rooms).map((room) => ({
  name: `door-${room}`,
  comment: `${room}/ is entered through its index.ts; importers have a door each`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${room}/`] },
  to: { path: `^src/${room}/`, pathNot: [`^src/${room}/index[.]ts$`, `^src/${room}/[^/]+/index[.]ts$`] },
}))

// A big room has floors of its own; what lies beside its folders (reading, lowering) may enter all of them.
const insides = Object.entries(inside).flatMap(([room, folders]) =>
  Object.entries(folders).map(([folder, allowed]) => ({
    name: `inside-${room.replace('/', '-')}-${folder}`,
    comment: `${room}/${folder}/ may import only ${allowed.join(', ') || 'nothing else of its room'} (src/floors.json)`,
    severity: 'error',
    from: { path: `^src/${room}/${folder}/` },
    to: { path: `^src/${room}/`, pathNot: [folder, ...allowed].map((one) => `^src/${room}/${one}/`) },
  })),
)

module.exports = {
  forbidden: [
    ...arrows,
    ...doors,
    ...insides,
    {
      name: 'known-room',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: `^src/(?!(${Object.keys(rooms).join('|')})/)` },
    },
    { name: 'no-circle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'importers-apart',
      comment: 'one vendor does not know another; what they share is a room of its own under importers/',
      severity: 'error',
      from: { path: '^src/importers/([^/]+)/' },
      to: { path: '^src/importers/([^/]+)/', pathNot: ['^src/importers/$1/', '^src/importers/[^/]+/index[.]ts$'] },
    },
    {
      name: 'world',
      comment: 'only topology, collect and cli touch files',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(topology|collect|cli)/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'azure-packages',
      comment: "only collect may know Azure's packages",
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/collect/'] },
      to: { path: 'node_modules/@azure/' },
    },
    {
      name: 'collect-lazily',
      comment: 'collect is loaded by import(), when it is asked for',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/collect/'] },
      to: { path: '^src/collect/', dynamic: false, dependencyTypesNot: ['type-only', 'type-import'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
}
