import { describe, expect, test } from 'vitest'
import { loadTopology } from '../../src/topology/index.ts'
import { hasStack, nettrace } from './command-line.ts'

const TOPOLOGIES = ['topologies/home-lab.yaml', 'topologies/vision-plant.yaml'] as const

describe.for(TOPOLOGIES)('%s', (path) => {
  const { network } = loadTopology(path)

  test('devices lists every device and service, and ends with how many there are', () => {
    const { code, out, err } = nettrace(`devices -t ${path}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const name of [...network.devices.keys(), ...network.services.map((one) => one.name)])
      expect(out).toMatch(new RegExp(`^${name.replace(/[.*+?^$()|[\]\\]/g, '\\$&')} `, 'm'))
    expect(out).toContain(`\n${network.devices.size} devices, ${network.services.length} services, `)
  })

  test('show, routes and rules say something sensible of every device', { timeout: 60_000 }, () => {
    // One load would do for the program, but each command line reads for itself: a sample of the large estate is enough.
    const names = [...network.devices.keys()].filter((_, index) => network.devices.size < 20 || index % 5 === 0)
    for (const name of names) {
      for (const command of ['show', 'routes', 'rules']) {
        const { code, out, err } = nettrace([command, name, '-t', path])
        expect({ command, name, code, err }).toEqual({ command, name, code: 0, err: '' })
        expect(out.startsWith(`${name}  `), `${command} ${name}: ${out.slice(0, 80)}`).toBe(true)
        expect(out.split('\n').length, `${command} ${name}`).toBeGreaterThan(3)
        expect(hasStack(out), out).toBe(false)
        expect(out).not.toMatch(/undefined|NaN|\[object/)
      }
    }
  })
})

describe('views of one device', () => {
  const HOME = ['-t', 'topologies/home-lab.yaml']

  test('a device is named by its address too, and in any case', () => {
    expect(nettrace(['show', '192.168.88.20', ...HOME]).out).toBe(nettrace(['show', 'LAPTOP', ...HOME]).out)
  })

  test('routes says which route is taken, and why the others lost', () => {
    const { out } = nettrace('routes train 20.60.222.10 -t topologies/vision-plant.yaml')
    expect(out.split('\n')[0]).toBe('train to 20.60.222.10')
    const subnet = nettrace('routes vnet-ml/snet-train 8.8.8.8 -t topologies/vision-plant.yaml').out
    expect(subnet).toMatch(/✓ 0\.0\.0\.0\/0 .*user route default-to-firewall/)
    expect(subnet).toMatch(/– 0\.0\.0\.0\/0 .*a user route comes first/)
  })

  test('a destination may be a device', () => {
    expect(nettrace(['routes', 'laptop', 'vm-lab', ...HOME]).out).toContain('laptop to 10.60.1.4')
  })

  test('rules gives each rule its place', () => {
    const { out } = nettrace(['rules', 'vm-lab', ...HOME])
    expect(out).toMatch(/rule 100 AllowSshFromHome .*→ accept +fixtures\/home-lab\/azure\.json:64:11/)
  })
})
