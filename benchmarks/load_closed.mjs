// Sends texts over a number of connections, each of which waits for its answer before it asks again, with autocannon, and
// prints what came back as JSON: node load_closed.mjs OPTIONS_AS_JSON
// Each answer is kept as [second since the start, status, milliseconds], so that accepted and refused are told apart.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const options = JSON.parse(process.argv[2])
const autocannon = createRequire(options.modules)('autocannon')
const bodies = JSON.parse(readFileSync(options.bodies, 'utf8'))
const answers = []
const began = performance.now()
const load = autocannon({
  url: options.url,
  connections: options.connections,
  duration: options.seconds,
  timeout: 60,
  // A connection begins anywhere, so that not all of them send the same text at the same moment.
  setupClient: (client) => {
    const first = Math.floor(Math.random() * bodies.length)
    const turned = [...bodies.slice(first), ...bodies.slice(0, first)]
    client.setRequests(
      turned.map((body) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body })),
    )
  },
})
load.on('response', (_client, status, _bytes, took) => {
  answers.push([Math.round(performance.now() - began) / 1000, status, Math.round(took * 100) / 100])
})
const result = await load
process.stdout.write(
  JSON.stringify({ seconds: result.duration, failed: result.errors + result.timeouts, answers }),
)
