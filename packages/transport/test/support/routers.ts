// Homes behind routers for tests: a namespace with an address of its own network, and a router before it that hides it
// (masquerade by nftables).
import { execFileSync } from 'node:child_process'
import type { Host } from '../../../../test/support/hosts.ts'

/** Why there can be no routers here, or null. */
export function whyNoRouters(): string | null {
  try {
    execFileSync('nft', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'nftables is not installed'
  }
}

/**
 * Makes `router`, a host of the network, hide `home`, whose own cable to the network it takes away. `number`: of its
 * inner network.
 */
export function hideBehind(router: Host, home: Host, number: number): void {
  const inner = `192.168.${number}`
  run('ip', '-n', home.name, 'link', 'del', 'eth0')
  run('ip', '-n', router.name, 'link', 'add', 'inner', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', home.name)
  run('ip', '-n', router.name, 'address', 'add', `${inner}.1/24`, 'dev', 'inner')
  run('ip', '-n', router.name, 'link', 'set', 'inner', 'up')
  run('ip', '-n', home.name, 'address', 'add', `${inner}.2/24`, 'dev', 'eth0')
  run('ip', '-n', home.name, 'link', 'set', 'eth0', 'up')
  run('ip', '-n', home.name, 'route', 'add', 'default', 'via', `${inner}.1`)
  const inRouter = (...command: string[]) => run('ip', 'netns', 'exec', router.name, ...command)
  inRouter('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  inRouter(
    'nft',
    'add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; }; add rule ip nat out oifname "eth0" masquerade'
  )
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
