/** Terraform: what `terraform show -json` prints of a plan or a state, with the azurerm provider, to ARM resource bodies. */

export { completeTerraform, judgeTerraform } from './line-notes.ts'
export { isTerraform, readTerraform } from './read.ts'
