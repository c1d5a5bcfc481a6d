import { readJson } from '../../text/index.ts'
import { cannotTake, type FunctionTable, taking } from './function-table.ts'
import { unevaluated } from './value.ts'

/** Functions between texts and values, and on dates (Learn: Object, String, Date functions for ARM templates). */
export const JSON_FUNCTIONS: FunctionTable = {
  json: taking(1, 1, (text) => (typeof text === 'string' ? parsed(text) : cannotTake('json', text))),
  base64tojson: taking(1, 1, (text) =>
    typeof text === 'string' ? parsed(Buffer.from(text, 'base64').toString('utf8')) : cannotTake('base64ToJson', text),
  ),
  datetimefromepoch: taking(1, 1, (seconds) =>
    typeof seconds === 'number' && Math.abs(seconds) < 1e11
      ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
      : cannotTake('dateTimeFromEpoch', seconds),
  ),
  datetimetoepoch: taking(1, 1, (text) => {
    const time = typeof text === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(time) ? cannotTake('dateTimeToEpoch', text) : Math.floor(time / 1000)
  }),
}

function parsed(text: string): unknown {
  // Texts in single quotes are taken too, as the page's example has them.
  const document = readJson(text, false, true)
  return document.problem ? unevaluated(`json() was given a text that is not JSON`) : document.value
}
