#!/usr/bin/env node
'use strict'
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

// --version must not wait for anything to load.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  console.log(JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')).version)
} else {
  const { Script } = require('node:vm')
  const filename = join(__dirname, '../dist/main.cjs')
  const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: compiled() })
  // Its own require: what it loads later lies beside it.
  script.runInThisContext()(require('node:module').createRequire(filename), filename)
}

// What the build kept of compiling the program. Another Node than the one that built it compiles anew, by itself.
function compiled() {
  try {
    return readFileSync(join(__dirname, '../dist/main.compiled'))
  } catch {
    return undefined
  }
}
