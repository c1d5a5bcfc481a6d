import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { DISK, loadTopology } from '../../src/topology/index.ts'
import { shownPath } from '../../src/topology/shown-path.ts'
import { lines } from './small-estate.ts'

const folder = mkdtempSync(join(tmpdir(), 'nettrace-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('files on disk', () => {
  test('a file is its text, a folder its files', () => {
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'a.txt'), 'grüß\n')
    expect(DISK.read(join(folder, 'a.txt'))).toEqual({ text: 'grüß\n' })
    expect(DISK.list(folder)).toEqual(['a.txt'])
    expect(DISK.list(join(folder, 'a.txt'))).toBe(undefined)
    expect(DISK.read(folder)).toEqual({ problem: 'it is a folder' })
    expect(DISK.read(join(folder, 'b.txt'))).toEqual({ problem: 'there is no such file' })
    expect(DISK.read(join(folder, 'a.txt', 'c'))).toEqual({ problem: 'there is no such file' })
  })

  test('a file above 64 MB is refused in words', () => {
    const path = join(folder, 'huge.rsc')
    writeFileSync(path, '')
    truncateSync(path, 65 * 1024 * 1024)
    expect(DISK.read(path)).toEqual({ problem: 'it has 65 MB, and files above 64 MB are not read' })
    rmSync(path)
  })
})

describe('paths in messages', () => {
  test.for([
    ['topologies/x.yaml', 'topologies/x.yaml'],
    ['./topologies/../topologies/x.yaml', 'topologies/x.yaml'],
    ['../x.yaml', '../x.yaml'],
    ['/home/me/here/topologies/x.yaml', 'topologies/x.yaml'],
    ['/home/me/elsewhere/x.yaml', '/home/me/elsewhere/x.yaml'],
  ] as const)('%s is shown as %s', ([given, shown]) => {
    expect(shownPath(given, '/home/me/here')).toBe(shown)
  })
})

describe('the topologies that ship', () => {
  test.for(['home-lab', 'vision-plant'])('%s is read without an error', (name) => {
    const path = join(import.meta.dirname, '../../topologies', `${name}.yaml`)
    const { diagnostics, network, files } = loadTopology(path)
    expect(lines(diagnostics.filter((one) => one.severity === 'error'))).toEqual([])
    expect(lines(diagnostics.filter((one) => one.code === 'NT1112' || one.code === 'NT1114'))).toEqual([])
    expect(network.links.filter((one) => one.kind === 'tunnel')).toHaveLength(1)
    expect(files.every((file) => !file.startsWith('/'))).toBe(true)
  })
})
