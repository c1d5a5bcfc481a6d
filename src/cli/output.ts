import { writeSync } from 'node:fs'

/** Where a command writes: the answer to `out`, everything else to `err`. */
export interface Output {
  out(text: string): void
  err(text: string): void
}

/** The process's own streams, written at once, so that an exit code never cuts an answer; a reader that left is no error. */
export const PROCESS_OUTPUT: Output = {
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
}

function writeAll(stream: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stream, bytes, at)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      // A pipe that is full asks us to try again; one whose reader has gone (`| head`) ends the writing.
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw error
    }
  }
}
