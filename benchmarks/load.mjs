// Sends texts to a server and prints what came back as JSON: node load.mjs OPTIONS_AS_JSON
// With `connections` a closed loop: so many callers, each of whom asks again when answered. With `rate` an open loop, as
// people are who know nothing of each other: so many calls a second at moments that no answer decides, the gaps between
// them exponential. Each answer is kept as [second in which it was asked, status, milliseconds from then on], and
// with `tell_which` also the index of its body.
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

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

// One call, due at that moment; settles, with whether it was answered, when it is over one way or the other.
function ask(due) {
  let status
  const chosen = Math.floor(Math.random() * bodies.length)
  const request = http.request(options.url, { method: 'POST', agent, headers })
  most = Math.max(most, ++waiting)
  request.on('response', (response) => {
    response.resume()
    response.on('end', () => {
      status = response.statusCode
      const answer = [Math.round(due - began) / 1000, status, Math.round((performance.now() - due) * 100) / 100]
      answers.push(options.tell_which ? [...answer, chosen] : answer)
    })
    response.on('error', () => {}) // cut off: told by the end that never came
  })
  request.on('timeout', () => request.destroy(new Error('no answer')))
  request.on('error', () => {}) // the same
  request.end(bodies[chosen])
  return new Promise((done) => {
    request.on('close', () => {
      waiting -= 1
      failed += status === undefined
      done(status !== undefined)
    })
  })
}

async function caller() {
  while (performance.now() < end) if (!(await ask(performance.now()))) await pause(50)
}

async function strangers() {
  for (let due = began; due < end; due += (-Math.log(1 - Math.random()) / options.rate) * 1000) {
    while (due > performance.now()) await pause(1)
    void ask(due)
  }
  while (waiting) await pause(1)
}

if (options.rate) await strangers()
else await Promise.all(Array.from({ length: options.connections }, caller))
// Callers of a closed loop ask no more once their time is up, and what they wait for then counts too.
const seconds = options.rate ? options.seconds : (performance.now() - began) / 1000
agent.destroy()
process.stdout.write(JSON.stringify({ seconds, failed, most_waiting: most, answers }))
