/** Why a recorded answer cannot be held against ours: the reason is its message, and it is printed. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable'
}
