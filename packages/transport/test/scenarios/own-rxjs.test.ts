// The packages have a copy of rxjs bundled in. Programs bring their own, and the two must work together.
import { filter, firstValueFrom, from, isObservable, map, merge, take, toArray } from 'rxjs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '../../../../test/support/wait.ts'
import { closeNodes, linked, startNode, textOf } from '../support/named-node.ts'

test.after.each(closeNodes)

test("a program's operators take our Observables", async () => {
  const writer = await startNode()
  const reader = await startNode({ join: writer.address })
  const { messages$, events$ } = reader.network
  assert.ok(isObservable(messages$))
  const endings = from(events$).pipe(
    filter(({ name }) => name === 'peer-down'),
    map(({ name }) => name)
  )
  const heard = firstValueFrom(merge(messages$.pipe(map(textOf)), endings).pipe(take(3), toArray()))
  await linked(writer, reader)
  await writer.network.write('one')
  await writer.network.write('two')
  await writer.network.close()
  assert.equal(await within(heard, 10_000, 'two lines and an end'), ['one', 'two', 'peer-down'])
})

test.run()
