import { spawnSync } from 'node:child_process'

const TOOLS = ['ip', 'bridge', 'iptables-restore', 'iptables-save', 'nsenter', 'sysctl', 'python3']

/** Why the lab cannot run here, in a sentence; `undefined` when it can. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'the kernel lab needs root (network namespaces)'
  const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  if (missing.length > 0)
    return `the kernel lab needs ${missing.join(', ')} (Debian: iproute2 iptables util-linux procps python3)`
  const name = `nt${process.pid}-try`
  const tried = spawnSync('sh', ['-c', `ip netns add ${name} && nsenter --net=/run/netns/${name} iptables-save -t nat`])
  spawnSync('ip', ['netns', 'del', name])
  return tried.status === 0 ? undefined : `the kernel lab may not make network namespaces here: ${tried.stderr}`
}
