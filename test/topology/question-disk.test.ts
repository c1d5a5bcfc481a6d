import { expect, test } from 'vitest'
import { loadTopology, QUESTION_DISK } from '../../src/topology/index.ts'

test.for(['topologies/vision-plant.yaml', 'topologies/home-lab.yaml'])(
  '%s is the same network without its promises',
  (path) => {
    const whole = loadTopology(path)
    const question = loadTopology(path, { reader: QUESTION_DISK })
    expect(question.expectations).toEqual([])
    expect(whole.expectations.length).toBeGreaterThan(0)
    expect(question.network).toEqual(whole.network)
  },
)
