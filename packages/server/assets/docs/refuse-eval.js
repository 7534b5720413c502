// @ts-check
/**
 * Says no at once when a script asks to make code from text. The page's policy forbids it anyway; the reference only probes
 * for it, and each probe would be reported as a violation of the policy.
 */

function refuse() {
  throw new EvalError('Code from text is not allowed on this page.');
}

globalThis.Function = new Proxy(Function, { apply: refuse, construct: refuse });
