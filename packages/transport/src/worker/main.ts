// Entry of the I/O worker thread: one endless task under Piscina, controlled over Comlink.
import * as Comlink from 'comlink'
import { keepErrorCodes } from '../threads/error-transfer.ts'
import type { WorkerControl, WorkerStart } from '../threads/messages.ts'
import { IoWorker } from './io-worker.ts'

keepErrorCodes()

/** Runs a worker until told to stop. Rejects if anything in it throws, which restarts the worker. */
export default function run(start: WorkerStart): Promise<void> {
  return new Promise((resolve) => {
    const worker = new IoWorker(start, () => {
      // After the reply to `stop` has left.
      setImmediate(() => {
        start.data.close()
        start.control.close()
        resolve()
      })
    })
    // Only the control interface is exposed, not the worker's other methods.
    const control: WorkerControl = {
      listen: (endpoint, reusePort) => worker.listen(endpoint, reusePort),
      advertise: (address) => worker.advertise(address),
      dial: (dial, endpoint, expect) => worker.dial(dial, endpoint, expect),
      cancelDial: (dial) => worker.cancelDial(dial),
      answersAt: (endpoint, expect) => worker.answersAt(endpoint, expect),
      stats: () => worker.stats(),
      stop: () => worker.stop()
    }
    Comlink.expose(control, start.control as unknown as Comlink.Endpoint)
    start.control.start()
  })
}
