// Sends texts at moments that no answer decides, and prints what came back as JSON: node load_open.mjs OPTIONS_AS_JSON
// An open loop, as people are who know nothing of each other: a slow server does not slow them down. Gaps between two
// calls are exponential. Each answer is kept as [second in which it was asked, status, milliseconds from then on].
import { readFileSync } from 'node:fs'
import http from 'node:http'

const options = JSON.parse(process.argv[2])
const bodies = JSON.parse(readFileSync(options.bodies, 'utf8'))
// Shorter than servers keep an idle connection, so that none is closed at the moment in which it is used again.
const agent = new http.Agent({ keepAlive: true, timeout: 60_000 })
const headers = { 'content-type': 'application/json' }
const answers = []
let failed = 0
let waiting = 0
let most = 0
const began = performance.now()
const end = began + options.seconds * 1000

function ask(due) {
  let status
  const body = bodies[Math.floor(Math.random() * bodies.length)]
  const request = http.request(options.url, { method: 'POST', agent, headers })
  most = Math.max(most, ++waiting)
  request.on('response', (response) => {
    response.resume()
    response.on('end', () => {
      status = response.statusCode
      answers.push([Math.round(due - began) / 1000, status, Math.round((performance.now() - due) * 100) / 100])
    })
    response.on('error', () => {}) // cut off: told by the end that never came
  })
  request.on('timeout', () => request.destroy(new Error('no answer')))
  request.on('error', () => {}) // the same
  request.on('close', () => {
    waiting -= 1
    failed += status === undefined
  })
  request.end(body)
}

await new Promise((done) => {
  let due = began
  function tick() {
    for (; due < end && due <= performance.now(); due += (-Math.log(1 - Math.random()) / options.rate) * 1000) ask(due)
    if (due >= end && waiting === 0) done()
    else setTimeout(tick, 1)
  }
  tick()
})
agent.destroy()
process.stdout.write(JSON.stringify({ seconds: options.seconds, failed, most_waiting: most, answers }))
