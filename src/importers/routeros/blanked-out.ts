/** Whether somebody put a placeholder where a value was: `<WAN-Interface>`, `XX.XX.XX.XX`, `x.x.x.x`, `REDACTED`. */
export function isBlankedOut(text: string): boolean {
  return (
    /^<[^<>]+>(\/\d{1,3})?$/.test(text) ||
    /\bREDACTED\b/i.test(text) ||
    /^[xX*]{1,4}([.:][xX*\d]{1,4})+(\/\d{1,3})?$/.test(text)
  )
}
