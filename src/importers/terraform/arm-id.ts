/** The ARM id of a resource below the id of what it is part of, or of its resource group. */
export function idBelow(parent: string, type: string, name: string): string {
  const isChild = type.split('/').length > 2
  return isChild ? `${parent}/${type.slice(type.lastIndexOf('/') + 1)}/${name}` : `${parent}/providers/${type}/${name}`
}
