/** An expression of the template language, between the outer brackets (Learn: ARM template syntax and expressions). */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  /** `name` is lower case and may have a namespace in front: `contoso.uniquename`. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `.key` or `[key]`; with `.?` or `[?` a missing member is null. */
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression; readonly optional: boolean }

/** What a text value of a template is: itself, or an expression, or one that cannot be read and why. */
export type TemplateText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'mistake'; readonly because: string }
