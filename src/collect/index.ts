/** A live Azure subscription to raw resource bodies on disk: the only room that speaks HTTP. Loaded when it is asked for. */
export { azCommands } from './az-commands.ts'
export { type Cloud, cloudAt, UnusableEndpoint } from './cloud.ts'
export { collectAzure } from './collect-azure.ts'
export type { Collection, Unread } from './collection.ts'
export { type FailureFacts, ReadFailure, SignInFailure } from './read-failure.ts'
export { type SignIn, signInOf, signInWith } from './sign-in.ts'
export { checkFolder, filesOf, UnusableFolder, writeFiles } from './write-collection.ts'
