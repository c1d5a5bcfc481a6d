import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { plantAnswers } from '../../estate/plant-answers.ts'
import { asPlan } from './as-plan.ts'

const arm = plantAnswers()

describe('the vision plant as terraform show -json prints it', () => {
  const state = readFileSync('fixtures/vision-plant/terraform.json', 'utf8')
  const answers = plantAnswers(state)

  test.for(Object.entries(arm.verdicts))('%s is answered as from the ARM bodies', ([id, verdict]) => {
    expect(answers.verdicts[id]).toEqual(verdict)
  })

  test('loading it complains of no more than loading the ARM bodies does', () => {
    expect(answers.complaints).toEqual(arm.complaints)
  })
})

describe('the vision plant as a plan, whose ids are all known only after apply', () => {
  const plan = asPlan(JSON.parse(readFileSync('fixtures/vision-plant/terraform.json', 'utf8')))
  const answers = plantAnswers(JSON.stringify(plan, null, 1))

  test('refers to nothing by id', () => {
    const ids = JSON.stringify(plan.planned_values).match(/"(?:id|\w+_id)":"\/subscriptions[^"]*"/g) ?? []
    expect(
      ids.filter((one) => !/private_dns_zone_id|privateDnsZoneConfigs|managed_resource_group_id/.test(one)),
    ).toEqual([])
  })

  test.for(Object.entries(arm.verdicts))('%s is answered as from the ARM bodies', ([id, verdict]) => {
    expect(answers.verdicts[id]).toEqual(verdict)
  })

  test('loading it complains of no more than loading the ARM bodies does', () => {
    expect(answers.complaints).toEqual(arm.complaints)
  })
})
