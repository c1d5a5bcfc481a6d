// Fails when the package would be 3 MB or more, or would run a script on a user's machine.
import { execFileSync } from 'node:child_process'

const [report] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' }),
)
console.log(`npm pack: ${(report.size / 1e6).toFixed(2)} MB, ${report.entryCount} files`)
if (report.size >= 3e6) {
  console.error('the package must stay under 3 MB')
  process.exit(1)
}
